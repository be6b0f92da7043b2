// A file on the sorting desk as plain data: where documents begin, what they are, what is dropped.

import type { Box, Sorting } from "./types";

export interface Plan {
  /** Numbers of the pages with which a document begins. */
  cuts: ReadonlySet<number>;
  dropped: ReadonlySet<number>;
  /** Pages that are cut into the papers that lie on them. */
  apart: ReadonlySet<number>;
  /** What each page is; a document is what its first page is. */
  types: ReadonlyMap<number, string>;
  /** The page in hand: its place in the file, from 0. */
  at: number;
}

export interface Answer {
  parts: { pages: number[]; type: string; region: Box | null }[];
  dropped: number[];
}

/** One document of a plan, for the screen. */
export interface Group {
  pages: number[];
  type: string;
  /** How many papers it is cut into; 0: it is one document. */
  papers: number;
}

/** The machine's proposal, with the first thing that it is not sure of in hand. */
export function propose(file: Sorting): Plan {
  const types = new Map<number, string>();
  for (const part of file.parts) for (const page of part.pages) types.set(page, part.type);
  const fallback = file.types[0]?.name ?? "";
  for (const page of file.pages) if (!types.has(page.number)) types.set(page.number, fallback);
  const doubts = findDoubts(file);
  return {
    cuts: new Set(file.parts.map((part) => part.pages[0] ?? 0)),
    dropped: new Set(file.dropped),
    apart: new Set(file.parts.filter((part) => part.region).map((part) => part.pages[0] ?? 0)),
    types,
    at: Math.max(0, doubts[0] ?? 0),
  };
}

/** Places of the pages that a person should look at. */
export function findDoubts(file: Sorting): number[] {
  const unsure = new Set<number>();
  for (const page of file.pages) if (!page.sure || page.slips.length > 0) unsure.add(page.number);
  for (const part of file.parts) if (!part.sure) unsure.add(part.pages[0] ?? 0);
  return file.pages.flatMap((page, place) => (unsure.has(page.number) ? [place] : []));
}

export function moveTo(file: Sorting, plan: Plan, place: number): Plan {
  return { ...plan, at: Math.min(Math.max(place, 0), file.pages.length - 1) };
}

/** The next page that the machine is not sure of, from the one in hand on and round again. */
export function nextDoubt(file: Sorting, plan: Plan): Plan {
  const doubts = findDoubts(file);
  const next = doubts.find((place) => place > plan.at) ?? doubts[0];
  return next === undefined ? plan : { ...plan, at: next };
}

const flip = (set: ReadonlySet<number>, number: number): Set<number> => {
  const next = new Set(set);
  if (!next.delete(number)) next.add(number);
  return next;
};

const inHand = (file: Sorting, plan: Plan) => file.pages[plan.at]?.number ?? 0;

/** Whether a document begins with the page in hand; the first page begins one anyway. */
export function toggleCut(file: Sorting, plan: Plan): Plan {
  const page = inHand(file, plan);
  if (firstKept(file, plan) === page || plan.dropped.has(page)) return plan;
  return { ...plan, cuts: flip(plan.cuts, page) };
}

/** A page that is dropped belongs to no document. */
export function toggleDrop(file: Sorting, plan: Plan): Plan {
  return { ...plan, dropped: flip(plan.dropped, inHand(file, plan)) };
}

/** Cut the page in hand into the papers on it, or leave it whole. */
export function toggleApart(file: Sorting, plan: Plan): Plan {
  const page = file.pages[plan.at];
  if (!page || page.slips.length === 0 || plan.dropped.has(page.number)) return plan;
  return { ...plan, apart: flip(plan.apart, page.number) };
}

/** The document of the page in hand is of this type. */
export function setType(file: Sorting, plan: Plan, type: string): Plan {
  const page = inHand(file, plan);
  const group = groupsOf(file, plan).find((one) => one.pages.includes(page));
  const types = new Map(plan.types);
  for (const number of group?.pages ?? [page]) types.set(number, type);
  return { ...plan, types };
}

const firstKept = (file: Sorting, plan: Plan) =>
  file.pages.find((page) => !plan.dropped.has(page.number))?.number;

/** The documents of a plan, in the order of the file. */
export function groupsOf(file: Sorting, plan: Plan): Group[] {
  const groups: Group[] = [];
  let begins = true;
  for (const { number, slips } of file.pages) {
    begins ||= plan.cuts.has(number);
    if (plan.dropped.has(number)) continue;
    const papers = plan.apart.has(number) ? slips.length : 0;
    const last = groups.at(-1);
    if (last && !begins && papers === 0) last.pages.push(number);
    else groups.push({ pages: [number], type: plan.types.get(number) ?? "", papers });
    begins = papers > 0;
  }
  return groups;
}

/** How many documents a plan makes of the first `count` groups; without it, of all. */
export function countDocuments(groups: readonly Group[], count = groups.length): number {
  return groups.slice(0, count).reduce((sum, group) => sum + Math.max(1, group.papers), 0);
}

/** The plan as the API takes it. */
export function answerOf(file: Sorting, plan: Plan): Answer {
  const parts = groupsOf(file, plan).flatMap(({ pages, type, papers }): Answer["parts"] => {
    if (papers === 0) return [{ pages, type, region: null }];
    const slips = file.pages.find((page) => page.number === pages[0])?.slips ?? [];
    return slips.map((region) => ({ pages, type, region }));
  });
  const kept = (number: number) => !plan.dropped.has(number);
  return { parts, dropped: file.pages.map((page) => page.number).filter((n) => !kept(n)) };
}

/** What speaks against a new document; all other facts speak for one. */
const AGAINST = new Set([
  "same_number",
  "same_vat_id",
  "next",
  "later",
  "open",
  "few_words",
  "carried",
]);

export const sign = (reason: string): string => (AGAINST.has(reason) ? "−" : "+");

export type Command =
  | "before"
  | "after"
  | "up"
  | "down"
  | "first"
  | "last"
  | "doubt"
  | "cut"
  | "drop"
  | "apart"
  | "accept"
  | "reset"
  | "skip"
  | "enlarge"
  | "help";

const KEYS: Record<string, Command> = {
  ArrowLeft: "before",
  ArrowRight: "after",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
  Tab: "doubt",
  " ": "cut",
  b: "drop",
  x: "apart",
  Enter: "accept",
  Escape: "reset",
  F9: "skip",
  z: "enlarge",
  F2: "enlarge",
  F1: "help",
};

interface Stroke {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** The command of a key press, the place of a type from 0, or null. */
export function commandFor(stroke: Stroke): Command | number | null {
  if (stroke.ctrlKey || stroke.altKey || stroke.metaKey) return null;
  if (/^[1-9]$/.test(stroke.key)) return Number(stroke.key) - 1;
  const key = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  return KEYS[key] ?? null;
}
