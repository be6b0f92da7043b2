import { describe, expect, it } from "vitest";
import { type Draft, emptyDraft, emptyField, emptyRule, toDefinition } from "../src/draft";
import { allFaults, at, byId, complete, ownFaults } from "../src/faults";

const field = (name: string, part = {}) =>
  emptyField({ id: `id_${name}`, name, named: true, label: { en: name }, ...part });
const draft = (part: Partial<Draft> = {}): Draft => ({
  ...emptyDraft({ en: "Order" }),
  fields: [field("number"), field("total")],
  ...part,
});
const places = (of: Draft) => ownFaults(of).map((fault) => fault.field);

describe("what a draft knows itself", () => {
  it("is nothing when all is there", () => {
    expect(places(draft())).toEqual([]);
  });

  it("is where something is missing", () => {
    const zone = { id: "z", field: "", page: 1, box: [0, 0, 1, 1] as const, reader: "text" };
    const gaps = draft({
      label: {},
      name: "",
      fields: [emptyField(), field("a"), field("a")],
      rules: [emptyRule("sum", { name: "s" }), emptyRule("expression", { name: "e" })],
      key: [[""]],
      form: { blank: "frm_1", zones: [{ ...zone, cells: null, value: "" }] },
    });
    expect(places(gaps)).toEqual([
      "label",
      "name",
      "fields.0.label",
      "fields.0.name",
      "fields.2.name",
      "rules.0.terms",
      "rules.0.equals",
      "rules.1.check",
      "business_key.0",
      "form.zones.0.field",
    ]);
  });

  it("tells a gap from a mistake", () => {
    const found = ownFaults(draft({ fields: [emptyField(), field("1 x")] }));
    expect(found.filter((fault) => !fault.gap).map((fault) => fault.field)).toEqual([
      "fields.1.name",
    ]);
  });
});

it("a draft with gaps is sent without them, row by row in the same places", () => {
  const gaps = draft({
    fields: [emptyField(), field("total")],
    rules: [emptyRule("sum", { name: "s" }), emptyRule("expression", { name: "e", check: "x" })],
  });
  const whole = complete(gaps);
  expect(places(whole)).toEqual([]);
  const sent = toDefinition(whole) as { fields: { name: string }[]; rules: { check: string }[] };
  expect(sent.fields.map((one) => one.name)).toEqual(["unnamed_1", "total"]);
  expect(sent.rules[1]?.check).toBe("x");
});

describe("what the server says", () => {
  const rule = emptyRule("expression", { id: "r1", name: "e", check: "x" });
  const of = draft({ rules: [rule] });

  it("stays with its row when that moves", () => {
    const found = byId(
      [
        { field: "fields.1.pattern", message: "p" },
        { field: "rules.0.check", message: "c" },
        { field: "fields", message: "f" },
      ],
      of,
    );
    expect(found.map((fault) => fault.field)).toEqual([
      "fields.id_total.pattern",
      "rules.r1.check",
      "fields",
    ]);
  });

  it("is not shown where the draft explains it", () => {
    const own = [{ field: "rules.r1.terms", message: "own" }];
    const served = [
      { field: "rules.r1.check", message: "caused by the gap" },
      { field: "fields.id_total.kind", message: "another" },
    ];
    expect(allFaults(own, served).map((fault) => fault.message)).toEqual(["own", "another"]);
  });

  it("is found at its place and below it", () => {
    const faults = [
      { field: "fields.a.allowed.3", message: "one" },
      { field: "fields.ab.allowed", message: "two" },
    ];
    expect(at(faults, "fields.a.allowed")).toEqual(["one"]);
    expect(at(faults, "fields.a")).toEqual(["one"]);
  });
});
