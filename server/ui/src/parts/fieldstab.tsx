// The fields of a type, or the columns of its line items: a table for the keyboard, and the
// details of the row in hand beside it.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import {
  COLUMNS,
  duplicate,
  emptyField,
  type FieldDraft,
  insertAfter,
  move,
  newId,
  type Part,
  relabel,
  renameField,
  replace,
} from "../draft";
import type { Fault, FieldSpec } from "../types";
import { tt } from "../typewords";
import type { Surroundings, TypeDesk } from "../usetype";
import { FieldForm } from "./fieldform";
import { FieldTable } from "./fieldtable";

export interface TabProps {
  desk: TypeDesk;
  around: Surroundings;
  client: string;
  faults: readonly Fault[];
}

/** Where the cursor goes once the row is there. */
interface Wish {
  row: string;
  cell: string;
}

export function FieldsTab({ desk, around, client, faults, part }: TabProps & { part: Part }) {
  const rows = desk.draft[part];
  const [current, setCurrent] = useState(rows[0]?.id ?? "");
  const wish = useRef<Wish | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const row = rows.find((one) => one.id === current) ?? rows[0];

  useLayoutEffect(() => {
    const { row: id, cell } = wish.current ?? { row: "", cell: "" };
    const found = frame.current?.querySelector<HTMLElement>(
      `[data-row="${id}"] [data-cell="${cell}"]`,
    );
    if (!found) return;
    wish.current = null;
    found.focus();
    if (found instanceof HTMLInputElement && found.type === "text") found.select();
  });

  const focus = (id: string, cell: string) => {
    wish.current = { row: id, cell };
    setCurrent(id);
  };
  const setRows = (work: (rows: readonly FieldDraft[]) => readonly FieldDraft[], about = "") =>
    desk.edit((draft) => ({ ...draft, [part]: work(draft[part]) }), about);
  const patch = (id: string, change: Partial<FieldDraft>, about = "") => {
    const { name, ...rest } = change;
    desk.edit((draft) => {
      const changed = { ...draft, [part]: replace(draft[part], id, rest) };
      if (name === undefined) return changed;
      if (part === "fields") return renameField(changed, id, name);
      return { ...changed, lines: replace(changed.lines, id, { name }) };
    }, about);
  };
  const taken = (id: string) => rows.filter((one) => one.id !== id).map((one) => one.name);

  const add = (after: string | null) => {
    const fresh = part === "fields" ? emptyField() : nextColumn(rows, around);
    if (!fresh) return;
    setRows((old) => insertAfter(old, after, fresh));
    focus(fresh.id, "label0");
  };
  const copy = (one: FieldDraft, cell: string) => {
    if (part === "lines") return; // a column is read once
    const twin = duplicate(one, [...taken(""), one.name]);
    setRows((old) => insertAfter(old, one.id, twin));
    focus(twin.id, cell);
  };
  const drop = (one: FieldDraft, cell: string) => {
    const place = rows.findIndex((other) => other.id === one.id);
    const next = rows[place + 1] ?? rows[place - 1];
    setRows((old) => old.filter((other) => other.id !== one.id));
    if (next) focus(next.id, cell);
  };
  const shift = (one: FieldDraft, step: number, cell: string) => {
    setRows((old) => move(old, one.id, step));
    focus(one.id, cell);
  };
  const label = (one: FieldDraft, language: string, text: string) => {
    const change =
      part === "fields"
        ? relabel(one, language, text, around.known, taken(one.id))
        : { label: { ...one.label, [language]: text } };
    patch(one.id, change, `${one.id}.label.${language}`);
  };

  const onKey = (event: KeyboardEvent, one: FieldDraft, cell: string) => {
    const place = rows.findIndex((other) => other.id === one.id);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const isList = (event.target as HTMLElement).tagName === "SELECT";
    const done = () => event.preventDefault();
    if (event.altKey && step !== 0) {
      done();
      shift(one, step, cell);
    } else if (event.ctrlKey && event.key.toLowerCase() === "d") {
      done();
      copy(one, cell);
    } else if (event.ctrlKey && event.key === "Delete") {
      done();
      drop(one, cell);
    } else if (event.key === "F2") {
      done();
      frame.current?.querySelector<HTMLElement>(".field-form [data-first]")?.focus();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.altKey) {
      done();
      const next = rows[place + (event.shiftKey ? -1 : 1)];
      if (next) focus(next.id, cell);
      else if (!event.shiftKey) add(one.id);
    } else if (step !== 0 && !isList && !event.ctrlKey && !event.metaKey) {
      const next = rows[place + step];
      if (next) {
        done();
        focus(next.id, cell);
      }
    }
  };

  const full = part === "lines" && rows.length >= Object.keys(COLUMNS).length;
  return (
    <div class="fields-tab" ref={frame}>
      <div class="fields-main">
        {rows.length > 0 ? (
          <FieldTable
            part={part}
            rows={rows}
            current={row?.id ?? ""}
            locked={desk.locked}
            faults={faults}
            onCurrent={setCurrent}
            onLabel={label}
            onPatch={patch}
            onKey={onKey}
            onDrag={(id, to) =>
              setRows((old) => move(old, id, to - old.findIndex((one) => one.id === id)))
            }
          />
        ) : (
          <div class="empty">
            <h3>{part === "lines" ? tt.noLines : tt.faultNoFields}</h3>
            {part === "lines" && <p>{tt.noLinesMore}</p>}
          </div>
        )}
        {!desk.locked && (
          <div class="table-tools">
            <button
              type="button"
              class={rows.length === 0 ? "primary" : ""}
              disabled={full}
              title={full ? tt.allColumns : "Enter"}
              onClick={() => add(null)}
              data-testid="add-field"
            >
              + {part === "lines" ? tt.addColumn : tt.addField}
            </button>
            {row && (
              <>
                <button type="button" class="quiet" onClick={() => shift(row, -1, "label0")}>
                  {tt.up}
                </button>
                <button type="button" class="quiet" onClick={() => shift(row, 1, "label0")}>
                  {tt.down}
                </button>
                {part === "fields" && (
                  <button type="button" class="quiet" onClick={() => copy(row, "label0")}>
                    {tt.duplicate}
                  </button>
                )}
                <button type="button" class="quiet" onClick={() => drop(row, "label0")}>
                  {tt.remove}
                </button>
              </>
            )}
          </div>
        )}
        {!desk.locked && <KeyLine keys={tt.fieldKeys} />}
      </div>
      {row && (
        <FieldForm
          key={row.id}
          part={part}
          field={row}
          fields={desk.draft.fields}
          around={around}
          client={client}
          locked={desk.locked}
          faults={faults}
          onPatch={(change, about) => patch(row.id, change, about && `${row.id}.${about}`)}
          onBack={() => focus(row.id, "label0")}
        />
      )}
    </div>
  );
}

/** The first column that is not there yet, called as the types that come with the system do. */
function nextColumn(rows: readonly FieldDraft[], around: Surroundings): FieldDraft | null {
  const name = Object.keys(COLUMNS).find((one) => !rows.some((row) => row.name === one));
  if (!name) return null;
  return emptyField({ id: newId(), named: true, sorted: true, ...columnOf(name, around) });
}

export function columnOf(name: string, around: Surroundings): Partial<FieldDraft> {
  const spec = around.types
    .flatMap((type): FieldSpec[] => type.lines)
    .find((one) => one.name === name);
  return {
    name,
    kind: COLUMNS[name] ?? "text",
    label: spec?.label ?? { en: name.replaceAll("_", " ") },
    threshold: spec?.threshold ?? 0.9,
    max_length: spec?.max_length ?? 200,
  };
}

export function KeyLine({ keys }: { keys: readonly (readonly string[])[] }) {
  return (
    <ul class="key-line">
      {keys.map(([key = "", text = ""]) => (
        <li key={key}>
          <kbd>{key}</kbd> {text}
        </li>
      ))}
    </ul>
  );
}
