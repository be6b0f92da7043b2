// A document type while a person writes it: what is typed, complete or not, with ids for the rows.

import type { Box, DocumentType, FieldReference, FieldSpec, Label, Rule } from "./types";

export const KINDS = [
  "text",
  "identifier",
  "amount",
  "number",
  "percent",
  "date",
  "currency",
  "vat_id",
  "tax_id",
  "iban",
];
export const NUMBER_KINDS = ["amount", "number", "percent"];
/** The columns of line items that are read, with their kinds: there are no others. */
export const COLUMNS: Readonly<Record<string, string>> = {
  description: "text",
  quantity: "number",
  unit: "text",
  unit_price: "amount",
  vat_rate: "percent",
  line_total: "amount",
};

export interface FieldDraft {
  readonly id: string;
  readonly name: string;
  /** Whether the name is the person's own; else it follows the label. */
  readonly named: boolean;
  readonly kind: string;
  /** Whether the kind is the person's own; else it is guessed from the label. */
  readonly sorted: boolean;
  readonly label: Label;
  readonly required: boolean;
  readonly threshold: number;
  readonly max_length: number;
  readonly pattern: string;
  /** One value a line. */
  readonly allowed: string;
  readonly export: string;
  readonly reference: FieldReference | null;
}

export interface RuleDraft {
  readonly id: string;
  readonly rule: string;
  readonly name: string;
  readonly terms: readonly string[];
  readonly equals: readonly string[];
  readonly column: string;
  readonly earlier: string;
  readonly later: string;
  readonly tolerance: string;
  readonly check: string;
  readonly when: string;
  readonly message: string;
}

export interface ZoneDraft {
  readonly id: string;
  readonly field: string;
  readonly page: number;
  readonly box: Box;
  readonly reader: string;
  readonly cells: number | null;
  readonly value: string;
}

export interface FormDraft {
  readonly blank: string;
  readonly zones: readonly ZoneDraft[];
}

export interface Draft {
  readonly name: string;
  readonly named: boolean;
  readonly label: Label;
  readonly fields: readonly FieldDraft[];
  readonly lines: readonly FieldDraft[];
  readonly rules: readonly RuleDraft[];
  /** Parts of the key; of each the first field that has a value counts. */
  readonly key: readonly (readonly string[])[];
  readonly form: FormDraft | null;
}

export type Part = "fields" | "lines";

let given = 0;
export function newId(): string {
  given += 1;
  return `n${given}`;
}

// -- from and to the API ---------------------------------------------------------------------------

export function toDraft(type: DocumentType): Draft {
  return {
    name: type.name,
    named: true,
    label: type.label,
    fields: type.fields.map(toField),
    lines: type.lines.map(toField),
    rules: type.rules.map(toRule),
    key: (type.business_key ?? []).map((part) => (typeof part === "string" ? [part] : part)),
    form: type.form
      ? {
          blank: type.form.blank,
          zones: type.form.zones.map((zone) => ({
            ...zone,
            id: newId(),
            cells: zone.cells ?? null,
            value: zone.value ?? "",
          })),
        }
      : null,
  };
}

export const emptyDraft = (label: Label): Draft => ({
  name: slug(Object.values(label)[0] ?? ""),
  named: false,
  label,
  fields: [emptyField()],
  lines: [],
  rules: [],
  key: [],
  form: null,
});

export const emptyField = (part: Partial<FieldDraft> = {}): FieldDraft => ({
  id: newId(),
  name: "",
  named: false,
  kind: "text",
  sorted: false,
  label: {},
  required: false,
  threshold: 0.9,
  max_length: 200,
  pattern: "",
  allowed: "",
  export: "",
  reference: null,
  ...part,
});

function toField(spec: FieldSpec): FieldDraft {
  return {
    id: newId(),
    name: spec.name,
    named: true,
    kind: spec.kind,
    sorted: true,
    label: spec.label,
    required: spec.required,
    threshold: spec.threshold,
    max_length: spec.max_length ?? 200,
    pattern: spec.pattern ?? "",
    allowed: (spec.allowed ?? []).join("\n"),
    export: spec.export ?? "",
    reference: spec.reference ?? null,
  };
}

const TOLERANCES: Record<string, string> = { line_sum: "0.05" };

export const emptyRule = (rule: string, part: Partial<RuleDraft> = {}): RuleDraft => ({
  id: newId(),
  rule,
  name: "",
  terms: rule === "sum" || rule === "line_product" || rule === "differ" ? ["", ""] : [],
  equals: rule === "sum" || rule === "line_sum" || rule === "line_product" ? [""] : [],
  column: "",
  earlier: "",
  later: "",
  tolerance: TOLERANCES[rule] ?? "0.02",
  check: "",
  when: "",
  message: "",
  ...part,
});

function toRule(rule: Rule): RuleDraft {
  const { equals } = rule;
  return emptyRule(rule.rule, {
    name: rule.name,
    terms: rule.terms ?? rule.factors ?? rule.fields ?? [],
    equals: equals === undefined ? [] : typeof equals === "string" ? [equals] : equals,
    column: rule.column ?? "",
    earlier: rule.earlier ?? "",
    later: rule.later ?? "",
    tolerance: String(rule.tolerance ?? TOLERANCES[rule.rule] ?? "0.02"),
    check: rule.check ?? "",
    when: rule.when ?? "",
    message: rule.message ?? "",
  });
}

export const allowedOf = (field: FieldDraft) =>
  field.allowed
    .split("\n")
    .map((value) => value.trim())
    .filter(Boolean);

function fromField(field: FieldDraft): Record<string, unknown> {
  const allowed = allowedOf(field);
  return {
    name: field.name,
    kind: field.kind,
    label: filled(field.label),
    required: field.required,
    threshold: field.threshold,
    max_length: field.max_length,
    pattern: field.pattern || null,
    allowed: allowed.length > 0 ? allowed : null,
    export: field.export.trim() || null,
    reference: field.reference,
  };
}

const filled = (label: Label): Label =>
  Object.fromEntries(Object.entries(label).filter(([, text]) => text?.trim()));

function fromRule(rule: RuleDraft): Record<string, unknown> {
  const { rule: kind, name, tolerance } = rule;
  switch (kind) {
    case "sum":
      return { rule: kind, name, terms: rule.terms, equals: rule.equals[0] ?? "", tolerance };
    case "line_sum":
      return { rule: kind, name, column: rule.column, equals: rule.equals, tolerance };
    case "line_product":
      return { rule: kind, name, factors: rule.terms, equals: rule.equals[0] ?? "", tolerance };
    case "order":
      return { rule: kind, name, earlier: rule.earlier, later: rule.later };
    case "differ":
      return { rule: kind, name, fields: rule.terms };
  }
  return {
    rule: kind,
    name,
    check: rule.check,
    when: rule.when.trim() || null,
    message: rule.message.trim() || null,
  };
}

/** The type as the API takes it. */
export function toDefinition(draft: Draft): Record<string, unknown> {
  return {
    name: draft.name,
    label: filled(draft.label),
    fields: draft.fields.map(fromField),
    lines: draft.lines.map(fromField),
    rules: draft.rules.map(fromRule),
    business_key:
      draft.key.length > 0 ? draft.key.map((part) => (part.length === 1 ? part[0] : part)) : null,
    ...(draft.form && draft.form.zones.length > 0 ? { form: fromForm(draft.form) } : {}),
  };
}

function fromForm(form: FormDraft): Record<string, unknown> {
  return {
    blank: form.blank,
    zones: form.zones.map((zone) => ({
      field: zone.field,
      page: zone.page,
      box: zone.box.map((at) => Math.round(at * 1e6) / 1e6),
      reader: zone.reader,
      ...(zone.reader === "comb" && zone.cells ? { cells: zone.cells } : {}),
      ...(zone.reader === "mark" && zone.value.trim() ? { value: zone.value.trim() } : {}),
    })),
  };
}

// -- names -----------------------------------------------------------------------------------------

/** A name for data: small letters, digits and _, such as "order_number". */
export function slug(text: string, longest = 40): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+/, "")
    .slice(0, longest)
    .replace(/_+$/, "");
}

/** `wanted`, with a number when it is taken. */
export function unique(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  const stem = wanted.replace(/_\d+$/, "");
  for (let n = 2; ; n += 1) if (!taken.includes(`${stem}_${n}`)) return `${stem}_${n}`;
}

/** The expression with a field called otherwise; texts in it stay. */
export function renameIn(expression: string, from: string, to: string): string {
  return expression.replace(/"[^"]*"|'[^']*'|(?<![\w.])[A-Za-z_]\w*/g, (token) =>
    token === from ? to : token,
  );
}

const swap = (names: readonly string[], from: string, to: string) =>
  names.map((name) => (name === from ? to : name));

/** The draft with a header field called otherwise, wherever it is named. */
export function renameField(draft: Draft, id: string, to: string): Draft {
  const from = draft.fields.find((field) => field.id === id)?.name ?? "";
  const fields = draft.fields.map((field) => (field.id === id ? { ...field, name: to } : field));
  const others = draft.fields.some((field) => field.id !== id && field.name === from);
  if (from === "" || to === "" || others) return { ...draft, fields };
  return {
    ...draft,
    fields: fields.map((field) => renameFills(field, from, to)),
    rules: draft.rules.map((rule) => renameInRule(rule, from, to)),
    key: draft.key.map((part) => swap(part, from, to)),
    form: draft.form && {
      ...draft.form,
      zones: draft.form.zones.map((zone) => (zone.field === from ? { ...zone, field: to } : zone)),
    },
  };
}

function renameFills(field: FieldDraft, from: string, to: string): FieldDraft {
  if (!field.reference || !Object.values(field.reference.fills).includes(from)) return field;
  const fills = Object.fromEntries(
    Object.entries(field.reference.fills).map(([column, name]) => [
      column,
      name === from ? to : name,
    ]),
  );
  return { ...field, reference: { ...field.reference, fills } };
}

function renameInRule(rule: RuleDraft, from: string, to: string): RuleDraft {
  const inLines = rule.rule === "line_product";
  return {
    ...rule,
    terms: inLines ? rule.terms : swap(rule.terms, from, to),
    equals: inLines ? rule.equals : swap(rule.equals, from, to),
    earlier: rule.earlier === from ? to : rule.earlier,
    later: rule.later === from ? to : rule.later,
    check: renameIn(rule.check, from, to),
    when: renameIn(rule.when, from, to),
  };
}

// -- rows ------------------------------------------------------------------------------------------

/** The list with the item `id` moved by `step` places. */
export function move<T extends { id: string }>(
  items: readonly T[],
  id: string,
  step: number,
): readonly T[] {
  const from = items.findIndex((item) => item.id === id);
  const to = from + step;
  const item = items[from];
  if (!item || to < 0 || to >= items.length) return items;
  const rest = items.filter((one) => one.id !== id);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

export function insertAfter<T extends { id: string }>(
  items: readonly T[],
  id: string | null,
  item: T,
): readonly T[] {
  const at = id === null ? items.length : items.findIndex((one) => one.id === id) + 1;
  return [...items.slice(0, at), item, ...items.slice(at)];
}

export function replace<T extends { id: string }>(
  items: readonly T[],
  id: string,
  part: Partial<T>,
): readonly T[] {
  return items.map((item) => (item.id === id ? { ...item, ...part } : item));
}

/** A second field like this one, under names of its own. */
export function duplicate(field: FieldDraft, taken: readonly string[]): FieldDraft {
  return {
    ...field,
    id: newId(),
    named: true,
    name: field.name && unique(field.name, taken),
    label: Object.fromEntries(
      Object.entries(field.label).map(([language, text]) => [language, text && `${text} 2`]),
    ),
    export: "",
  };
}

/** What a change of the label brings along, as long as the person has not said otherwise. */
export function relabel(
  field: FieldDraft,
  language: string,
  text: string,
  known: readonly FieldSpec[],
  taken: readonly string[],
): Partial<FieldDraft> {
  const label = { ...field.label, [language]: text };
  const part: { label: Label; name?: string; kind?: string } = { label };
  const first = label.en?.trim() || label.it?.trim() || "";
  const same = known.find((spec) =>
    Object.values(spec.label).some((one) => one?.toLowerCase() === text.trim().toLowerCase()),
  );
  const free = same && !taken.includes(same.name) ? same : undefined;
  if (!field.named) part.name = free?.name ?? unique(slug(first), taken);
  if (!field.sorted) part.kind = free?.kind ?? guessKind(text) ?? field.kind;
  return part;
}

const GUESSES: readonly (readonly [RegExp, string])[] = [
  [/\b(centro di costo|cost cent(er|re))\b/, "identifier"],
  [/\biban\b/, "iban"],
  [/\b(partita iva|p\.? ?iva|vat (number|id|no))\b/, "vat_id"],
  [/\b(codice fiscale|tax (code|id))\b/, "tax_id"],
  [/\b(valuta|currency)\b/, "currency"],
  [/\b(data|date|scadenza|nato il|aperto il|chiuso il|day|giorno)\b|( il| on)$/, "date"],
  [/(%|\b(aliquota|percentuale|sconto|rate|percent(age)?|discount)\b)/, "percent"],
  [
    /\b(importo|totale|imponibile|prezzo|costo|spese|canone|saldo|iva|amount|total|price|cost|fee|net|gross|vat)\b/,
    "amount",
  ],
  [/\b(quantita|quantity|qty|ore|hours|km|pezzi|pieces|peso|weight)\b/, "number"],
  [
    /\b(numero|codice|n\.|nr|targa|matricola|protocollo|number|code|no\.?|id|plate)\b/,
    "identifier",
  ],
];

/** What kind of value a label speaks of; null when it does not say. */
export function guessKind(label: string): string | null {
  const plain = label
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .trim();
  return GUESSES.find(([says]) => says.test(plain))?.[1] ?? null;
}

/** A pattern that values like these have: "OL4711" gives "[A-Z]{2}[0-9]{4}". */
export function patternOf(example: string): string {
  const runs = example.trim().match(/[A-Z]+|[a-z]+|[0-9]+|\s+|./gu) ?? [];
  return runs
    .map((run) => {
      const many = run.length > 1 ? `{${run.length}}` : "";
      if (/^[A-Z]/.test(run)) return `[A-Z]${many}`;
      if (/^[a-z]/.test(run)) return `[a-z]${many}`;
      if (/^[0-9]/.test(run)) return `[0-9]${many}`;
      if (/^\s/.test(run)) return " ";
      return /[.[\]()|*+?{}\\^$]/.test(run) ? `\\${run}` : run;
    })
    .join("");
}
