// The only file that speaks HTTP. Every failure is a Refusal (the server said no) or Unreachable.

import type {
  Batch,
  Checked,
  Document,
  DocumentType,
  Field,
  Listing,
  PageInfo,
  PageText,
  Problem,
  Release,
  Summary,
  Task,
  User,
} from "./types";

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly problems: Problem[],
  ) {
    super(detail);
  }
}

export class Unreachable extends Error {}

interface Options {
  body?: unknown;
  headers?: Record<string, string>;
  keepalive?: boolean;
  timeout?: number;
}

let signedOut: () => void = () => {};

/** Called whenever the server no longer knows who is asking. */
export function onSignedOut(callback: () => void): void {
  signedOut = callback;
}

async function refusal(response: Response): Promise<Refusal> {
  let said: Partial<Refusal> & { title?: string } = {};
  try {
    said = await response.json();
  } catch {
    // A proxy's page, say: the status is all there is to tell.
  }
  const detail = said.detail ?? said.title ?? `HTTP ${response.status}`;
  return new Refusal(
    response.status,
    said.code ?? String(response.status),
    detail,
    said.problems ?? [],
  );
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const form = options.body instanceof FormData;
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (method !== "GET") headers["X-Scrivano"] = "1";
  if (options.body !== undefined && !form) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) {
    init.body = form ? (options.body as FormData) : JSON.stringify(options.body);
  }
  if (options.keepalive) init.keepalive = true;
  else init.signal = AbortSignal.timeout(options.timeout ?? 15_000);
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    throw new Unreachable(String(cause));
  }
  if (!response.ok) {
    if (response.status === 401 && path !== "/v1/sessions") signedOut();
    throw await refusal(response);
  }
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw new Unreachable(String(cause)); // the answer broke off half way
  }
}

/** An id for one intended action; crypto.randomUUID is missing outside secure contexts. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

const seg = encodeURIComponent;
const ifMatch = (task: Task) => ({ "If-Match": `"${task.version}"` });

export interface Answer {
  value: string | null;
  force: boolean;
  seconds: number;
  keystrokes: number;
}

export const api = {
  login: (name: string, password: string) =>
    call<{ user: User }>("POST", "/v1/sessions", { body: { name, password } }),
  logout: () => call<void>("DELETE", "/v1/sessions/current"),
  me: () => call<User>("GET", "/v1/me"),
  types: () => call<Listing<DocumentType>>("GET", "/v1/types"),
  clients: () => call<Listing<{ id: string; name: string }>>("GET", "/v1/clients?limit=200"),

  summary: () => call<Summary>("GET", "/v1/tasks/summary"),
  claim: (count: number) => call<{ items: Task[] }>("POST", "/v1/tasks/claim", { body: { count } }),
  key: (task: Task, answer: Answer, keepalive = false) =>
    call<unknown>("PUT", `/v1/tasks/${seg(task.id)}/key`, {
      body: answer,
      headers: ifMatch(task),
      keepalive,
    }),
  renew: (task: Task) =>
    call<Partial<Task> | undefined>("POST", `/v1/tasks/${seg(task.id)}/renew`, {
      headers: ifMatch(task),
    }),
  release: (task: Task, keepalive = false) =>
    call<unknown>("POST", `/v1/tasks/${seg(task.id)}/release`, {
      headers: ifMatch(task),
      keepalive,
    }),
  check: (task: Task, value: string) =>
    call<Checked>("POST", "/v1/tasks/check", {
      body: {
        document_id: task.document_id,
        document_type: task.document_type,
        name: task.field.name,
        line: task.field.line,
        value,
      },
    }),

  batches: (query: string) => call<Listing<Batch>>("GET", `/v1/batches?${query}`),
  batch: (id: string) => call<Batch>("GET", `/v1/batches/${seg(id)}`),
  newBatch: (body: Record<string, unknown>, key: string) =>
    call<Batch>("POST", "/v1/batches", { body, headers: { "Idempotency-Key": key } }),
  seal: (id: string) => call<Batch>("POST", `/v1/batches/${seg(id)}/seal`),
  upload: (batch: string, file: File, key: string) => {
    const body = new FormData();
    body.append("file", file, file.name);
    return call<{ items: { duplicate_of: string | null }[] }>(
      "POST",
      `/v1/batches/${seg(batch)}/files`,
      { body, headers: { "Idempotency-Key": key }, timeout: 300_000 },
    );
  },
  releases: (batch: string) => call<Listing<Release>>("GET", `/v1/batches/${seg(batch)}/releases`),

  documents: (query: string) => call<Listing<Document>>("GET", `/v1/documents?${query}`),
  document: (id: string) => call<Document>("GET", `/v1/documents/${seg(id)}`),
  pages: (id: string) => call<Listing<PageInfo>>("GET", `/v1/documents/${seg(id)}/pages`),
  words: (url: string) => call<PageText>("GET", url),
  fields: (id: string) => call<Listing<Field>>("GET", `/v1/documents/${seg(id)}/fields`),
  retry: (id: string) => call<Document>("POST", `/v1/documents/${seg(id)}/retry`),
  reject: (id: string, reason: string) =>
    call<Document>("POST", `/v1/documents/${seg(id)}/reject`, { body: { reason } }),
};

const PAGE = 200;

/** The first `wanted` items of a list, over as many pages as it takes. */
export async function gather<T>(
  get: (query: string) => Promise<Listing<T>>,
  query: string,
  wanted: number,
): Promise<Listing<T>> {
  const items: T[] = [];
  let next: string | null = null;
  do {
    const limit = Math.min(PAGE, wanted - items.length);
    const cursor: string = next ? `&cursor=${seg(next)}` : "";
    const page = await get(`${query}&limit=${limit}${cursor}`);
    items.push(...page.items);
    next = page.next;
  } while (next && items.length < wanted);
  return { items, next };
}

export const originalUrl = (document: string) => `/v1/documents/${seg(document)}/original`;
export const searchableUrl = (document: string) => `/v1/documents/${seg(document)}/searchable.pdf`;
export const pageUrl = (document: string, page: number) =>
  `/v1/documents/${seg(document)}/pages/${page}`;
