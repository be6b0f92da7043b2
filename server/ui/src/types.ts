// Shapes of the public HTTP API, as far as the screens use them.

export type Role = "admin" | "supervisor" | "operator" | "client" | "downstream";
export type Label = Partial<Record<string, string>>;
/** Page-relative x0, y0, x1, y1 (0..1, origin at the top left). */
export type Box = readonly [number, number, number, number];

export interface User {
  id: string;
  name: string;
  role: Role;
  client_id: string | null;
}

export interface FieldReference {
  list: string;
  column: string;
  fills: Record<string, string>;
  threshold: number;
}

export interface FieldSpec {
  name: string;
  kind: string;
  label: Label;
  required: boolean;
  threshold: number;
  max_length?: number;
  pattern?: string | null;
  allowed?: string[] | null;
  export?: string | null;
  mode?: string;
  reference?: FieldReference | null;
}

export interface Rule {
  rule: string;
  name: string;
  terms?: string[];
  equals?: string | string[];
  column?: string;
  factors?: string[];
  earlier?: string;
  later?: string;
  fields?: string[];
  tolerance?: string | number;
  check?: string;
  when?: string | null;
  message?: string | null;
}

export interface ZoneSpec {
  field: string;
  page: number;
  box: Box;
  reader: string;
  cells?: number | null;
  value?: string | null;
}

export interface FormSpec {
  blank: string;
  zones: ZoneSpec[];
}

export interface DocumentType {
  name: string;
  version: number;
  label: Label;
  fields: FieldSpec[];
  lines: FieldSpec[];
  rules: Rule[];
  business_key?: (string | string[])[] | null;
  form?: FormSpec | null;
  /** Whose it is; null: it comes with the system. */
  client_id?: string | null;
}

/** What is wrong with a request, and where: "rules.1.check". */
export interface Fault {
  field: string;
  message: string;
  /** Only not filled in yet: not worth a word before somebody wants to save. */
  gap?: boolean;
}

export interface TypeUse {
  versions: { version: number; batches: number }[];
}

/** A list that values are held against. */
export interface ReferenceList {
  name: string;
  version: number;
  columns: string[];
  rows: number;
  loaded_at: string;
}

/** An empty form that boxes are drawn on. */
export interface Blank {
  id: string;
  filename?: string | null;
  pages: { number: number; width: number; height: number; image: string }[];
  created_at: string;
}

export interface Problem {
  code: string;
  message: string;
}

export interface Sibling {
  name: string;
  line: number | null;
  value: string | null;
  status: string;
}

export interface Task {
  id: string;
  version: number;
  status: string;
  mode: string;
  client: { id: string; name: string };
  batch_id: string;
  document_id: string;
  document_type: string;
  filename: string;
  page: number | null;
  pages: number;
  box: Box | null;
  image: string;
  image_width: number;
  image_height: number;
  field: {
    id: string;
    name: string;
    line: number | null;
    label: Label;
    kind: string;
    required: boolean;
    max_length: number;
  };
  value: string | null;
  raw: string | null;
  score: number | null;
  problems: Problem[];
  claimed_until: string | null;
  siblings: Sibling[];
}

export interface Checked {
  value: string | null;
  problems: Problem[];
}

export interface BatchWork {
  batch_id: string;
  external_id: string | null;
  client: string;
  deadline: string | null;
  priority: number;
  open: number;
}

export interface Summary {
  open: number;
  claimed: number;
  done_today: number;
  by_batch: BatchWork[];
}

export interface SortPage {
  number: number;
  kind: "page" | "blank" | "separator";
  cut: number | null;
  reasons: string[];
  sure: boolean;
  width: number;
  height: number;
  image: string;
  thumbnail: string;
  slips: Box[];
}

export interface SortPart {
  pages: number[];
  type: string;
  type_score: number;
  sure: boolean;
  region: Box | null;
}

/** A file whose documents or types the machine is not sure of. */
export interface Sorting {
  id: string;
  version: number;
  client: { id: string; name: string };
  document_id: string;
  filename: string;
  doubts: Problem[];
  types: { name: string; label: Label }[];
  pages: SortPage[];
  parts: SortPart[];
  dropped: number[];
}

export interface Word {
  text: string;
  box: Box;
  score: number;
}

export interface PageText {
  number: number;
  width: number;
  height: number;
  lines: { text: string; box: Box; score: number; words: Word[] }[];
}

export interface Batch {
  id: string;
  client_id: string;
  status: string;
  document_type: string;
  priority: number;
  deadline: string | null;
  external_id: string | null;
  created_at: string;
  sealed_at: string | null;
  released_at: string | null;
  counts: {
    documents: number;
    by_status: Partial<Record<string, number>>;
    tasks_open: number;
    /** Only in a single batch, not in lists. */
    fields: number | null;
    fields_keyed: number | null;
  };
  problems: { document_id: string; filename: string; code: string; detail: string }[];
}

export interface Document {
  id: string;
  batch_id: string;
  client_id: string;
  filename: string;
  type: string | null;
  status: string;
  problem: { code: string; detail: string } | null;
  origin: { part: number; parts: number; first_page: number; last_page: number } | null;
  searchable: { sha256: string; size: number; standard: string | null } | null;
  pages: number | null;
  size: number;
  created_at: string;
}

export interface PageInfo {
  number: number;
  width: number;
  height: number;
  image: string;
  words: string;
}

export interface Field {
  id: string;
  name: string;
  line: number | null;
  value: string | null;
  raw: string | null;
  score: number | null;
  source: string;
  page: number | null;
  box: Box | null;
  status: string;
  problems: string[];
}

export interface Release {
  id: string;
  batch_id: string;
  version: number;
  sha256: string;
  created_at: string;
  acknowledged_at: string | null;
}

export interface Listing<T> {
  items: T[];
  next: string | null;
}
