import { describe, expect, it } from "vitest";
import { commandFor, isKeystroke, type Stroke } from "../src/keymap";

const press = (key: string, part: Partial<Stroke> = {}): Stroke => ({
  key,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  ...part,
});

describe("commandFor", () => {
  it.each([
    [press("Enter"), "confirm"],
    [press("Enter", { ctrlKey: true }), "absent"],
    [press("Enter", { shiftKey: true }), "back"],
    [press("F8"), "absent"],
    [press("Escape"), "reset"],
    [press("F9"), "skip"],
    [press("+", { altKey: true, shiftKey: true }), "zoomIn"],
    [press("ArrowLeft", { altKey: true }), "panLeft"],
  ])("reads %j as %s", (stroke, command) => {
    expect(commandFor(stroke)).toBe(command);
  });

  it.each([
    press("a"),
    press("A", { shiftKey: true }),
    press("ArrowLeft"),
    press("z", { ctrlKey: true }),
    press("@", { ctrlKey: true, altKey: true }), // AltGr on Windows
  ])("leaves %j to the input", (stroke) => {
    expect(commandFor(stroke)).toBeNull();
  });
});

describe("isKeystroke", () => {
  it("does not count a modifier by itself", () => {
    expect(isKeystroke(press("Shift", { shiftKey: true }))).toBe(false);
  });

  it("counts a digit", () => {
    expect(isKeystroke(press("7"))).toBe(true);
  });
});
