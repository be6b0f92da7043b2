import { describe, expect, it } from "vitest";
import * as s from "../src/sort";
import type { Box, Sorting, SortPage } from "../src/types";

const page = (number: number, part: Partial<SortPage> = {}): SortPage => ({
  number,
  kind: "page",
  cut: number === 1 ? null : 0.5,
  reasons: [],
  sure: true,
  width: 1654,
  height: 2339,
  image: "",
  thumbnail: "",
  slips: [],
  ...part,
});

const label = { en: "" };
const part = (pages: number[], type = "invoice", region: Box | null = null, sure = true) => ({
  pages,
  type,
  type_score: 0.9,
  sure,
  region,
});

/** Five pages: an invoice of two, a separator sheet, a receipt, and one more page of it. */
const file = (changes: Partial<Sorting> = {}): Sorting => ({
  id: "srt_1",
  version: 2,
  client: { id: "cli_1", name: "Rossi" },
  document_id: "doc_1",
  filename: "a.pdf",
  doubts: [{ code: "cut", message: "" }],
  types: [
    { name: "invoice", label },
    { name: "receipt", label },
  ],
  pages: [page(1), page(2), page(3, { kind: "separator" }), page(4), page(5, { sure: false })],
  parts: [part([1, 2]), part([4, 5], "receipt")],
  dropped: [3],
  ...changes,
});

const pagesOf = (one: Sorting, plan: s.Plan) => s.groupsOf(one, plan).map((group) => group.pages);
const at = (one: Sorting, place: number) => s.moveTo(one, s.propose(one), place);

describe("propose", () => {
  it("is answered as it was proposed", () => {
    const one = file();
    expect(s.answerOf(one, s.propose(one))).toEqual({
      parts: [
        { pages: [1, 2], type: "invoice", region: null },
        { pages: [4, 5], type: "receipt", region: null },
      ],
      dropped: [3],
    });
  });

  it("begins at the first doubt", () => {
    expect(s.propose(file()).at).toBe(4);
  });

  it("doubts a type where its document begins", () => {
    const parts = [part([1, 2, 4, 5], "invoice", null, false)];
    expect(s.findDoubts(file({ parts }))).toEqual([0, 4]);
  });
});

describe("cuts", () => {
  it("come and go before the page in hand", () => {
    const one = file();
    const cut = s.toggleCut(one, at(one, 1));
    expect(pagesOf(one, cut)).toEqual([[1], [2], [4, 5]]);
    expect(pagesOf(one, s.toggleCut(one, cut))).toEqual([
      [1, 2],
      [4, 5],
    ]);
  });

  it("are not made before the first page that is kept", () => {
    const one = file();
    expect(s.toggleCut(one, at(one, 0))).toEqual(at(one, 0));
  });

  it("outlive the page that they stood before", () => {
    const one = file();
    const dropped = s.toggleDrop(one, at(one, 3));
    expect(pagesOf(one, dropped)).toEqual([[1, 2], [5]]);
  });
});

describe("dropped pages", () => {
  it("are in no document and come back", () => {
    const one = file();
    const dropped = s.toggleDrop(one, at(one, 1));
    expect(s.answerOf(one, dropped).dropped).toEqual([2, 3]);
    expect(s.toggleDrop(one, dropped).dropped).toEqual(new Set([3]));
  });

  it("may be all there are", () => {
    const one = file({ pages: [page(1)], parts: [part([1])], dropped: [] });
    expect(s.answerOf(one, s.toggleDrop(one, s.propose(one)))).toEqual({ parts: [], dropped: [1] });
  });
});

describe("types", () => {
  it("are the whole document's", () => {
    const one = file();
    const typed = s.setType(one, at(one, 1), "receipt");
    expect(s.groupsOf(one, typed).map((group) => group.type)).toEqual(["receipt", "receipt"]);
    const cut = s.toggleCut(one, typed);
    expect(s.groupsOf(one, cut).map((group) => group.type)).toEqual([
      "receipt",
      "receipt",
      "receipt",
    ]);
  });
});

describe("papers on one page", () => {
  const slips: Box[] = [
    [0, 0, 0.5, 1],
    [0.5, 0, 1, 1],
  ];
  const one = file({
    pages: [page(1), page(2, { slips }), page(3)],
    parts: [part([1]), ...slips.map((box) => part([2], "receipt", box)), part([3])],
    dropped: [],
  });

  it("are a document each", () => {
    expect(s.answerOf(one, s.propose(one)).parts.map((p) => [p.pages, p.region])).toEqual([
      [[1], null],
      [[2], slips[0]],
      [[2], slips[1]],
      [[3], null],
    ]);
  });

  it("count as many documents", () => {
    const groups = s.groupsOf(one, s.propose(one));
    expect([s.countDocuments(groups), s.countDocuments(groups, 2)]).toEqual([4, 3]);
  });

  it("can be left together", () => {
    const whole = s.toggleApart(one, at(one, 1));
    expect(pagesOf(one, whole)).toEqual([[1], [2], [3]]);
    expect(s.answerOf(one, whole).parts.every((p) => p.region === null)).toBe(true);
  });
});

describe("sign", () => {
  it.each([
    ["new_number", "+"],
    ["same_vat_id", "−"],
  ])("of %s is %s", (reason, expected) => {
    expect(s.sign(reason)).toBe(expected);
  });
});

describe("commandFor", () => {
  const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, altKey: false, metaKey: false });
  it.each([
    [press(" "), "cut"],
    [press("B"), "drop"],
    [press("Enter"), "accept"],
    [press("2"), 1],
    [press("0"), null],
    [press("b", true), null],
  ])("%j means %s", (stroke, command) => {
    expect(s.commandFor(stroke)).toBe(command);
  });
});
