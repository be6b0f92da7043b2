// The operator's desk as plain data: tasks in hand, answers on their way. No clock, no network.

import type { Answer } from "./api";
import type { Problem, Task } from "./types";

export interface Spent {
  seconds: number;
  keystrokes: number;
}

const UNSPENT: Spent = { seconds: 0, keystrokes: 0 };

export interface Held {
  task: Task;
  /** When the lease was last known fresh (ms). */
  fresh: number;
  /** What the person had typed, when the task comes back to them. */
  draft: string | null;
  /** Time and key presses that went into that draft. */
  spent: Spent;
  /** Why the server sent the draft back. */
  refused: Problem[];
}

export interface Entry {
  task: Task;
  answer: Answer;
  /** The text as typed, to put back into the input. */
  text: string;
  at: number;
  sending: boolean;
  /** Sent once while the page was closing: a later "already done" is no news. */
  parting: boolean;
}

export interface Notice {
  kind: "lost" | "refused" | "failed";
  task: Task;
  text: string;
  detail: string;
}

export interface Desk {
  held: readonly Held[];
  outbox: readonly Entry[];
  /** Tasks to give back. */
  skipped: readonly Task[];
  /** Ids given back before: they wait behind fresh ones. */
  later: ReadonlySet<string>;
  notice: Notice | null;
  /** Answers accepted since the page was opened. */
  sent: number;
}

export const EMPTY: Desk = {
  held: [],
  outbox: [],
  skipped: [],
  later: new Set(),
  notice: null,
  sent: 0,
};

/** An answer waits this long (ms) or for the next answer, so that it can be taken back. */
export const GRACE = 3_000;
/** Renew a lease this long (ms) after it was last fresh; leases last five minutes. */
export const RENEW_AFTER = 120_000;
export const WANTED = 6;
export const LOW = 4;

/** Put claimed tasks on the desk; what is already there only gets its new version. */
export function addClaimed(desk: Desk, claimed: readonly Task[], now: number): Desk {
  const byId = new Map(claimed.map((task) => [task.id, task]));
  const known = new Set([
    ...desk.held.map((h) => h.task.id),
    ...desk.outbox.map((e) => e.task.id),
    ...desk.skipped.map((t) => t.id),
  ]);
  const fresh = (task: Task): Task => {
    const seen = byId.get(task.id);
    return seen ? { ...task, version: seen.version, claimed_until: seen.claimed_until } : task;
  };
  const held = desk.held.map((h) =>
    byId.has(h.task.id) ? { ...h, task: fresh(h.task), fresh: now } : h,
  );
  const added = claimed
    .filter((task) => !known.has(task.id))
    .map((task): Held => ({ task, fresh: now, draft: null, spent: UNSPENT, refused: [] }));
  const first = added.filter((h) => !desk.later.has(h.task.id));
  const last = added.filter((h) => desk.later.has(h.task.id));
  return {
    ...desk,
    held: [...held, ...first, ...last],
    outbox: desk.outbox.map((e) => ({ ...e, task: fresh(e.task) })),
    skipped: desk.skipped.map(fresh),
  };
}

/** The person has answered the first task. */
export function addAnswer(desk: Desk, answer: Answer, text: string, now: number): Desk {
  const [first, ...rest] = desk.held;
  if (!first) return desk;
  const entry: Entry = {
    task: first.task,
    answer,
    text,
    at: now,
    sending: false,
    parting: false,
  };
  return { ...desk, held: rest, outbox: [...desk.outbox, entry] };
}

function comeBack({ task, text, answer }: Entry, refused: Problem[], now: number): Held {
  const spent = { seconds: answer.seconds, keystrokes: answer.keystrokes };
  return { task, fresh: now, draft: text, spent, refused };
}

/** Bring the last answer back, if it has not gone yet. */
export function takeBack(desk: Desk, now: number): Desk {
  const last = desk.outbox.at(-1);
  if (!last || last.sending || last.parting) return desk;
  const held = comeBack(last, [], now);
  return { ...desk, outbox: desk.outbox.slice(0, -1), held: [held, ...desk.held] };
}

export function skipFirst(desk: Desk): Desk {
  const [first, ...rest] = desk.held;
  if (!first) return desk;
  return {
    ...desk,
    held: rest,
    skipped: [...desk.skipped, first.task],
    later: new Set(desk.later).add(first.task.id),
  };
}

export const markSending = (desk: Desk): Desk => ({
  ...desk,
  outbox: desk.outbox.map((e, i) => (i === 0 ? { ...e, sending: true } : e)),
});

export const unmarkSending = (desk: Desk): Desk => ({
  ...desk,
  outbox: desk.outbox.map((e) => ({ ...e, sending: false })),
});

export const dropSent = (desk: Desk): Desk => ({
  ...desk,
  outbox: desk.outbox.slice(1),
  sent: desk.sent + 1,
});

/** The server refused the entry: it comes back next, never under the person's hands. */
export function bringBack(desk: Desk, problems: Problem[], now: number): Desk {
  const entry = desk.outbox[0];
  if (!entry) return desk;
  const back = comeBack(entry, problems, now);
  const [current, ...rest] = desk.held;
  return {
    ...desk,
    outbox: desk.outbox.slice(1),
    held: current ? [current, back, ...rest] : [back],
    notice: current ? { kind: "refused", task: entry.task, text: entry.text, detail: "" } : null,
  };
}

/** The entry can never be accepted: say so, keep its text in sight and go on. */
export function giveUp(desk: Desk, kind: "lost" | "failed", detail: string): Desk {
  const entry = desk.outbox[0];
  if (!entry) return desk;
  const outbox = desk.outbox.slice(1);
  if (entry.parting) return { ...desk, outbox };
  return { ...desk, outbox, notice: { kind, task: entry.task, text: entry.text, detail } };
}

export function dropSkipped(desk: Desk): Desk {
  return { ...desk, skipped: desk.skipped.slice(1) };
}

export function addRenewed(desk: Desk, id: string, task: Partial<Task>, now: number): Desk {
  return {
    ...desk,
    held: desk.held.map((h) => {
      if (h.task.id !== id) return h;
      const version = task.version ?? h.task.version;
      return { ...h, task: { ...h.task, version }, fresh: now };
    }),
  };
}

/** A lease is gone: a waiting task leaves; the one in hand stays, its answer will tell. */
export function loseLease(desk: Desk, id: string): Desk {
  return {
    ...desk,
    held: desk.held
      .filter((h, i) => i === 0 || h.task.id !== id)
      .map((h) => (h.task.id === id ? { ...h, fresh: Number.POSITIVE_INFINITY } : h)),
  };
}

export type Job =
  | { do: "answer"; entry: Entry }
  | { do: "release"; task: Task }
  | { do: "renew"; task: Task }
  | { do: "claim"; count: number };

/** The one thing to do next, or null; answers first, since others may wait for the document. */
export function nextJob(desk: Desk, now: number, claimAt: number): Job | null {
  const entry = desk.outbox[0];
  if (entry) {
    const superseded = desk.outbox.length > 1 || desk.held.length === 0;
    if (superseded || entry.parting || now - entry.at >= GRACE) return { do: "answer", entry };
  }
  const skipped = desk.skipped[0];
  if (skipped) return { do: "release", task: skipped };
  const stale = desk.held.find((h) => now - h.fresh >= RENEW_AFTER);
  if (stale) return { do: "renew", task: stale.task };
  if (desk.held.length < LOW && now >= claimAt) {
    return { do: "claim", count: WANTED + desk.outbox.length };
  }
  return null;
}
