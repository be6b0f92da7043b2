import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refusal, Unreachable } from "../src/api";
import { DeskRunner, type Store } from "../src/desk";
import type { Entry } from "../src/queue";
import type { Task } from "../src/types";
import { answer, task } from "./samples";

/** A server with a pile of tasks; `fault` is thrown by the next calls to `key`. */
class Server {
  keyed: string[] = [];
  released: string[] = [];
  renewed: string[] = [];
  fault: Error | null = null;
  constructor(public pile: Task[]) {}

  claim = async (count: number) => ({ items: this.pile.slice(0, count) });
  key = async (t: Task, given: { value: string | null }) => {
    if (this.fault) throw this.fault;
    this.keyed.push(`${t.id}=${given.value}`);
    this.pile = this.pile.filter((other) => other.id !== t.id);
  };
  renew = async (t: Task) => {
    this.renewed.push(t.id);
    return { version: t.version };
  };
  release = async (t: Task) => {
    this.released.push(t.id);
  };
}

const memory = (kept: Entry[] = []): Store & { kept: readonly Entry[] } => ({
  kept,
  load: () => kept,
  save(outbox) {
    this.kept = outbox;
  },
});

const pile = (n: number) => Array.from({ length: n }, (_, i) => task(`t${i}`));
let runner: DeskRunner;

function open(server: Server, store: Store = memory(), dirty = () => false): DeskRunner {
  runner = new DeskRunner(store, () => {}, dirty, server);
  void runner.run();
  return runner;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const held = () => runner.standing.desk.held.map((h) => h.task.id);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  runner.close();
  vi.useRealTimers();
});

describe("the desk", () => {
  it("starts by itself when work comes", async () => {
    const server = new Server([]);
    open(server);
    await pass(1_000);
    expect(runner.standing.ready).toBe(true);
    server.pile = pile(2);
    await pass(5_000);
    expect(held()).toEqual(["t0", "t1"]);
  });

  it("sends answers in order and keeps tasks coming", async () => {
    const server = new Server(pile(9));
    open(server);
    await pass(10);
    for (const value of ["a", "b", "c", "d"]) {
      runner.answer(answer(value), value);
      await pass(10);
    }
    await pass(4_000);
    expect(server.keyed).toEqual(["t0=a", "t1=b", "t2=c", "t3=d"]);
    expect(held()).toEqual(["t4", "t5", "t6", "t7", "t8"]);
  });

  it("keeps what is typed while the server is out of reach, and sends it later", async () => {
    const server = new Server(pile(6));
    const store = memory();
    open(server, store);
    await pass(10);
    server.fault = new Unreachable("down");
    runner.answer(answer("a"), "a");
    runner.answer(answer("b"), "b");
    await pass(10_000);
    expect(runner.standing.trouble).toBe("");
    expect(store.kept.map((e) => e.text)).toEqual(["a", "b"]);
    server.fault = null;
    await pass(15_000);
    expect(server.keyed).toEqual(["t0=a", "t1=b"]);
    expect(runner.standing.trouble).toBeNull();
  });

  it("sends after a reload what was not sent before it", async () => {
    const first = new Server(pile(3));
    const store = memory();
    open(first, store);
    await pass(10);
    first.fault = new Unreachable("down");
    runner.answer(answer("a"), "a");
    await pass(5_000);
    runner.close();
    const second = new Server(pile(3));
    open(second, memory([...store.kept]));
    await pass(10);
    expect(second.keyed).toEqual(["t0=a"]);
  });

  it("brings a refused entry back", async () => {
    const server = new Server(pile(6));
    open(server);
    await pass(10);
    server.fault = new Refusal(422, "invalid_value", "no", [{ code: "x", message: "bad" }]);
    runner.answer(answer("a"), "a");
    await pass(4_000);
    expect(held().slice(0, 2)).toEqual(["t1", "t0"]);
  });

  it("goes on when somebody else has the task", async () => {
    const server = new Server(pile(6));
    open(server);
    await pass(10);
    server.fault = new Refusal(412, "stale_write", "gone", []);
    runner.answer(answer("a"), "a");
    await pass(4_000);
    expect(runner.standing.desk.notice?.kind).toBe("lost");
    expect(runner.standing.desk.outbox).toEqual([]);
  });

  it("waits for a new sign-in without losing the entry", async () => {
    const server = new Server(pile(6));
    open(server);
    await pass(10);
    server.fault = new Refusal(401, "unauthorized", "who?", []);
    runner.answer(answer("a"), "a");
    await pass(8_000);
    server.fault = null;
    runner.retry();
    await pass(10);
    expect(server.keyed).toEqual(["t0=a"]);
  });

  it("renews leases while somebody works", async () => {
    const server = new Server(pile(6));
    open(server);
    await pass(130_000);
    expect(server.renewed).toContain("t0");
  });

  it("gives everything back after ten idle minutes and goes on at a touch", async () => {
    const server = new Server(pile(2));
    open(server);
    await pass(11 * 60_000);
    expect(runner.standing.paused).toBe(true);
    expect(server.released).toEqual(["t0", "t1"]);
    runner.touch();
    await pass(10);
    expect(held()).toEqual(["t0", "t1"]);
  });

  it("does not pause over a half typed entry", async () => {
    open(new Server(pile(2)), memory(), () => true);
    await pass(11 * 60_000);
    expect(runner.standing.paused).toBe(false);
  });

  it("hands in and gives back when the person leaves", async () => {
    const server = new Server(pile(3));
    open(server);
    await pass(10);
    runner.answer(answer("a"), "a");
    runner.close();
    await pass(0);
    expect(server.keyed).toEqual(["t0=a"]);
    expect(server.released).toEqual(["t1", "t2"]);
  });
});
