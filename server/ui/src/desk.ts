// Runs the desk: one request at a time, so that no two of them can race about a task's version.

import { api, Refusal } from "./api";
import * as q from "./queue";
import type { Task } from "./types";

export interface Standing {
  desk: q.Desk;
  /** Whether the first claim has been answered. */
  ready: boolean;
  /** Why nothing goes through at the moment ("" when the server is out of reach), else null. */
  trouble: string | null;
  /** Nobody has touched the desk for long: its tasks went back. */
  paused: boolean;
}

const POLL = 4_000;
const IDLE = 10 * 60_000;
const LONGEST_WAIT = 10_000;

export class DeskRunner {
  standing: Standing = { desk: q.EMPTY, ready: false, trouble: null, paused: false };
  private claimAt = 0;
  private retryAt = 0;
  private failures = 0;
  private touched = Date.now();
  private closed = false;
  private wakeUp: () => void = () => {};

  /** `store` keeps unsent answers over a reload; `dirty` says if something is half typed. */
  constructor(
    private readonly store: Store,
    private readonly changed: () => void,
    private readonly dirty: () => boolean,
    private readonly server: Pick<typeof api, "claim" | "key" | "renew" | "release"> = api,
  ) {
    this.update({ ...q.EMPTY, outbox: store.load() });
  }

  async run(): Promise<void> {
    while (!this.closed) {
      const now = Date.now();
      this.pauseWhenIdle(now);
      const blocked = this.standing.paused || now < this.retryAt;
      const job = blocked ? null : q.nextJob(this.standing.desk, now, this.claimAt);
      if (job) await this.perform(job);
      else await this.sleep(500);
    }
  }

  answer(answer: q.Entry["answer"], text: string): void {
    this.update(q.addAnswer(this.standing.desk, answer, text, Date.now()));
    this.wake();
  }

  skip(): void {
    this.update(q.skipFirst(this.standing.desk));
    this.wake();
  }

  back(): void {
    this.update(q.takeBack(this.standing.desk, Date.now()));
  }

  dismiss(): void {
    this.update({ ...this.standing.desk, notice: null });
  }

  /** The person did something: leases are worth renewing, and a pause is over. */
  touch(): void {
    this.touched = Date.now();
    if (this.standing.paused) this.set({ paused: false, ready: false });
    this.wake();
  }

  wake(): void {
    this.wakeUp();
  }

  /** Try at once: the network is back, or somebody signed in again. */
  retry(): void {
    this.retryAt = 0;
    this.wake();
  }

  /** Leave the desk: hand in what is answered, give back what is not. Survives a closing page. */
  leave(): void {
    const { desk } = this.standing;
    for (const entry of desk.outbox) {
      if (!entry.sending) this.server.key(entry.task, entry.answer, true).catch(() => {});
    }
    const unanswered = [...desk.held.map((h) => h.task), ...desk.skipped];
    for (const task of unanswered) this.server.release(task, true).catch(() => {});
    const outbox = desk.outbox.map((e) => ({ ...e, parting: true }));
    this.update({ ...desk, held: [], skipped: [], outbox });
    this.claimAt = 0;
  }

  close(): void {
    this.closed = true;
    this.leave();
    this.wake();
  }

  private async perform(job: q.Job): Promise<void> {
    try {
      if (job.do === "answer") await this.send(job.entry);
      else if (job.do === "release") await this.giveBack(job.task);
      else if (job.do === "renew") await this.renew(job.task);
      else await this.claim(job.count);
      this.failures = 0;
      if (this.standing.trouble !== null) this.set({ trouble: null });
    } catch (error) {
      this.update(q.unmarkSending(this.standing.desk));
      this.failures += 1;
      this.retryAt = Date.now() + Math.min(LONGEST_WAIT, 500 * 2 ** this.failures);
      // One hiccup is nobody's business; a second in a row is worth telling.
      // A session that has ended is asked for elsewhere.
      if (error instanceof Refusal && error.status === 401) return;
      const why = error instanceof Refusal && !isPassing(error) ? error.detail : "";
      if (this.failures > 1) this.set({ trouble: why });
    }
  }

  private async send(entry: q.Entry): Promise<void> {
    this.update(q.markSending(this.standing.desk));
    try {
      await this.server.key(entry.task, entry.answer);
      this.update(q.dropSent(this.standing.desk));
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error)) throw error;
      const now = Date.now();
      const { desk } = this.standing;
      if (error.status === 422 && error.problems.length > 0) {
        this.update(q.bringBack(desk, error.problems, now));
      } else this.update(q.giveUp(desk, error.status === 412 ? "lost" : "failed", error.detail));
    }
  }

  private async giveBack(task: Task): Promise<void> {
    try {
      await this.server.release(task);
    } catch (error) {
      // Refused means that the lease had gone already, which is what was wanted.
      if (!(error instanceof Refusal) || isPassing(error)) throw error;
    }
    this.update(q.dropSkipped(this.standing.desk));
  }

  private async renew(task: Task): Promise<void> {
    try {
      const renewed = await this.server.renew(task);
      this.update(q.addRenewed(this.standing.desk, task.id, renewed ?? {}, Date.now()));
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error)) throw error;
      this.update(q.loseLease(this.standing.desk, task.id));
    }
  }

  private async claim(count: number): Promise<void> {
    const { items } = await this.server.claim(count);
    const before = this.standing.desk.held.length;
    if (this.closed) {
      for (const task of items) this.server.release(task, true).catch(() => {});
      return;
    }
    this.update(q.addClaimed(this.standing.desk, items, Date.now()));
    const gained = this.standing.desk.held.length - before;
    this.claimAt = gained > 0 ? 0 : Date.now() + POLL;
    if (!this.standing.ready) this.set({ ready: true });
  }

  private pauseWhenIdle(now: number): void {
    const busy = this.standing.paused || this.dirty() || this.standing.desk.held.length === 0;
    if (busy || now - this.touched < IDLE) return;
    this.leave();
    this.set({ paused: true });
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private update(desk: q.Desk): void {
    if (desk.outbox !== this.standing.desk.outbox) this.store.save(desk.outbox);
    this.set({ desk });
  }

  private set(part: Partial<Standing>): void {
    this.standing = { ...this.standing, ...part };
    this.changed();
  }
}

/** Worth trying again unchanged: signed out, too fast, or the server is unwell. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof Refusal && (error.status >= 500 || [401, 408, 429].includes(error.status))
  );
}

export interface Store {
  load(): q.Entry[];
  save(outbox: readonly q.Entry[]): void;
}

/** Unsent answers of one person, kept in this tab only. */
export function tabStore(user: string): Store {
  const key = `scrivano.outbox.${user}`;
  return {
    load() {
      try {
        const kept = JSON.parse(sessionStorage.getItem(key) ?? "[]") as q.Entry[];
        return kept.map((entry) => ({ ...entry, sending: false }));
      } catch {
        return [];
      }
    },
    save(outbox) {
      try {
        if (outbox.length > 0) sessionStorage.setItem(key, JSON.stringify(outbox));
        else sessionStorage.removeItem(key);
      } catch {
        // Storage is full or forbidden: the answers are still in memory and on their way.
      }
    },
  };
}
