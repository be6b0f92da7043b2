// What was done to a value, to be undone and done again.

export interface History<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
  /** What the last change was about: changes about the same are undone together. */
  readonly about: string;
}

const KEPT = 200;

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [], about: "" });

export function change<T>(history: History<T>, next: T, about = ""): History<T> {
  if (next === history.now) return history;
  const joins = about !== "" && about === history.about && history.past.length > 0;
  const past = joins ? history.past : [...history.past, history.now].slice(-KEPT);
  return { past, now: next, future: [], about };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    now: before,
    future: [history.now, ...history.future],
    about: "",
  };
}

export function redo<T>(history: History<T>): History<T> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.now], now: after, future, about: "" };
}
