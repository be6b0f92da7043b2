// What the person is typing for the task in hand: text, live check, strokes, time.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "./api";
import type { Held } from "./queue";
import type { Checked, Problem, Task } from "./types";

const CHECK_AFTER = 180;
/** An unchanged value confirmed sooner than this (ms) was not looked at. */
const TOO_QUICK = 120;

export interface Verdict {
  text: string;
  value: string | null;
  problems: Problem[];
}

export interface Typing {
  text: string;
  initial: string;
  verdict: Verdict | null;
  /** The text that one more Enter sends as it is, although checks fail or it is empty. */
  armed: string | null;
  hasty: boolean;
}

/** What the input starts with: the machine's value, or what it read if it made nothing of it. */
export function initialText(task: Task): string {
  return task.mode === "confirm" ? (task.value ?? task.raw ?? "") : "";
}

function begin(held: Held): Typing {
  const initial = initialText(held.task);
  const text = held.draft ?? initial;
  const refused = held.refused.length > 0;
  return {
    text,
    initial,
    verdict: refused ? { text, value: text, problems: held.refused } : null,
    armed: refused ? text : null,
    hasty: false,
  };
}

export type Intent =
  | { do: "send"; value: string | null; force: boolean }
  | { do: "arm" }
  | { do: "hasty" };

/** What Enter means for this typing, `age` ms after the task came up. */
export function intend(typing: Typing, task: Task, age: number): Intent {
  const text = typing.text.trim();
  const armed = typing.armed === typing.text;
  if (typing.text === typing.initial && age < TOO_QUICK && !typing.hasty) return { do: "hasty" };
  if (text === "") return armed ? { do: "send", value: null, force: true } : { do: "arm" };
  const known = typing.verdict?.text === typing.text ? typing.verdict.problems : [];
  if (known.length > 0 && !armed) return { do: "arm" };
  // An unchanged value goes back exactly as it came, whatever its display.
  const value = typing.text === typing.initial && task.value !== null ? task.value : text;
  return { do: "send", value, force: armed };
}

export interface Desk {
  typing: Typing;
  setText: (text: string) => void;
  arm: () => void;
  markHasty: () => void;
  stroke: () => void;
  /** Milliseconds and key presses since the task came up. */
  effort: () => { age: number; keystrokes: number };
}

export function useTyping(held: Held): Desk {
  const [state, setState] = useState({ held, typing: begin(held) });
  const strokes = useRef(0);
  const since = useRef(performance.now());
  const checks = useMemo(() => new Map<string, Checked>(), [held.task.id]);

  // A new task replaces the typing in the same paint, so its input never shows the old text.
  let typing = state.typing;
  if (state.held.task.id !== held.task.id) {
    typing = begin(held);
    setState({ held, typing });
    strokes.current = 0;
    since.current = performance.now();
  }

  const change = (part: Partial<Typing>) =>
    setState((old) => ({ ...old, typing: { ...old.typing, ...part } }));

  useEffect(() => {
    const { text } = typing;
    if (text.trim() === "" || typing.verdict?.text === text) return;
    let gone = false;
    const tell = (checked: Checked) => {
      checks.set(text, checked);
      if (!gone) change({ verdict: { text, ...checked } });
    };
    const known = checks.get(text);
    if (known) {
      tell(known);
      return;
    }
    const ask = () => api.check(held.task, text).then(tell, () => {});
    const timer = setTimeout(ask, text === typing.initial ? 0 : CHECK_AFTER);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [held.task.id, typing.text]);

  return {
    typing,
    setText: (text) => change({ text, hasty: false }),
    arm: () => change({ armed: typing.text, hasty: false }),
    markHasty: () => change({ hasty: true }),
    stroke: () => {
      strokes.current += 1;
    },
    effort: () => ({ age: performance.now() - since.current, keystrokes: strokes.current }),
  };
}
