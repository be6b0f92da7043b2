// The ruled lines of a form's image: boxes snap to them, and a ruled cell can be taken at once.

import type { Size } from "./geometry";
import type { Box } from "./types";

/** A straight line: at `at` across its direction, from `from` to `to` along it, in pixels. */
export interface Ruling {
  at: number;
  from: number;
  to: number;
  thick: number;
}

export interface Rulings {
  across: readonly Ruling[]; // horizontal: `at` is y
  down: readonly Ruling[]; // vertical: `at` is x
}

export const NO_RULINGS: Rulings = { across: [], down: [] };

/** Darker than this (0..255) is print. */
const INK = 170;
/** Shorter than the side of a box to tick: in parts of the page's width. */
const SHORT = 0.0125;
/** Thicker is a bar: in parts of the page's width. */
const THICK = 0.006;
/** Pixels of a line that print may lack. */
const GAP = 2;

/** The lines of a grey image, a byte a pixel, row by row. */
export function findRulings(grey: Uint8ClampedArray, { width, height }: Size): Rulings {
  const dark = (x: number, y: number) => (grey[y * width + x] ?? 255) < INK;
  const thick = Math.max(3, Math.round(THICK * width));
  return {
    across: collect(height, width, SHORT * width, thick, (at, along) => dark(along, at)),
    down: collect(width, height, SHORT * width, thick, (at, along) => dark(at, along)),
  };
}

interface Open extends Ruling {
  first: number;
  last: number;
}

/** Runs of ink, line by line, joined with those beside them. */
function collect(
  across: number,
  length: number,
  short: number,
  thick: number,
  dark: (at: number, along: number) => boolean,
): Ruling[] {
  const done: Ruling[] = [];
  let open: Open[] = [];
  const close = (one: Open) => {
    const thickness = one.last - one.first + 1;
    if (thickness > thick) return;
    done.push({
      at: (one.first + one.last + 1) / 2,
      from: one.from,
      to: one.to,
      thick: thickness,
    });
  };
  for (let at = 0; at < across; at += 1) {
    const runs = runsOf(length, short, (along) => dark(at, along));
    for (const run of runs) {
      const same = open.find((one) => overlap(one, run) > 0.6 * (run.to - run.from));
      if (same) {
        same.last = at;
        same.from = Math.min(same.from, run.from);
        same.to = Math.max(same.to, run.to);
      } else open.push({ at, thick: 1, first: at, last: at, ...run });
    }
    for (const one of open) if (one.last < at - 1) close(one);
    open = open.filter((one) => one.last >= at - 1);
  }
  open.forEach(close);
  return done;
}

function runsOf(length: number, short: number, dark: (along: number) => boolean) {
  const runs: { from: number; to: number }[] = [];
  let from = -1;
  let last = -1;
  for (let along = 0; along <= length; along += 1) {
    if (along < length && dark(along)) {
      if (from < 0) from = along;
      last = along;
    } else if (from >= 0 && (along - last > GAP || along === length)) {
      if (last + 1 - from >= short) runs.push({ from, to: last + 1 });
      from = -1;
    }
  }
  return runs;
}

interface Span {
  from: number;
  to: number;
}

const overlap = (one: Span, other: Span) =>
  Math.min(one.to, other.to) - Math.max(one.from, other.from);

/** Which edges of a box may move. */
export interface Edges {
  left: boolean;
  top: boolean;
  right: boolean;
  bottom: boolean;
}

export const ALL_EDGES: Edges = { left: true, top: true, right: true, bottom: true };

/** The box with its edges laid against the lines that are within `reach` pixels; inside them. */
export function snap(box: Box, edges: Edges, rulings: Rulings, reach: number): Box {
  const [left, top, right, bottom] = box;
  const tall = { from: top, to: bottom };
  const wide = { from: left, to: right };
  const x = (at: number, side: number) => nearest(at, side, tall, rulings.down, reach);
  const y = (at: number, side: number) => nearest(at, side, wide, rulings.across, reach);
  const [x0, x1] = apart(edges.left ? x(left, 1) : left, edges.right ? x(right, -1) : right, wide);
  const [y0, y1] = apart(edges.top ? y(top, 1) : top, edges.bottom ? y(bottom, -1) : bottom, tall);
  return [x0, y0, x1, y1];
}

/** Pixels between two edges, at the least: both may be near the same line. */
const APART = 4;

const apart = (low: number, high: number, before: Span): [number, number] =>
  high - low < APART ? [before.from, before.to] : [low, high];

function nearest(
  at: number,
  side: number,
  span: Span,
  rulings: readonly Ruling[],
  reach: number,
): number {
  let best = at;
  let away = reach;
  for (const line of rulings) {
    // A line along most of the edge: what is shorter is a letter's stroke.
    if (overlap(line, span) < 0.6 * (span.to - span.from)) continue;
    const distance = Math.abs(line.at - at);
    if (distance <= away) {
      away = distance;
      best = line.at + (side * line.thick) / 2;
    }
  }
  return best;
}

export interface Cell {
  box: Box;
  /** How many cells of a comb this is; 1: a box. */
  cells: number;
}

/** The ruled cell around a point, a whole comb when it is one of its cells, or the room above the
 * line that a value is written on; null: nothing is ruled there. */
export function cellAt(x: number, y: number, rulings: Rulings, page: Size): Cell | null {
  const box = boxAround(x, y, rulings);
  if (!box) return aboveLine(x, y, rulings, page);
  const cells = [box];
  for (const step of [-1, 1] as const) {
    for (;;) {
      const end = step < 0 ? cells[0] : cells.at(-1);
      if (!end) break;
      const width = end[2] - end[0];
      const next = boxAround(
        step < 0 ? end[0] - width / 2 : end[2] + width / 2,
        (end[1] + end[3]) / 2,
        rulings,
      );
      if (!next || !isTwin(end, next)) break;
      if (step < 0) cells.unshift(next);
      else cells.push(next);
      if (cells.length > 60) break;
    }
  }
  const [first, last] = [cells[0], cells.at(-1)];
  // Cells of a comb are about as wide as high; two boxes beside each other are a table.
  if (cells.length < 3 || !first || !last || box[2] - box[0] > 2 * (box[3] - box[1])) {
    return { box, cells: 1 };
  }
  return { box: [first[0], first[1], last[2], last[3]], cells: cells.length };
}

/** How many lines on each side are tried: those of letters in the cell come before its own. */
const TRIED = 5;

function boxAround(x: number, y: number, { across, down }: Rulings): Box | null {
  const beside = (lines: readonly Ruling[], at: number, along: number, side: number) =>
    lines
      .filter((line) => line.from - 3 <= along && along <= line.to + 3)
      .filter((line) => (line.at - at) * side > 0)
      .sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))
      .slice(0, TRIED);
  const tops = beside(across, y, x, -1);
  const bottoms = beside(across, y, x, 1);
  const rights = beside(down, x, y, 1);
  let best: Box | null = null;
  for (const left of beside(down, x, y, -1)) {
    for (const right of rights) {
      for (const top of tops) {
        for (const bottom of bottoms) {
          const tall = { from: top.at, to: bottom.at };
          const wide = { from: left.at, to: right.at };
          const whole =
            covers(left, tall) && covers(right, tall) && covers(top, wide) && covers(bottom, wide);
          const box: Box = [
            left.at + left.thick / 2,
            top.at + top.thick / 2,
            right.at - right.thick / 2,
            bottom.at - bottom.thick / 2,
          ];
          if (whole && (!best || area(box) < area(best))) best = box;
        }
      }
    }
  }
  return best;
}

const covers = (line: Ruling, span: Span) => overlap(line, span) >= 0.9 * (span.to - span.from);
const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1]);

function isTwin(one: Box, other: Box): boolean {
  const slack = 4;
  const wide = one[2] - one[0];
  const same = (a: number, b: number) => Math.abs(a - b) <= slack;
  const gap = Math.max(other[0] - one[2], one[0] - other[2]);
  return (
    same(one[1], other[1]) &&
    same(one[3], other[3]) &&
    Math.abs(other[2] - other[0] - wide) <= Math.max(slack, 0.15 * wide) &&
    gap < wide
  );
}

/** Height of what is written by hand on a line, in parts of the page's width. */
const WRITING = 0.024;

function aboveLine(x: number, y: number, { across }: Rulings, page: Size): Cell | null {
  const reach = 2 * WRITING * page.width;
  const line = across
    .filter((one) => one.to - one.from > reach)
    .filter((one) => one.from <= x && x <= one.to && one.at > y && one.at - y < reach)
    .sort((a, b) => a.at - b.at)[0];
  if (!line) return null;
  const top = Math.max(0, line.at - WRITING * page.width);
  return { box: [line.from, top, line.to, line.at - line.thick / 2], cells: 1 };
}

/** How a box is probably read: by the lines in it, by its shape, by what its field is called. */
export function guessReader(
  box: Box,
  label: string,
  rulings: Rulings,
  page: Size,
): { reader: string; cells: number | null } {
  if (/\b(firma|firmato|signature|signed)\b/i.test(label))
    return { reader: "signature", cells: null };
  if (/\b(codice a barre|barcode|qr)\b/i.test(label)) return { reader: "barcode", cells: null };
  const cells = combCells(box, rulings);
  if (cells !== null) return { reader: "comb", cells };
  const [wide, high] = [box[2] - box[0], box[3] - box[1]];
  const small = 0.035 * page.width;
  if (wide < small && high < small && wide < 1.7 * high && high < 1.7 * wide) {
    return { reader: "mark", cells: null };
  }
  return { reader: "text", cells: null };
}

/** How many cells the lines inside a box make when they are as far from each other; else null. */
export function combCells(box: Box, { down }: Rulings): number | null {
  const [left, top, right, bottom] = box;
  const margin = Math.min(6, (right - left) / 20);
  const inside = down
    .filter((line) => line.at > left + margin && line.at < right - margin)
    .filter((line) => overlap(line, { from: top, to: bottom }) > 0.5 * (bottom - top))
    .map((line) => line.at)
    .sort((a, b) => a - b);
  if (inside.length < 2) return null;
  const ends = [left, ...inside, right];
  const widths = ends.slice(1).map((end, at) => end - (ends[at] ?? 0));
  const mean = (right - left) / widths.length;
  return widths.every((width) => Math.abs(width - mean) < 0.25 * mean) ? widths.length : null;
}

/** The lines of an image that the browser has loaded. */
export function rulingsOf(image: HTMLImageElement): Rulings {
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || width === 0) return NO_RULINGS;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = new Uint8ClampedArray(width * height);
  for (let at = 0; at < grey.length; at += 1) {
    grey[at] = ((data[4 * at] ?? 0) + 2 * (data[4 * at + 1] ?? 0) + (data[4 * at + 2] ?? 0)) >> 2;
  }
  return findRulings(grey, { width, height });
}
