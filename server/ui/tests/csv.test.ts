import { describe, expect, it } from "vitest";
import { lineOf, parseCsv, preview, separatorOf } from "../src/csv";

describe("a CSV file", () => {
  it.each([
    ["a;b;c,d", ";"],
    ["a,b", ","],
    ["a\tb\tc;d", "\t"],
    ["alone", ","],
  ])("%s has its separator", (text, separator) => {
    expect(separatorOf(text)).toBe(separator);
  });

  it("may hold separators, line ends and quotes in quotes", () => {
    expect(parseCsv('a;"b;\n""c"""\r\nd;e', ";", 9)).toEqual([
      ["a", 'b;\n"c"'],
      ["d", "e"],
    ]);
  });

  it("has no rows where lines are empty", () => {
    expect(parseCsv("a\n\n ; \nb\n", ";", 9)).toEqual([["a"], ["b"]]);
  });

  it("is shown with its columns and how many rows there may be", () => {
    const seen = preview("\ufeffname;vat\nA;1\nB;2\n", 20, 200);
    expect(seen).toMatchObject({
      columns: ["name", "vat"],
      rows: [
        ["A", "1"],
        ["B", "2"],
      ],
    });
    expect(seen.count).toBe(29);
  });

  it("is wrong in the line that the server names", () => {
    expect(lineOf("Line 12 has 4 cells, the first line has 3")).toBe(12);
    expect(lineOf("The list is empty")).toBeNull();
  });
});
