// The only file that speaks HTTP. Every failure is a Refusal (the server said no) or Unreachable.

import type {
  Batch,
  Blank,
  Checked,
  Document,
  DocumentType,
  Fault,
  Field,
  Listing,
  PageInfo,
  PageText,
  Problem,
  ReferenceList,
  Release,
  Sorting,
  Summary,
  Task,
  TypeUse,
  User,
} from "./types";

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly problems: Problem[],
    readonly faults: Fault[] = [],
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
  let said: Partial<Refusal> & { title?: string; errors?: Fault[] } = {};
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
    said.errors ?? [],
  );
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const form = options.body instanceof FormData || options.body instanceof Blob;
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (method !== "GET") headers["X-Scrivano"] = "1";
  if (options.body !== undefined && !form) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) {
    init.body = form ? (options.body as FormData | Blob) : JSON.stringify(options.body);
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
const ifMatch = (task: { version: number }) => ({ "If-Match": `"${task.version}"` });

export interface Answer {
  value: string | null;
  force: boolean;
  seconds: number;
  keystrokes: number;
}

const owned = (path: string, client: string) => `${path}?client_id=${seg(client)}`;
const text = (content: string, type: string) => ({
  body: new Blob([content], { type }),
  headers: { "Content-Type": type },
});

export const api = {
  login: (name: string, password: string) =>
    call<{ user: User }>("POST", "/v1/sessions", { body: { name, password } }),
  logout: () => call<void>("DELETE", "/v1/sessions/current"),
  me: () => call<User>("GET", "/v1/me"),
  types: () => call<Listing<DocumentType>>("GET", "/v1/types"),
  clients: (query = "limit=200") =>
    call<Listing<{ id: string; name: string }>>("GET", `/v1/clients?${query}`),

  typesOf: (client: string) => call<Listing<DocumentType>>("GET", owned("/v1/types", client)),
  type: (client: string, name: string) =>
    call<DocumentType>("GET", owned(`/v1/types/${seg(name)}`, client)),
  typeUse: (client: string, name: string) =>
    call<TypeUse>("GET", owned(`/v1/types/${seg(name)}/use`, client)),
  checkType: (client: string, body: unknown) =>
    call<{ errors: Fault[] }>("POST", owned("/v1/types/check", client), { body }),
  readYaml: (client: string, content: string) =>
    call<{ errors: Fault[]; definition: DocumentType | null }>(
      "POST",
      owned("/v1/types/check", client),
      text(content, "application/yaml"),
    ),
  createType: (client: string, body: unknown) =>
    call<DocumentType>("POST", owned("/v1/types", client), { body }),
  reviseType: (client: string, name: string, body: unknown) =>
    call<DocumentType>("PUT", owned(`/v1/types/${seg(name)}`, client), { body }),

  lists: (client: string) => call<Listing<ReferenceList>>("GET", owned("/v1/references", client)),
  loadList: (client: string, name: string, file: Blob) =>
    call<ReferenceList>("PUT", owned(`/v1/references/${seg(name)}`, client), {
      body: file,
      headers: { "Content-Type": "text/csv" },
      timeout: 300_000,
    }),
  deleteList: (client: string, name: string) =>
    call<void>("DELETE", owned(`/v1/references/${seg(name)}`, client)),

  blanks: (client: string) => call<Listing<Blank>>("GET", owned("/v1/forms", client)),
  blank: (client: string, id: string) => call<Blank>("GET", owned(`/v1/forms/${seg(id)}`, client)),
  newBlank: (client: string, file: File) =>
    call<Blank>("POST", `${owned("/v1/forms", client)}&filename=${seg(file.name)}`, {
      body: file,
      headers: { "Content-Type": file.type || "application/octet-stream" },
      timeout: 120_000,
    }),

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

  sortSummary: () =>
    call<{ open: number; claimed: number; done_today: number }>("GET", "/v1/sorting/summary"),
  claimSorting: (count: number) =>
    call<{ items: Sorting[] }>("POST", "/v1/sorting/claim", { body: { count } }),
  answerSorting: (file: Sorting, answer: object) =>
    call<unknown>("PUT", `/v1/sorting/${seg(file.id)}/answer`, {
      body: answer,
      headers: ifMatch(file),
    }),
  renewSorting: (file: Sorting) =>
    call<unknown>("POST", `/v1/sorting/${seg(file.id)}/renew`, { headers: ifMatch(file) }),
  releaseSorting: (file: Sorting, keepalive = false) =>
    call<unknown>("POST", `/v1/sorting/${seg(file.id)}/release`, {
      headers: ifMatch(file),
      keepalive,
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

export const yamlUrl = (client: string, name: string) =>
  owned(`/v1/types/${seg(name)}/yaml`, client);
export const originalUrl = (document: string) => `/v1/documents/${seg(document)}/original`;
export const searchableUrl = (document: string) => `/v1/documents/${seg(document)}/searchable.pdf`;
export const pageUrl = (document: string, page: number) =>
  `/v1/documents/${seg(document)}/pages/${page}`;
