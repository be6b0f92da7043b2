import { describe, expect, it } from "vitest";
import {
  type Draft,
  duplicate,
  emptyDraft,
  emptyField,
  emptyRule,
  guessKind,
  insertAfter,
  move,
  patternOf,
  relabel,
  renameField,
  renameIn,
  slug,
  toDefinition,
  toDraft,
  unique,
} from "../src/draft";
import type { DocumentType } from "../src/types";

const label = (text: string) => ({ en: text });
const field = (name: string, part = {}) =>
  emptyField({ id: name, name, named: true, label: label(name), ...part });

function draft(part: Partial<Draft> = {}): Draft {
  const fields = [field("number"), field("opened"), field("closed")];
  return { ...emptyDraft(label("Order")), fields, ...part };
}

const TYPE: DocumentType = {
  name: "work_order",
  version: 3,
  label: { en: "Work order", de: "Auftrag" },
  fields: [
    {
      name: "number",
      kind: "identifier",
      label: { en: "Number" },
      required: true,
      threshold: 0.8,
      max_length: 40,
      pattern: "[A-Z]+",
      allowed: ["A", "B"],
      export: "No",
      reference: { list: "orders", column: "number", fills: { town: "town" }, threshold: 0.9 },
    },
    { name: "town", kind: "text", label: { en: "Town" }, required: false, threshold: 0.9 },
  ],
  lines: [
    {
      name: "line_total",
      kind: "amount",
      label: { en: "Amount" },
      required: false,
      threshold: 0.9,
    },
  ],
  rules: [
    { rule: "line_sum", name: "a", column: "line_total", equals: ["net"], tolerance: "0.05" },
    { rule: "expression", name: "b", check: 'town == "x"', when: null, message: null },
    { rule: "differ", name: "c", fields: ["number", "town"] },
  ],
  business_key: ["number", ["town", "number"]],
  form: {
    blank: "frm_1",
    zones: [{ field: "town", page: 1, box: [0.1, 0.2, 0.3, 0.4], reader: "comb", cells: 5 }],
  },
};

describe("a draft", () => {
  it("says to the API what it got from it", () => {
    const sent = toDefinition(toDraft(TYPE));
    expect(sent).toMatchObject({
      name: "work_order",
      label: TYPE.label,
      rules: TYPE.rules,
      business_key: TYPE.business_key,
      form: TYPE.form,
    });
    expect((sent.fields as unknown[])[0]).toMatchObject(TYPE.fields[0] as object);
  });

  it("leaves out what was left empty", () => {
    const sent = toDefinition(draft({ label: { it: "Ordine", en: " " } }));
    expect(sent).toMatchObject({ label: { it: "Ordine" }, business_key: null });
    expect(sent).not.toHaveProperty("form");
    expect((sent.fields as unknown[])[0]).toMatchObject({ pattern: null, allowed: null });
  });
});

describe("names", () => {
  it("are made from labels", () => {
    expect(slug("Quantità (pz.)")).toBe("quantita_pz");
    expect(slug("3° numero")).toBe("numero");
    expect(slug("  ")).toBe("");
  });

  it("get a number when they are taken", () => {
    expect(unique("total", ["total", "total_2"])).toBe("total_3");
    expect(unique("total", [])).toBe("total");
  });

  it("change in an expression, but not in its texts or in columns", () => {
    expect(renameIn('a + ab == lines.a and "a" != a', "a", "z")).toBe(
      'z + ab == lines.a and "a" != z',
    );
  });

  it("change wherever a field is named", () => {
    const before = draft({
      fields: [
        field("number", {
          reference: { list: "l", column: "c", fills: { d: "opened" }, threshold: 0.9 },
        }),
        field("opened"),
      ],
      rules: [
        emptyRule("order", { earlier: "opened", later: "closed" }),
        emptyRule("expression", { check: "opened > closed", when: "opened == opened" }),
      ],
      key: [["number", "opened"]],
      form: {
        blank: "f",
        zones: [
          {
            id: "z",
            field: "opened",
            page: 1,
            box: [0, 0, 1, 1],
            reader: "text",
            cells: null,
            value: "",
          },
        ],
      },
    });
    const after = renameField(before, "opened", "begun");
    expect(after.fields[0]?.reference?.fills).toEqual({ d: "begun" });
    expect(after.rules[0]?.earlier).toBe("begun");
    expect(after.rules[1]).toMatchObject({ check: "begun > closed", when: "begun == begun" });
    expect(after.key).toEqual([["number", "begun"]]);
    expect(after.form?.zones[0]?.field).toBe("begun");
  });

  it("stay elsewhere while two fields have the same", () => {
    const before = draft({
      fields: [field("a"), { ...field("a"), id: "other" }],
      rules: [emptyRule("expression", { check: "a == a" })],
    });
    expect(renameField(before, "other", "b").rules[0]?.check).toBe("a == a");
  });
});

describe("rows", () => {
  const rows = [field("a"), field("b"), field("c")];
  const ids = (list: readonly { id: string }[]) => list.map((one) => one.id).join("");

  it("move, and stop at the ends", () => {
    expect(ids(move(rows, "a", 1))).toBe("bac");
    expect(ids(move(rows, "c", -2))).toBe("cab");
    expect(move(rows, "a", -1)).toBe(rows);
    expect(move(rows, "c", 1)).toBe(rows);
  });

  it("come after the one in hand, or last", () => {
    expect(ids(insertAfter(rows, "a", field("x")))).toBe("axbc");
    expect(ids(insertAfter(rows, null, field("x")))).toBe("abcx");
  });

  it("are duplicated under a name of their own", () => {
    const twin = duplicate(field("a", { export: "A" }), ["a", "b"]);
    expect(twin).toMatchObject({ name: "a_2", export: "", label: { en: "a 2" } });
    expect(twin.id).not.toBe("a");
  });
});

describe("what a label says", () => {
  const known = [
    { name: "gross_total", kind: "amount", label: label("Total"), required: true, threshold: 0.9 },
  ];

  it("gives a new field its name and kind", () => {
    const part = relabel(emptyField(), "en", "Order number", known, []);
    expect(part).toMatchObject({ name: "order_number", kind: "identifier" });
  });

  it("gives the name that the system knows", () => {
    expect(relabel(emptyField(), "en", "total", known, []).name).toBe("gross_total");
    expect(relabel(emptyField(), "en", "total", known, ["gross_total"]).name).toBe("total");
  });

  it("leaves alone what the person has chosen", () => {
    const part = relabel(field("mine", { sorted: true }), "en", "Date", known, []);
    expect(part).toEqual({ label: { en: "Date" } });
  });

  it.each([
    ["Data di nascita", "date"],
    ["Partita IVA", "vat_id"],
    ["Totale IVA", "amount"],
    ["Centro di costo", "identifier"],
    ["Codice fiscale", "tax_id"],
    ["Quantità", "number"],
    ["Aliquota", "percent"],
    ["Opened on", "date"],
    ["Cognome", null],
  ])("guesses the kind of %s", (text, kind) => {
    expect(guessKind(text)).toBe(kind);
  });
});

it("a pattern is made from an example", () => {
  expect(patternOf("OL4711")).toBe("[A-Z]{2}[0-9]{4}");
  expect(patternOf("a.1/X")).toBe("[a-z]\\.[0-9]/[A-Z]");
  for (const example of ["OL-47 (b)", "2026/0001+é"]) {
    expect(example).toMatch(new RegExp(`^(?:${patternOf(example)})$`, "u"));
  }
});
