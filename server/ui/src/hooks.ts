// Small hooks that several screens share.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { api, Refusal } from "./api";
import type { Size } from "./geometry";
import { t } from "./strings";
import type { DocumentType, Word } from "./types";

/** A sentence about any failure, for people. */
export function explain(error: unknown): string {
  if (error instanceof Refusal) return t.problems[error.code] ?? error.detail;
  return t.unreachable;
}

/** The present, moving on every `every` ms. */
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** The always-newest version of a callback, for listeners that are attached once. */
export function useLatest<T>(value: T): { readonly current: T } {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}

export function useKeyDown(handle: (event: KeyboardEvent) => void): void {
  const latest = useLatest(handle);
  // Before the screen is painted: whoever sees it may press a key.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

/** The size of an element, following it. */
export function useSize(ref: { current: HTMLElement | null }): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return size;
}

export interface Loaded<T> {
  data: T | null;
  error: string | null;
  reload: () => Promise<void>;
}

/** Load now and again every `every` ms while the tab is in sight; old data stays meanwhile. */
export function usePoll<T>(load: () => Promise<T>, every: number, deps: unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; error: string | null }>({
    data: null,
    error: null,
  });
  const newest = useRef(0);
  const latest = useLatest(load);
  const reload = useCallback(async () => {
    newest.current += 1;
    const mine = newest.current;
    try {
      const data = await latest.current();
      if (mine === newest.current) setState({ data, error: null });
    } catch (error) {
      if (mine === newest.current) setState((old) => ({ ...old, error: explain(error) }));
    }
  }, []);
  useEffect(() => {
    let stopped = false;
    let timer = 0;
    const tick = async () => {
      if (document.visibilityState === "visible") await reload();
      if (!stopped) timer = window.setTimeout(tick, every);
    };
    void tick();
    return () => {
      stopped = true;
      newest.current += 1;
      clearTimeout(timer);
    };
  }, deps);
  return { ...state, reload };
}

const typesByClient = new Map<string, Promise<DocumentType[]>>();

/** Somebody has changed a type: what is known of them is asked for again. */
export function forgetTypes(): void {
  typesByClient.clear();
}

/** The document types of a client, or those that everybody has; fetched once, tried again after a
 * failure. */
export function useTypes(client = ""): DocumentType[] {
  const [known, setKnown] = useState<DocumentType[]>([]);
  useEffect(() => {
    let gone = false;
    const asked =
      typesByClient.get(client) ??
      (client ? api.typesOf(client) : api.types()).then((answer) => answer.items);
    typesByClient.set(client, asked);
    asked.then(
      (items) => {
        if (!gone) setKnown(items);
      },
      () => typesByClient.delete(client),
    );
    return () => {
      gone = true;
    };
  }, [client]);
  return known;
}

const WORDS_KEPT = 24;
const wordsByPage = new Map<string, Promise<Word[]>>();
const wordsReady = new Map<string, Word[]>();

async function fetchWords(url: string): Promise<Word[]> {
  try {
    const page = await api.words(url);
    const words = page.lines.flatMap((line) => line.words);
    wordsReady.set(url, words);
    return words;
  } catch (error) {
    wordsByPage.delete(url);
    throw error;
  }
}

function wordsOf(url: string): Promise<Word[]> {
  const known = wordsByPage.get(url);
  if (known) return known;
  const words = fetchWords(url);
  wordsByPage.set(url, words);
  for (const old of wordsByPage.keys()) {
    if (wordsByPage.size <= WORDS_KEPT) break;
    wordsByPage.delete(old);
    wordsReady.delete(old);
  }
  return words;
}

const NO_WORDS: readonly Word[] = [];

/** The words of a page: at once when they were fetched ahead, else empty until they come. */
export function useWords(url: string): readonly Word[] {
  const [, repaint] = useState(0);
  useEffect(() => {
    if (wordsReady.has(url)) return;
    let gone = false;
    wordsOf(url).then(
      () => {
        if (!gone) repaint((n) => n + 1);
      },
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [url]);
  return wordsReady.get(url) ?? NO_WORDS;
}

export interface Picture {
  /** Changes when the image is tried again; use it as the element's key. */
  key: string;
  failed: boolean;
  onError: () => void;
  onLoad: () => void;
}

const TRY_AGAIN = 5_000;

/** An image that is tried again until it comes: the store may be away for a moment. */
export function usePicture(url: string): Picture {
  const [state, setState] = useState({ url, tries: 0, failed: false });
  const tries = state.url === url ? state.tries : 0;
  const failed = state.url === url && state.failed;
  useEffect(() => {
    if (!failed) return;
    const again = () => setState({ url, tries: tries + 1, failed: true });
    const timer = setTimeout(again, TRY_AGAIN);
    return () => clearTimeout(timer);
  }, [url, tries, failed]);
  return {
    key: `${url} ${tries}`,
    failed,
    onError: () => setState({ url, tries, failed: true }),
    onLoad: () => setState({ url, tries, failed: false }),
  };
}

/** Fetch and decode page images ahead, and hold them so that they stay decoded. */
export function usePreload(urls: readonly string[]): void {
  const kept = useRef(new Map<string, HTMLImageElement>());
  const list = [...new Set(urls)].join("\n");
  useEffect(() => {
    const wanted = new Set(list.split("\n").filter(Boolean));
    for (const url of kept.current.keys()) if (!wanted.has(url)) kept.current.delete(url);
    for (const url of wanted) {
      if (kept.current.has(url)) continue;
      const image = new Image();
      image.src = url;
      image.decode().catch(() => kept.current.delete(url));
      kept.current.set(url, image);
      void wordsOf(url.replace(/\/image$/, "/words")).catch(() => {});
    }
  }, [list]);
}
