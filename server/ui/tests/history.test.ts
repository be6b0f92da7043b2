import { describe, expect, it } from "vitest";
import { begin, change, redo, undo } from "../src/history";

describe("history", () => {
  it("undoes and does again", () => {
    const done = change(change(begin("a"), "b"), "c");
    expect(undo(done).now).toBe("b");
    expect(undo(undo(undo(done))).now).toBe("a");
    expect(redo(undo(done)).now).toBe("c");
  });

  it("takes changes about the same as one", () => {
    const typed = change(change(change(begin(""), "t", "label"), "to", "label"), "tot", "label");
    expect(undo(typed).now).toBe("");
  });

  it("keeps changes about others apart", () => {
    const typed = change(change(begin(""), "t", "label"), "x", "name");
    expect(undo(typed).now).toBe("t");
  });

  it("begins anew after an undo", () => {
    const typed = undo(change(change(begin(""), "a", "one"), "b", "two"));
    expect(undo(change(typed, "c", "one")).now).toBe("a");
    expect(redo(change(typed, "c", "one")).now).toBe("c");
  });
});
