// The document's fields around the one in hand: what they say and where the person is.

import { useLayoutEffect, useRef } from "preact/hooks";
import { brief, labelOf, specLabel } from "../format";
import { t } from "../strings";
import type { DocumentType, Sibling, Task } from "../types";

interface Props {
  task: Task;
  type: DocumentType | null;
  /** What was answered a moment ago and may not have reached the server yet. */
  answered: ReadonlyMap<string, string | null>;
}

interface Row {
  name: string;
  line: number | null;
  label: string;
  value: string | null;
  state: "done" | "pending" | "current";
}

const keyOf = (name: string, line: number | null) => `${line ?? ""}/${name}`;

export function Siblings({ task, type, answered }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const rows = rowsOf(task, type, answered);
  useLayoutEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(".current");
    const box = list.current;
    if (!row || !box) return;
    const top = row.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + row.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top - box.clientHeight / 3;
    }
  }, [task.id]);
  const title = type ? labelOf(type.label, type.name) : t.fieldsOfDocument;
  return (
    <section class="siblings" aria-label={t.fieldsOfDocument}>
      <h2>{title}</h2>
      <div ref={list} class="sibling-list">
        {rows.map((row, i) => (
          <SiblingRow key={keyOf(row.name, row.line)} row={row} before={rows[i - 1]} />
        ))}
      </div>
    </section>
  );
}

function SiblingRow({ row, before }: { row: Row; before: Row | undefined }) {
  const starts = row.line !== null && row.line !== before?.line;
  return (
    <>
      {starts && <div class="sibling-line">{t.rowTitle((row.line ?? 0) + 1)}</div>}
      {row.line === null && before?.line != null && <hr />}
      <div
        class={`sibling ${row.state}`}
        aria-current={row.state === "current" ? "true" : undefined}
      >
        <span class="sibling-label">{row.label}</span>
        <span class="sibling-value">{row.value ?? t.noValue}</span>
        <span class="sibling-state">{row.state === "pending" ? t.notYetKeyed : ""}</span>
      </div>
    </>
  );
}

function rowsOf(
  task: Task,
  type: DocumentType | null,
  answered: ReadonlyMap<string, string | null>,
): Row[] {
  const here = keyOf(task.field.name, task.field.line);
  const all: Sibling[] = task.siblings.some((s) => keyOf(s.name, s.line) === here)
    ? task.siblings
    : [...task.siblings, { ...task.field, value: task.value, status: "keying" }];
  const specs = (line: number | null) => (line === null ? type?.fields : type?.lines) ?? [];
  // A row's own cells come before the header: they are what its value has to agree with.
  const header = task.field.line === null ? -1 : 1_000_000;
  const order = (s: Sibling) => {
    const at = specs(s.line).findIndex((spec) => spec.name === s.name);
    return (s.line === null ? header : s.line * 1000) + (at < 0 ? 999 : at);
  };
  return [...all]
    .sort((a, b) => order(a) - order(b))
    .map((s): Row => {
      const key = keyOf(s.name, s.line);
      const kind = specs(s.line).find((spec) => spec.name === s.name)?.kind ?? "text";
      const given = answered.has(key);
      const value = given ? (answered.get(key) ?? null) : s.value;
      return {
        name: s.name,
        line: s.line,
        label: key === here ? labelOf(task.field.label, s.name) : specLabel(specs(s.line), s.name),
        value: value === null ? null : brief(kind, value),
        state: key === here ? "current" : given || s.status === "final" ? "done" : "pending",
      };
    });
}
