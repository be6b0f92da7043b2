// Where the page lies under the window. Screen = page pixels × scale + (x, y).

import type { Box, Word } from "./types";

export interface Size {
  width: number;
  height: number;
}

export interface View {
  x: number;
  y: number;
  scale: number;
}

/** Height in screen pixels at which a line of print is comfortable all day. */
const LEGIBLE = 15;
const LARGEST = 2.5;
const MARGIN = 12;

export function fitWhole(port: Size, page: Size): View {
  const scale = Math.min(
    (port.width - 2 * MARGIN) / page.width,
    (port.height - 2 * MARGIN) / page.height,
  );
  return clamp({ x: 0, y: 0, scale: Math.max(scale, 0.01) }, port, page);
}

/** Zoomed so that the box reads easily and its surroundings stay in sight. */
export function fitField(port: Size, page: Size, box: Box | null): View {
  if (!box) return fitWhole(port, page);
  const width = Math.max((box[2] - box[0]) * page.width, 1);
  const height = Math.max((box[3] - box[1]) * page.height, 1);
  const room = Math.min((0.7 * port.width) / width, (0.5 * port.height) / height, LARGEST);
  const pageWide = (port.width - 2 * MARGIN) / page.width;
  const scale = Math.min(Math.max(pageWide, LEGIBLE / height), room);
  const cx = ((box[0] + box[2]) / 2) * page.width;
  const cy = ((box[1] + box[3]) / 2) * page.height;
  return clamp(
    { x: port.width / 2 - cx * scale, y: port.height * 0.42 - cy * scale, scale },
    port,
    page,
  );
}

/** Zoom by `factor`, keeping the page point under (px, py) where it is. */
export function zoomAt(
  view: View,
  factor: number,
  px: number,
  py: number,
  port: Size,
  page: Size,
): View {
  const smallest = Math.min(fitWhole(port, page).scale, 0.2);
  const scale = Math.min(Math.max(view.scale * factor, smallest), 6);
  const k = scale / view.scale;
  return clamp({ x: px - (px - view.x) * k, y: py - (py - view.y) * k, scale }, port, page);
}

export function pan(view: View, dx: number, dy: number, port: Size, page: Size): View {
  return clamp({ ...view, x: view.x + dx, y: view.y + dy }, port, page);
}

/** A page smaller than the window is centred, a larger one leaves no gap beyond the margin. */
export function clamp(view: View, port: Size, page: Size): View {
  return {
    scale: view.scale,
    x: clampAxis(view.x, port.width, page.width * view.scale),
    y: clampAxis(view.y, port.height, page.height * view.scale),
  };
}

function clampAxis(at: number, port: number, length: number): number {
  if (length <= port - 2 * MARGIN) return (port - length) / 2;
  return Math.min(MARGIN, Math.max(port - MARGIN - length, at));
}

/** Left edge of the value in the crop, the same as that of the typed text below it. */
const CROP_LEFT = 32;

/** The crop above the input: the value in one column with what is typed, with some air around. */
export function fitCrop(port: Size, page: Size, box: Box, words: readonly Word[]): View {
  const width = Math.max((box[2] - box[0]) * page.width, 1);
  const height = Math.max((box[3] - box[1]) * page.height, 1);
  const room = Math.min(
    (port.width - CROP_LEFT - 16) / width,
    (port.height * 0.8) / height,
    LARGEST + 0.5,
  );
  const print = lineHeight(words, box) * page.height || height;
  const scale = Math.min(room, (port.height * 0.3) / print);
  const cy = ((box[1] + box[3]) / 2) * page.height;
  return {
    scale,
    x: CROP_LEFT - box[0] * page.width * scale,
    y: port.height / 2 - cy * scale,
  };
}

/** The word under a page-relative point: the smallest that holds it, with a little slack. */
export function wordAt(words: readonly Word[], x: number, y: number): Word | null {
  let best: Word | null = null;
  let bestArea = Number.POSITIVE_INFINITY;
  for (const word of words) {
    const [x0, y0, x1, y1] = word.box;
    const slack = (y1 - y0) * 0.2;
    if (x < x0 - slack || x > x1 + slack || y < y0 - slack || y > y1 + slack) continue;
    const area = (x1 - x0) * (y1 - y0);
    if (area < bestArea) {
      best = word;
      bestArea = area;
    }
  }
  return best;
}

const isInside = (word: Word, box: Box) => {
  const cx = (word.box[0] + word.box[2]) / 2;
  const cy = (word.box[1] + word.box[3]) / 2;
  return cx >= box[0] && cx <= box[2] && cy >= box[1] && cy <= box[3];
};

/** Height of one line of print in the box (page-relative): the middle one of its words; 0: none. */
function lineHeight(words: readonly Word[], box: Box): number {
  const heights = words.filter((w) => isInside(w, box)).map((w) => w.box[3] - w.box[1]);
  return heights.sort((a, b) => a - b)[heights.length >> 1] ?? 0;
}

/** The text of all words whose middle lies in `box`, in reading order. */
export function textIn(words: readonly Word[], box: Box): string {
  return words
    .filter((word) => isInside(word, box))
    .map((word) => word.text)
    .join(" ");
}
