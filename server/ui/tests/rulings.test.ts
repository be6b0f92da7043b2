import { describe, expect, it } from "vitest";
import { ALL_EDGES, cellAt, combCells, findRulings, guessReader, snap } from "../src/rulings";
import type { Box } from "../src/types";

const PAGE = { width: 800, height: 400 };

/** A page with lines of two pixels: a comb of five cells, a box to tick, a line to write on. */
function page() {
  const grey = new Uint8ClampedArray(PAGE.width * PAGE.height).fill(255);
  const fill = (x0: number, y0: number, x1: number, y1: number) => {
    for (let y = y0; y < y1; y += 1) grey.fill(0, y * PAGE.width + x0, y * PAGE.width + x1);
  };
  for (let n = 0; n <= 5; n += 1) fill(100 + 30 * n, 50, 102 + 30 * n, 90);
  fill(100, 50, 252, 52);
  fill(100, 88, 252, 90);
  fill(400, 50, 420, 52);
  fill(400, 68, 420, 70);
  fill(400, 50, 402, 70);
  fill(418, 50, 420, 70);
  fill(100, 200, 600, 202);
  fill(100, 300, 300, 380); // a bar is no line
  fill(110, 60, 112, 68); // nor is a letter
  return findRulings(grey, PAGE);
}

const LINES = page();

it("lines are found, and no bars or letters", () => {
  expect(LINES.across.map((line) => line.at)).toEqual([51, 51, 69, 89, 201]);
  expect(LINES.down).toHaveLength(8);
  expect(LINES.across.at(-1)).toMatchObject({ from: 100, to: 600, thick: 2 });
});

describe("a box", () => {
  it("is laid against lines that are near, inside them", () => {
    expect(snap([98, 53, 249, 91], ALL_EDGES, LINES, 6)).toEqual([102, 52, 250, 88]);
  });

  it("stays where no line is near", () => {
    const box: Box = [300, 120, 380, 150];
    expect(snap(box, ALL_EDGES, LINES, 6)).toEqual(box);
  });

  it("never turns over when both edges are near one line", () => {
    const flat: Box = [102, 86, 250, 92];
    expect(snap(flat, ALL_EDGES, LINES, 6)).toEqual(flat);
  });

  it("moves no edge that is not in hand", () => {
    const edges = { left: true, top: false, right: false, bottom: false };
    expect(snap([98, 53, 249, 91], edges, LINES, 6)).toEqual([102, 53, 249, 91]);
  });
});

describe("a double click", () => {
  it("takes a whole comb", () => {
    expect(cellAt(145, 70, LINES, PAGE)).toEqual({ box: [102, 52, 250, 88], cells: 5 });
  });

  it("takes a box to tick", () => {
    expect(cellAt(410, 60, LINES, PAGE)).toEqual({ box: [402, 52, 418, 68], cells: 1 });
  });

  it("takes the room above a line", () => {
    const cell = cellAt(300, 190, LINES, PAGE);
    expect(cell?.box).toEqual([100, expect.closeTo(181.8), 600, 200]);
  });

  it("takes nothing where nothing is ruled", () => {
    expect(cellAt(700, 350, LINES, PAGE)).toBeNull();
  });
});

describe("the reader", () => {
  it("is guessed from the lines in a box and from its shape", () => {
    expect(combCells([102, 52, 250, 88], LINES)).toBe(5);
    expect(guessReader([102, 52, 250, 88], "Code", LINES, PAGE)).toEqual({
      reader: "comb",
      cells: 5,
    });
    expect(guessReader([402, 52, 418, 68], "Member", LINES, PAGE).reader).toBe("mark");
    expect(guessReader([100, 181, 600, 200], "Name", LINES, PAGE).reader).toBe("text");
  });

  it("is guessed from the label", () => {
    expect(guessReader([100, 181, 600, 200], "Firma", LINES, PAGE).reader).toBe("signature");
    expect(guessReader([100, 181, 600, 200], "Barcode", LINES, PAGE).reader).toBe("barcode");
  });
});
