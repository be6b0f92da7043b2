import { describe, expect, it } from "vitest";
import { brief, reading, remaining, size, span, taskLabel } from "../src/format";
import { task } from "./samples";

describe("reading", () => {
  it("says a date with its weekday, so that day and month cannot be swapped unseen", () => {
    expect(reading("date", "2026-04-03")).toMatch(/^Friday,? 3 April 2026$/);
  });

  it("groups an amount and keeps its decimals", () => {
    expect(reading("amount", "1234.50")).toBe("1,234.50");
  });

  it("puts an IBAN in groups of four", () => {
    expect(reading("iban", "IT60X05")).toBe("IT60 X05");
  });

  it.each([
    ["date", "31/31/2026"],
    ["amount", "12 a"],
  ])("leaves a broken %s alone", (kind, text) => {
    expect(brief(kind, text)).toBe(text);
  });
});

describe("remaining", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");

  it.each([
    ["2026-11-24T12:30:00Z", "soon", "30 min left"],
    ["2026-11-24T14:10:00Z", "calm", "2 h 10 min left"],
    ["2026-11-24T11:59:00Z", "late", "1 min late"],
    ["2026-11-28T13:00:00Z", "calm", "4 d 1 h left"],
    [null, "none", "no deadline"],
  ])("of %s is %s", (deadline, urgency, text) => {
    expect(remaining(deadline, now)).toEqual({ text, urgency });
  });
});

it("counts rows for people from one", () => {
  const line = task("a", { field: { ...task("a").field, line: 0 } });
  expect(taskLabel(line)).toBe("Total · row 1");
});

it("shows whole hours without minutes", () => {
  expect(span(3_600_000)).toBe("1 h");
});

it.each([
  [10, "1 kB"],
  [214_331, "214 kB"],
  [2_500_000, "2.5 MB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(size(bytes)).toBe(text);
});
