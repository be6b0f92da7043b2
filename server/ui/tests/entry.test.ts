import { describe, expect, it } from "vitest";
import { initialText, intend, type Typing } from "../src/entry";
import { task } from "./samples";

const AGE = 900;
const typing = (text: string, part: Partial<Typing> = {}): Typing => ({
  text,
  initial: "1234.50",
  verdict: null,
  armed: null,
  hasty: false,
  ...part,
});
const problems = [{ code: "amount_invalid", message: "no" }];

describe("Enter", () => {
  it("confirms the machine's value exactly as it came", () => {
    const intent = intend(typing("1234.50"), task("a"), AGE);
    expect(intent).toEqual({ do: "send", value: "1234.50", force: false });
  });

  it("sends a correction as typed, trimmed", () => {
    expect(intend(typing(" 99 "), task("a"), AGE)).toEqual({
      do: "send",
      value: "99",
      force: false,
    });
  });

  it("asks again before it sends what fails the checks", () => {
    const verdict = { text: "x", value: null, problems };
    expect(intend(typing("x", { verdict }), task("a"), AGE)).toEqual({ do: "arm" });
  });

  it("forces the same text at the second press", () => {
    const verdict = { text: "x", value: null, problems };
    expect(intend(typing("x", { verdict, armed: "x" }), task("a"), AGE)).toEqual({
      do: "send",
      value: "x",
      force: true,
    });
  });

  it("does not force another text than the one that was asked about", () => {
    const intent = intend(typing("y", { armed: "x" }), task("a"), AGE);
    expect(intent).toMatchObject({ do: "send", force: false });
  });

  it("takes an empty input as absent only at the second press", () => {
    expect(intend(typing(""), task("a"), AGE)).toEqual({ do: "arm" });
    expect(intend(typing("", { armed: "" }), task("a"), AGE)).toEqual({
      do: "send",
      value: null,
      force: true,
    });
  });

  it("does not confirm what nobody can have seen yet", () => {
    expect(intend(typing("1234.50"), task("a"), 50)).toEqual({ do: "hasty" });
  });

  it("takes a quick entry that was really typed", () => {
    expect(intend(typing("9"), task("a"), 50)).toMatchObject({ do: "send" });
  });
});

describe("the input", () => {
  it("starts with what was read when nothing could be made of it", () => {
    expect(initialText(task("a", { value: null, raw: "l.234,S0" }))).toBe("l.234,S0");
  });

  it("starts empty when the value is to be typed unseen", () => {
    expect(initialText(task("a", { mode: "blind" }))).toBe("");
  });
});
