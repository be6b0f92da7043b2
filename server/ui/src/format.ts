// How values, times and sizes are shown to people.

import { language, t } from "./strings";
import type { Box, FieldSpec, Label, Task } from "./types";

// English as Europe writes it: the papers are European, day before month.
const locale = language === "it" ? "it-IT" : "en-GB";
const longDate = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" });
const shortDate = new Intl.DateTimeFormat(locale, {
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  timeZone: "UTC",
});
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

export function labelOf(label: Label, name: string): string {
  return label[language] ?? label.en ?? label.it ?? name;
}

export function taskLabel(task: Task): string {
  const label = labelOf(task.field.label, task.field.name);
  return task.field.line === null ? label : `${label} · ${t.row(task.field.line + 1)}`;
}

/** A normalised value as a person says it, or "" when that would only repeat it. */
export function reading(kind: string, value: string): string {
  if (kind === "date" && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const day = new Date(`${value}T00:00:00Z`);
    return Number.isNaN(day.getTime()) ? "" : longDate.format(day);
  }
  if (["amount", "number", "percent"].includes(kind) && /^-?\d+(\.\d+)?$/.test(value)) {
    const decimals = value.split(".")[1]?.length ?? 0;
    const shown = new Intl.NumberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: "always",
    } as Intl.NumberFormatOptions).format(Number(value));
    return shown;
  }
  if (kind === "iban") return value.replace(/(.{4})(?=.)/g, "$1 ");
  return value;
}

/** The same in short, for lists. */
export function brief(kind: string, value: string): string {
  if (kind !== "date") return reading(kind, value) || value;
  const day = new Date(`${value}T00:00:00Z`);
  return Number.isNaN(day.getTime()) ? value : shortDate.format(day);
}

export const percent = (score: number) => `${Math.floor(score * 100)} %`;
export const count = (n: number) => whole.format(n);
export const when = (time: string | null) => (time ? moment.format(new Date(time)) : "");

export function size(bytes: number): string {
  if (bytes < 1_000_000) return `${whole.format(Math.max(1, bytes / 1000))} kB`;
  return `${(bytes / 1_000_000).toLocaleString(locale, { maximumFractionDigits: 1 })} MB`;
}

export function span(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const hours = Math.floor(minutes / 60);
  if (minutes < 60) return t.minutes(minutes);
  if (hours < 48) return t.hours(hours, hours < 10 ? minutes % 60 : 0);
  return t.days(Math.floor(hours / 24), hours % 24);
}

export type Urgency = "none" | "calm" | "soon" | "late";

export function remaining(
  deadline: string | null,
  now: number,
): { text: string; urgency: Urgency } {
  if (!deadline) return { text: t.noDeadline, urgency: "none" };
  const ms = new Date(deadline).getTime() - now;
  if (ms < 0) return { text: t.late(span(ms)), urgency: "late" };
  return { text: t.left(span(ms)), urgency: ms < 3_600_000 ? "soon" : "calm" };
}

export const statusText = (status: string) => t.statuses[status] ?? status;

export function specLabel(specs: readonly FieldSpec[], name: string): string {
  const spec = specs.find((s) => s.name === name);
  return spec ? labelOf(spec.label, name) : name.replaceAll("_", " ");
}

/** CSS position of a page-relative box inside an element as large as the page. */
export function boxStyle(box: Box): Record<string, string> {
  const at = (v: number) => `${v * 100}%`;
  return {
    left: at(box[0]),
    top: at(box[1]),
    width: at(box[2] - box[0]),
    height: at(box[3] - box[1]),
  };
}
