import { describe, expect, it } from "vitest";
import type { ZoneDraft } from "../src/draft";
import type { Box } from "../src/types";
import {
  between,
  inReadingOrder,
  moveBox,
  nextMark,
  nudge,
  nudgeFor,
  placeTwin,
  pullBox,
  SMALLEST,
  sizeBox,
  toPixels,
  toRelative,
  withoutBox,
} from "../src/zones";

const PAGE = { width: 1000, height: 1400 };
const BOX: Box = [100, 200, 300, 240];
const zone = (id: string, part: Partial<ZoneDraft> = {}): ZoneDraft => ({
  id,
  field: id,
  page: 1,
  box: [0, 0, 0.1, 0.1],
  reader: "text",
  cells: null,
  value: "",
  ...part,
});
const key = (key: string, part = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...part,
});

describe("a box", () => {
  it("lies between two points, whichever comes first", () => {
    expect(between(300, 240, 100, 200, PAGE)).toEqual(BOX);
  });

  it("stays on the page and can be taken hold of", () => {
    expect(between(-50, 1390, 2000, 5000, PAGE)).toEqual([0, 1390, 1000, 1400]);
    expect(between(1000, 1400, 1000, 1400, PAGE)).toEqual([
      1000 - SMALLEST,
      1400 - SMALLEST,
      1000,
      1400,
    ]);
  });

  it("keeps its size when it is moved against an edge", () => {
    expect(moveBox(BOX, -500, 3000, PAGE)).toEqual([0, 1360, 200, 1400]);
  });

  it("never gets smaller than it may", () => {
    expect(sizeBox(BOX, -1000, -1000, PAGE)).toEqual([100, 200, 100 + SMALLEST, 200 + SMALLEST]);
  });

  it("is pulled by a corner or an edge", () => {
    expect(pullBox(BOX, "se", 400, 300, PAGE)).toEqual([100, 200, 400, 300]);
    expect(pullBox(BOX, "n", 999, 150, PAGE)).toEqual([100, 150, 300, 240]);
    expect(pullBox(BOX, "e", 50, 0, PAGE)).toEqual([50, 200, 100, 240]);
  });

  it("comes back from parts of the page unchanged", () => {
    expect(toPixels(toRelative(BOX, PAGE), PAGE)).toEqual(BOX);
  });

  it("has its twin below, or beside it at the foot", () => {
    expect(placeTwin(BOX, PAGE)).toEqual([100, 252, 300, 292]);
    expect(placeTwin([100, 1360, 300, 1400], PAGE)).toEqual([360, 1360, 560, 1400]);
  });
});

describe("the arrow keys", () => {
  it("move by a pixel, with Shift by ten", () => {
    expect(nudge(BOX, nudgeFor(key("ArrowRight")) ?? fail(), PAGE)).toEqual([101, 200, 301, 240]);
    const far = nudgeFor(key("ArrowUp", { shiftKey: true })) ?? fail();
    expect(nudge(BOX, far, PAGE)).toEqual([100, 190, 300, 230]);
  });

  it("size with Alt", () => {
    const wider = nudgeFor(key("ArrowRight", { altKey: true })) ?? fail();
    expect(nudge(BOX, wider, PAGE)).toEqual([100, 200, 301, 240]);
  });

  it("are the browser's own with Ctrl", () => {
    expect(nudgeFor(key("ArrowUp", { ctrlKey: true }))).toBeNull();
    expect(nudgeFor(key("a"))).toBeNull();
  });
});

function fail(): never {
  throw new Error("no step");
}

it("zones are put in the order in which they are read", () => {
  const zones = [
    zone("below", { box: [0.1, 0.5, 0.2, 0.55] }),
    zone("next page", { page: 2, box: [0, 0, 0.1, 0.1] }),
    zone("right", { box: [0.5, 0.2, 0.6, 0.24] }),
    zone("left", { box: [0.1, 0.21, 0.2, 0.25] }),
  ];
  expect(inReadingOrder(zones).map((one) => one.id)).toEqual([
    "left",
    "right",
    "below",
    "next page",
  ]);
});

describe("fields without a box", () => {
  const fields = [
    { name: "a", allowed: [] },
    { name: "state", allowed: ["yes", "no"] },
    { name: "", allowed: [] },
  ];

  it("are those that no box names", () => {
    expect(withoutBox(fields, [zone("a")])).toEqual(["state"]);
  });

  it("include one whose values are not all marked", () => {
    const first = zone("m", { field: "state", reader: "mark", value: "yes" });
    expect(withoutBox(fields, [zone("a"), first])).toEqual(["state"]);
    expect(nextMark([first], "state", ["yes", "no"])).toBe("no");
    const second = zone("n", { field: "state", reader: "mark", value: "no" });
    expect(withoutBox(fields, [zone("a"), first, second])).toEqual([]);
  });
});
