import { describe, expect, it } from "vitest";
import {
  addAnswer,
  addClaimed,
  bringBack,
  type Desk,
  dropSent,
  EMPTY,
  GRACE,
  giveUp,
  loseLease,
  markSending,
  nextJob,
  RENEW_AFTER,
  skipFirst,
  takeBack,
  WANTED,
} from "../src/queue";
import { answer, task } from "./samples";

const NOW = 1_000_000;
const desk = (...ids: string[]): Desk =>
  addClaimed(
    EMPTY,
    ids.map((id) => task(id)),
    NOW,
  );
const answered = (d: Desk, text = "12") => addAnswer(d, answer(text), text, NOW);
const ids = (d: Desk) => d.held.map((h) => h.task.id);

describe("claiming", () => {
  it("never doubles a task that is in hand or on its way", () => {
    const d = addClaimed(answered(desk("a", "b")), [task("a"), task("b"), task("c")], NOW);
    expect(ids(d)).toEqual(["b", "c"]);
  });

  it("takes over the version of tasks in hand and on their way", () => {
    const d = addClaimed(
      answered(desk("a", "b")),
      [task("a", { version: 5 }), task("b", { version: 7 })],
      NOW,
    );
    expect([d.outbox[0]?.task.version, d.held[0]?.task.version]).toEqual([5, 7]);
  });

  it("puts what was skipped behind fresh work", () => {
    const skipped = { ...skipFirst(desk("a")), skipped: [] };
    expect(ids(addClaimed(skipped, [task("a"), task("b")], NOW))).toEqual(["b", "a"]);
  });
});

describe("answers", () => {
  it("can be taken back with what was typed", () => {
    const d = takeBack(answered(desk("a", "b"), "99"), NOW);
    expect([ids(d), d.held[0]?.draft, d.outbox]).toEqual([["a", "b"], "99", []]);
  });

  it("cannot be taken back once they are being sent", () => {
    const d = markSending(answered(desk("a", "b")));
    expect(takeBack(d, NOW)).toBe(d);
  });

  it("come back after the task in hand when refused, never in its place", () => {
    const d = bringBack(answered(desk("a", "b", "c"), "x"), [{ code: "c", message: "m" }], NOW);
    expect(ids(d)).toEqual(["b", "a", "c"]);
    expect(d.held[1]).toMatchObject({ draft: "x", refused: [{ code: "c" }] });
    expect(d.notice?.kind).toBe("refused");
  });

  it("that are lost leave a notice with the typed text", () => {
    const d = giveUp(answered(desk("a", "b"), "x"), "lost", "");
    expect([d.outbox, d.notice?.kind, d.notice?.text]).toEqual([[], "lost", "x"]);
  });

  it("handed in while the page was closing are no news when already done", () => {
    const d = answered(desk("a", "b"));
    const parting = { ...d, outbox: d.outbox.map((e) => ({ ...e, parting: true })) };
    expect(giveUp(parting, "lost", "").notice).toBeNull();
  });
});

describe("nextJob", () => {
  it("holds the last answer back for a moment", () => {
    const d = answered(desk("a", "b", "c", "d", "e", "f"));
    expect(nextJob(d, NOW + GRACE - 1, 0)).toBeNull();
    expect(nextJob(d, NOW + GRACE, 0)).toMatchObject({ do: "answer" });
  });

  it("sends an answer as soon as the next is given", () => {
    const d = answered(answered(desk("a", "b", "c", "d", "e", "f")));
    expect(nextJob(d, NOW, 0)).toMatchObject({ do: "answer", entry: { task: { id: "a" } } });
  });

  it("sends the last answer at once when nothing else is in hand", () => {
    expect(nextJob(answered(desk("a")), NOW, 0)).toMatchObject({ do: "answer" });
  });

  it("claims in time, counting what is still on its way", () => {
    const d = answered(desk("a", "b", "c", "d"));
    expect(nextJob(d, NOW, 0)).toEqual({ do: "claim", count: WANTED + 1 });
  });

  it("waits before it claims again in vain", () => {
    expect(nextJob(EMPTY, NOW, NOW + 1)).toBeNull();
  });

  it("renews before a lease runs out", () => {
    const d = desk("a", "b", "c", "d");
    expect(nextJob(d, NOW + RENEW_AFTER, 0)).toMatchObject({ do: "renew", task: { id: "a" } });
  });

  it("gives a skipped task back", () => {
    const d = skipFirst(desk("a", "b", "c", "d", "e"));
    expect(nextJob(d, NOW, 0)).toMatchObject({ do: "release", task: { id: "a" } });
  });
});

describe("a lost lease", () => {
  it("takes a waiting task away", () => {
    expect(ids(loseLease(desk("a", "b"), "b"))).toEqual(["a"]);
  });

  it("leaves the task in hand until it is answered, and does not renew it again", () => {
    const d = loseLease(desk("a", "b", "c", "d"), "a");
    expect(ids(d)).toEqual(["a", "b", "c", "d"]);
    expect(nextJob({ ...d, held: d.held.slice(0, 1) }, NOW + RENEW_AFTER, Infinity)).toBeNull();
  });
});

it("counts what was accepted", () => {
  expect(dropSent(answered(desk("a"))).sent).toBe(1);
});
