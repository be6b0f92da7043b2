// What is wrong with a draft, each fault with its place; rows are named by their ids, so that a
// fault stays with its row when that moves.

import { type Draft, emptyRule, type FieldDraft, type RuleDraft } from "./draft";
import type { Fault } from "./types";
import { tt } from "./typewords";

const NAME = /^[a-z][a-z0-9_]*$/;

/** What the person has not filled in yet, or wrongly: no server is needed to see it. */
export function ownFaults(draft: Draft): Fault[] {
  const found: Fault[] = [];
  const say = (field: string, message: string, gap = false) =>
    found.push(gap ? { field, message, gap } : { field, message });
  if (!hasLabel(draft.label)) say("label", tt.faultLabel, true);
  if (!NAME.test(draft.name)) say("name", tt.faultName, draft.name === "");
  for (const part of ["fields", "lines"] as const) {
    draft[part].forEach((field, at) => {
      checkField(field, draft[part], (member, message, gap) =>
        say(`${part}.${at}.${member}`, message, gap),
      );
    });
  }
  if (draft.fields.length === 0) say("fields", tt.faultNoFields, true);
  draft.rules.forEach((rule, at) => {
    checkRule(rule, (member, message, gap) => say(`rules.${at}.${member}`, message, gap));
  });
  draft.key.forEach((part, at) => {
    if (part.some((name) => name === "")) say(`business_key.${at}`, tt.faultChoose, true);
  });
  if (draft.form?.zones.length === 0) say("form.zones", tt.faultNoZones, true);
  draft.form?.zones.forEach((zone, at) => {
    if (zone.field === "") say(`form.zones.${at}.field`, tt.faultZoneField, true);
  });
  return found;
}

type Say = (member: string, message: string, gap?: boolean) => void;

const hasLabel = (label: Draft["label"]) => Object.values(label).some((text) => text?.trim());

function checkField(field: FieldDraft, all: readonly FieldDraft[], say: Say): void {
  if (!hasLabel(field.label)) say("label", tt.faultLabel, true);
  if (!NAME.test(field.name)) say("name", tt.faultName, field.name === "");
  else if (all.find((one) => one.name === field.name) !== field) {
    say("name", tt.faultTwice(field.name));
  }
  if (!(field.threshold >= 0 && field.threshold <= 1)) say("threshold", tt.faultPercent);
  if (!(Number.isInteger(field.max_length) && field.max_length > 0 && field.max_length <= 4000)) {
    say("max_length", tt.faultLength);
  }
  const { reference } = field;
  if (reference && reference.list === "") say("reference.list", tt.faultChoose, true);
  else if (reference && reference.column === "") say("reference.column", tt.faultChoose, true);
  if (reference && Object.entries(reference.fills).some(([from, to]) => !from || !to)) {
    say("reference.fills", tt.faultChoose, true);
  }
}

function checkRule(rule: RuleDraft, say: Say): void {
  if (!NAME.test(rule.name)) say("name", tt.faultName);
  const terms = rule.rule === "line_product" ? "factors" : "terms";
  if (rule.terms.includes("")) say(rule.rule === "differ" ? "fields" : terms, tt.faultChoose, true);
  if (rule.equals.includes("")) say("equals", tt.faultChoose, true);
  if (rule.rule === "line_sum" && !rule.column) say("column", tt.faultChoose, true);
  if (rule.rule === "order" && !rule.earlier) say("earlier", tt.faultChoose, true);
  if (rule.rule === "order" && !rule.later) say("later", tt.faultChoose, true);
  if (rule.rule === "expression" && !rule.check.trim()) say("check", tt.faultNoCheck, true);
  if ("sum line_sum line_product".split(" ").includes(rule.rule)) {
    if (!/^\d+(\.\d+)?$/.test(rule.tolerance)) say("tolerance", tt.faultTolerance);
  }
}

/** The draft with something in every gap: the server looks at rules only once all fields have a
 * form that it knows. */
export function complete(draft: Draft): Draft {
  const fill = (field: FieldDraft, at: number): FieldDraft => ({
    ...field,
    name: NAME.test(field.name) ? field.name : `unnamed_${at + 1}`,
    label: hasLabel(field.label) ? field.label : { en: `Unnamed ${at + 1}` },
    threshold: field.threshold >= 0 && field.threshold <= 1 ? field.threshold : 0.9,
    max_length: Number.isInteger(field.max_length) && field.max_length > 0 ? field.max_length : 200,
    reference:
      field.reference?.list && field.reference.column
        ? { ...field.reference, fills: withoutGaps(field.reference.fills) }
        : null,
  });
  const broken = new Set(ownFaults(draft).map((fault) => fault.field.split(".", 2).join(".")));
  return {
    ...draft,
    name: NAME.test(draft.name) ? draft.name : "unnamed",
    label: hasLabel(draft.label) ? draft.label : { en: "Unnamed" },
    fields: draft.fields.map(fill),
    lines: draft.lines.map(fill),
    rules: draft.rules.map((rule, at) => (broken.has(`rules.${at}`) ? harmless(rule) : rule)),
    key: draft.key.filter((part) => !part.includes("")),
    form: draft.form && {
      ...draft.form,
      zones: draft.form.zones.filter((zone) => zone.field !== ""),
    },
  };
}

const withoutGaps = (fills: Record<string, string>) =>
  Object.fromEntries(Object.entries(fills).filter(([from, to]) => from && to));

/** A rule in the place of one that is not complete; what the server says about it is not shown. */
const harmless = (rule: RuleDraft): RuleDraft =>
  emptyRule("expression", {
    id: rule.id,
    name: NAME.test(rule.name) ? rule.name : `unnamed_${rule.id}`,
    check: rule.check.trim() || "1 == 1",
  });

/** Places by ids instead of numbers: "rules.1.check" becomes "rules.n7.check". */
export function byId(faults: readonly Fault[], draft: Draft): Fault[] {
  const zones = draft.form?.zones ?? [];
  return faults.map((fault) => {
    const place = fault.field.replace(
      /^(fields|lines|rules|form\.zones)\.(\d+)/,
      (whole, part: string, at: string) => {
        const rows = part === "form.zones" ? zones : draft[part as "fields" | "lines" | "rules"];
        const id = rows[Number(at)]?.id;
        return id ? `${part}.${id}` : whole;
      },
    );
    return { ...fault, field: place };
  });
}

/** The draft's own faults and those of the server that they do not explain. */
export function allFaults(own: readonly Fault[], served: readonly Fault[]): Fault[] {
  const told = own.map((fault) => rowOf(fault.field));
  return [...own, ...served.filter((fault) => !told.includes(rowOf(fault.field)))];
}

function rowOf(place: string): string {
  // Of a field only the member is explained, of a rule or zone all of it.
  const parts = place.split(".");
  if (parts[0] === "fields" || parts[0] === "lines") return parts.slice(0, 3).join(".");
  return parts.slice(0, parts[0] === "form" ? 3 : 2).join(".");
}

/** What is wrong at a place, or below it. */
export function at(faults: readonly Fault[], place: string): string[] {
  return faults
    .filter((fault) => fault.field === place || fault.field.startsWith(`${place}.`))
    .map((fault) => fault.message);
}
