// The files in hand of whoever sorts: claimed ahead, answered one by one, given back on leaving.

import { useEffect, useRef, useState } from "preact/hooks";
import { api, Refusal } from "./api";
import type { Answer } from "./sort";
import { w } from "./sortwords";
import type { Sorting } from "./types";

const WANTED = 2;
const POLL = 4_000;
const RENEW = 120_000;
const AGAIN = 2_000;

export interface Effort {
  seconds: number;
  keystrokes: number;
}

interface Sending {
  file: Sorting;
  answer: Answer & Effort;
}

export interface SortDesk {
  current: Sorting | null;
  next: Sorting | null;
  ready: boolean;
  notice: string | null;
  /** Answers accepted since the page was opened. */
  sent: number;
  accept: (answer: Answer & Effort) => void;
  skip: () => void;
}

export function useSort(signedIn: boolean): SortDesk {
  const [, repaint] = useState(0);
  const held = useRef<Sorting[]>([]);
  const sending = useRef<Sending[]>([]);
  const busy = useRef(false);
  const state = useRef({ ready: false, sent: 0, notice: null as string | null });
  const changed = () => repaint((n) => n + 1);

  const claim = async () => {
    if (busy.current || held.current.length >= WANTED) return;
    busy.current = true;
    try {
      const { items } = await api.claimSorting(WANTED + sending.current.length);
      const known = new Set([
        ...held.current.map((file) => file.id),
        ...sending.current.map(({ file }) => file.id),
      ]);
      held.current = [...held.current, ...items.filter((file) => !known.has(file.id))];
      state.current.ready = true;
    } catch {
      // Asked again soon.
    }
    busy.current = false;
    changed();
  };

  const send = async () => {
    const first = sending.current[0];
    if (!first) return;
    try {
      await api.answerSorting(first.file, first.answer);
      state.current.sent += 1;
      state.current.notice = null;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status >= 500 || error.status === 401) {
        state.current.notice = w.waiting;
        changed();
        setTimeout(send, AGAIN);
        return;
      }
      state.current.notice = error.status === 412 ? w.lost : w.failed(error.detail);
    }
    sending.current = sending.current.slice(1);
    changed();
    if (sending.current.length > 0) void send();
    void claim();
  };

  const accept = (answer: Answer & Effort) => {
    const [file, ...rest] = held.current;
    if (!file) return;
    held.current = rest;
    sending.current = [...sending.current, { file, answer }];
    state.current.notice = null;
    if (sending.current.length === 1) void send();
    changed();
  };
  const skip = () => {
    const [file, ...rest] = held.current;
    if (!file) return;
    held.current = rest;
    changed();
    api.releaseSorting(file).then(claim, claim);
  };

  useEffect(() => {
    if (!signedIn) return;
    void claim();
    const poll = setInterval(claim, POLL);
    const renew = setInterval(() => {
      for (const file of held.current) {
        api.renewSorting(file).catch((error) => {
          if (error instanceof Refusal && error.status === 412) {
            held.current = held.current.filter((other) => other.id !== file.id);
            changed();
          }
        });
      }
    }, RENEW);
    const leave = () => {
      for (const file of held.current) api.releaseSorting(file, true).catch(() => {});
      held.current = [];
    };
    window.addEventListener("pagehide", leave);
    return () => {
      clearInterval(poll);
      clearInterval(renew);
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [signedIn]);

  const [current = null, next = null] = held.current;
  return { current, next, ...state.current, accept, skip };
}
