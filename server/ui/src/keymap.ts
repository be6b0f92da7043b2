// The keyboard map of the keying screen: one table, used by the screen and by its help.

export type Command =
  | "confirm"
  | "absent"
  | "reset"
  | "skip"
  | "back"
  | "help"
  | "whole"
  | "zoomIn"
  | "zoomOut"
  | "panLeft"
  | "panRight"
  | "panUp"
  | "panDown"
  | "pageBefore"
  | "pageAfter";

export interface Stroke {
  key: string;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

const MAP: Record<string, Command> = {
  Enter: "confirm",
  "Ctrl+Enter": "absent",
  F8: "absent",
  Escape: "reset",
  F9: "skip",
  "Shift+Enter": "back",
  F1: "help",
  F2: "whole",
  "Alt++": "zoomIn",
  "Alt+=": "zoomIn",
  "Alt+-": "zoomOut",
  "Alt+ArrowLeft": "panLeft",
  "Alt+ArrowRight": "panRight",
  "Alt+ArrowUp": "panUp",
  "Alt+ArrowDown": "panDown",
  PageUp: "pageBefore",
  PageDown: "pageAfter",
};

export type ShownCommand = Exclude<Command, `pan${string}`> | "pan";

/** What the help shows, in reading order; mouse gestures are added there. */
export const SHOWN: readonly (readonly [ShownCommand, string])[] = [
  ["confirm", "Enter"],
  ["absent", "F8 · Ctrl Enter"],
  ["reset", "Esc"],
  ["skip", "F9"],
  ["back", "Shift Enter"],
  ["whole", "F2"],
  ["zoomIn", "Alt +"],
  ["zoomOut", "Alt −"],
  ["pan", "Alt ← ↑ → ↓"],
  ["pageBefore", "Page ↑"],
  ["pageAfter", "Page ↓"],
  ["help", "F1"],
];

/** The command a key press means, or null when it is ordinary typing. */
export function commandFor(stroke: Stroke): Command | null {
  let chord = "";
  if (stroke.ctrlKey || stroke.metaKey) chord += "Ctrl+";
  if (stroke.altKey) chord += "Alt+";
  // On many layouts "+" itself needs Shift, so Shift says nothing about printable keys.
  if (stroke.shiftKey && stroke.key.length > 1) chord += "Shift+";
  return MAP[chord + stroke.key] ?? null;
}

const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead"]);

/** Whether a key press counts towards keystrokes per hour. */
export function isKeystroke(stroke: Stroke): boolean {
  return !MODIFIERS.has(stroke.key);
}
