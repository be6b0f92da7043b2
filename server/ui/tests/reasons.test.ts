import { describe, expect, it } from "vitest";
import { reasonsFor, ruleText } from "../src/reasons";
import type { DocumentType } from "../src/types";
import { task } from "./samples";

const spec = (name: string, en: string) => ({
  name,
  kind: "amount",
  label: { en },
  required: false,
  threshold: 0.9,
});
const type: DocumentType = {
  name: "invoice",
  version: 1,
  label: { en: "Invoice" },
  fields: [spec("net", "Net"), spec("vat", "VAT"), spec("gross", "Total")],
  lines: [spec("quantity", "Quantity"), spec("price", "Price"), spec("amount", "Amount")],
  rules: [
    { rule: "sum", name: "adds_up", terms: ["net", "vat"], equals: "gross" },
    { rule: "line_sum", name: "lines", column: "amount", equals: ["net", "gross"] },
    { rule: "line_product", name: "product", factors: ["quantity", "price"], equals: "amount" },
  ],
};

describe("ruleText", () => {
  it.each([
    [0, "Net + VAT does not give Total"],
    [1, "The sum of all “Amount” does not give Net or Total"],
    [2, "Quantity × Price does not give Amount"],
  ])("says rule %d with the labels that people know", (at, text) => {
    const rule = type.rules[at];
    expect(rule && ruleText(rule, type)).toBe(text);
  });
});

describe("reasonsFor", () => {
  it("names the failed rule", () => {
    const doubtful = task("a", { problems: [{ code: "adds_up", message: "?" }] });
    expect(reasonsFor(doubtful, type)).toEqual(["Net + VAT does not give Total"]);
  });

  it("uses the server's words for a code it does not know", () => {
    const doubtful = task("a", { problems: [{ code: "new_check", message: "Look again." }] });
    expect(reasonsFor(doubtful, type)).toEqual(["Look again."]);
  });

  it("says how sure the machine was when that is all", () => {
    const unsure = task("a", { problems: [{ code: "low_score", message: "?" }] });
    expect(reasonsFor(unsure, type)).toEqual(["Uncertain reading (62 %)"]);
  });

  it("sends the person looking when nothing was found", () => {
    expect(reasonsFor(task("a", { value: null }), type)[0]).toMatch(/^Not found/);
  });
});
