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

export interface FieldSpec {
  name: string;
  kind: string;
  label: Label;
  required: boolean;
  threshold: number;
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
}

export interface DocumentType {
  name: string;
  version: number;
  label: Label;
  fields: FieldSpec[];
  lines: FieldSpec[];
  rules: Rule[];
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
  filename: string;
  type: string | null;
  status: string;
  problem: { code: string; detail: string } | null;
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
