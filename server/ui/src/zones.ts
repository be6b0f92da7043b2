// Boxes on an empty form, in pixels of its page: drawn, moved, sized, put in order.

import type { ZoneDraft } from "./draft";
import type { Size } from "./geometry";
import type { Box } from "./types";

/** The smallest side of a box, in pixels of the page. */
export const SMALLEST = 4;

export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";
export const HANDLES: readonly Handle[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

export const toPixels = (box: Box, page: Size): Box => [
  box[0] * page.width,
  box[1] * page.height,
  box[2] * page.width,
  box[3] * page.height,
];

export const toRelative = (box: Box, page: Size): Box => [
  box[0] / page.width,
  box[1] / page.height,
  box[2] / page.width,
  box[3] / page.height,
];

const within = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), Math.max(least, most));

/** The box between two points, on the page and never too small to be taken hold of. */
export function between(x0: number, y0: number, x1: number, y1: number, page: Size): Box {
  const [left, right] = axis(x0, x1, page.width);
  const [top, bottom] = axis(y0, y1, page.height);
  return [left, top, right, bottom];
}

function axis(from: number, to: number, length: number): [number, number] {
  const low = within(Math.min(from, to), 0, length - SMALLEST);
  return [low, within(Math.max(from, to), low + SMALLEST, length)];
}

/** Moved as a whole; it stops at the edges of the page. */
export function moveBox(box: Box, dx: number, dy: number, page: Size): Box {
  const x = within(dx, -box[0], page.width - box[2]);
  const y = within(dy, -box[1], page.height - box[3]);
  return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
}

/** With its right and bottom edge moved. */
export function sizeBox(box: Box, dx: number, dy: number, page: Size): Box {
  return [
    box[0],
    box[1],
    within(box[2] + dx, box[0] + SMALLEST, page.width),
    within(box[3] + dy, box[1] + SMALLEST, page.height),
  ];
}

/** With the edges that `handle` holds at a point; pulled past the other edge it turns over. */
export function pullBox(box: Box, handle: Handle, x: number, y: number, page: Size): Box {
  const [left, top, right, bottom] = box;
  return between(
    handle.includes("w") ? x : left,
    handle.includes("n") ? y : top,
    handle.includes("e") ? x : right,
    handle.includes("s") ? y : bottom,
    page,
  );
}

export interface Nudge {
  dx: number;
  dy: number;
  /** The size changes and not the place. */
  size: boolean;
}

const STEPS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What an arrow key does to the box in hand; null: it is another key. */
export function nudgeFor(stroke: {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}): Nudge | null {
  const step = STEPS[stroke.key];
  if (!step || stroke.ctrlKey || stroke.metaKey) return null;
  const by = stroke.shiftKey ? 10 : 1;
  return { dx: step[0] * by, dy: step[1] * by, size: stroke.altKey };
}

export function nudge(box: Box, by: Nudge, page: Size): Box {
  return by.size ? sizeBox(box, by.dx, by.dy, page) : moveBox(box, by.dx, by.dy, page);
}

/** Beside the box where there is room, as for the next of several marks: below, else right. */
export function placeTwin(box: Box, page: Size): Box {
  const height = box[3] - box[1];
  const width = box[2] - box[0];
  const down = moveBox(box, 0, height * 1.3, page);
  return down[3] < page.height ? down : moveBox(box, width * 1.3, 0, page);
}

/** Zones as they are read: page by page, line by line, from left to right. */
export function inReadingOrder(zones: readonly ZoneDraft[]): readonly ZoneDraft[] {
  const byTop = [...zones].sort((a, b) => a.page - b.page || a.box[1] - b.box[1]);
  const lines: ZoneDraft[][] = [];
  for (const zone of byTop) {
    const line = lines.at(-1);
    const first = line?.[0];
    const middle = (zone.box[1] + zone.box[3]) / 2;
    if (line && first && first.page === zone.page && middle < first.box[3]) line.push(zone);
    else lines.push([zone]);
  }
  return lines.flatMap((line) => line.sort((a, b) => a.box[0] - b.box[0]));
}

/** The value that the next mark of a field means: the first allowed one without a box. */
export function nextMark(
  zones: readonly ZoneDraft[],
  field: string,
  allowed: readonly string[],
): string {
  const used = zones.filter((zone) => zone.field === field).map((zone) => zone.value);
  return allowed.find((value) => !used.includes(value)) ?? "";
}

/** Names of fields that have no box; a field of marks is complete once each value has one. */
export function withoutBox(
  fields: readonly { name: string; allowed: readonly string[] }[],
  zones: readonly ZoneDraft[],
): string[] {
  return fields
    .filter(({ name, allowed }) => {
      const mine = zones.filter((zone) => zone.field === name);
      if (mine.length === 0) return name !== "";
      return mine[0]?.reader === "mark" && nextMark(zones, name, allowed) !== "";
    })
    .map(({ name }) => name);
}
