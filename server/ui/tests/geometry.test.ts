import { describe, expect, it } from "vitest";
import { fitCrop, fitField, fitWhole, textIn, wordAt, zoomAt } from "../src/geometry";
import type { Box, Word } from "../src/types";

const port = { width: 900, height: 800 };
const page = { width: 1654, height: 2339 };
const box: Box = [0.6, 0.4, 0.75, 0.415];

const onScreen = (view: { x: number; y: number; scale: number }, at: Box) => ({
  left: view.x + at[0] * page.width * view.scale,
  right: view.x + at[2] * page.width * view.scale,
  top: view.y + at[1] * page.height * view.scale,
  bottom: view.y + at[3] * page.height * view.scale,
});

describe("fitField", () => {
  const boxes: Box[] = [box, [0, 0, 0.1, 0.01], [0.9, 0.98, 1, 1], [0.05, 0.2, 0.95, 0.6]];

  it.each(boxes.map((at) => ({ at })))("brings $at into the window", ({ at }) => {
    const seen = onScreen(fitField(port, page, at), at);
    expect(seen.left).toBeGreaterThanOrEqual(0);
    expect(seen.right).toBeLessThanOrEqual(port.width);
    expect(seen.top).toBeGreaterThanOrEqual(0);
    expect(seen.bottom).toBeLessThanOrEqual(port.height);
  });

  it("enlarges small print until it is legible", () => {
    const tiny: Box = [0.5, 0.5, 0.55, 0.504];
    const seen = onScreen(fitField(port, page, tiny), tiny);
    expect(seen.bottom - seen.top).toBeGreaterThanOrEqual(14.9);
  });

  it("shows the whole page when nothing is known", () => {
    expect(fitField(port, page, null)).toEqual(fitWhole(port, page));
  });
});

it("fits any crop into its strip", () => {
  const strip = { width: 440, height: 104 };
  for (const at of [box, [0, 0, 1, 0.5], [0.5, 0.5, 0.502, 0.501]] as Box[]) {
    const seen = onScreen(fitCrop(strip, page, at, []), at);
    expect(seen.left).toBeCloseTo(32);
    expect(seen.right).toBeLessThanOrEqual(strip.width);
    expect(seen.top).toBeGreaterThanOrEqual(0);
    expect(seen.bottom).toBeLessThanOrEqual(strip.height);
  }
});

it("shows two lines of print in the crop as large as one", () => {
  const strip = { width: 440, height: 104 };
  const line = (y: number): Word => ({ text: "Via Roma", box: [0.1, y, 0.2, y + 0.01], score: 1 });
  const words = [line(0.1), line(0.112)];
  const one = fitCrop(strip, page, [0.1, 0.1, 0.2, 0.11], words);
  const two = fitCrop(strip, page, [0.1, 0.1, 0.2, 0.122], words);
  expect(two.scale).toBeCloseTo(one.scale);
});

it("zooms about the pointer", () => {
  const before = { x: -200, y: -900, scale: 1 };
  const after = zoomAt(before, 1.5, 400, 300, port, page);
  expect((400 - after.x) / after.scale).toBeCloseTo((400 - before.x) / before.scale);
  expect((300 - after.y) / after.scale).toBeCloseTo((300 - before.y) / before.scale);
});

describe("words", () => {
  const word = (text: string, at: Box): Word => ({ text, box: at, score: 1 });
  const words = [
    word("Totale", [0.6, 0.4, 0.68, 0.42]),
    word("1.234,50", [0.7, 0.4, 0.78, 0.42]),
    word("EUR", [0.8, 0.4, 0.83, 0.42]),
  ];

  it("are found under the pointer", () => {
    expect(wordAt(words, 0.72, 0.41)?.text).toBe("1.234,50");
  });

  it("are not found between them", () => {
    expect(wordAt(words, 0.69, 0.41)).toBeNull();
  });

  it("are taken in reading order when their middle lies inside", () => {
    expect(textIn(words, [0.69, 0.39, 0.9, 0.43])).toBe("1.234,50 EUR");
  });
});
