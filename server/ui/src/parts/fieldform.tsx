// All that can be said about one field, beside the table.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type FieldDraft, type Part, patternOf } from "../draft";
import { at } from "../faults";
import { say } from "../faultwords";
import { labelOf } from "../format";
import { follow } from "../route";
import { t } from "../strings";
import type { Fault, FieldReference } from "../types";
import { tt } from "../typewords";
import type { Surroundings } from "../usetype";

interface Props {
  part: Part;
  field: FieldDraft;
  fields: readonly FieldDraft[];
  around: Surroundings;
  client: string;
  locked: boolean;
  faults: readonly Fault[];
  onPatch: (change: Partial<FieldDraft>, about?: string) => void;
  onBack: () => void;
}

export function FieldForm(props: Props) {
  const { field, part, locked, faults, onPatch } = props;
  const here = `${part}.${field.id}`;
  const wrong = (member: string) => at(faults, `${here}.${member}`);
  const isKnown = props.around.known.some((spec) => spec.name === field.name);
  const isText = ["text", "identifier"].includes(field.kind);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" && event.key !== "F2") return;
    event.preventDefault();
    props.onBack();
  };
  return (
    <aside class="field-form" aria-label={tt.details} onKeyDown={onKey}>
      <h2>{labelOf(field.label, field.name || "…")}</h2>
      <p class="hint">
        {t.kinds[field.kind] ?? field.kind}
        {part === "fields" && field.name !== "" && (
          <span class={isKnown ? "known" : ""}> · {isKnown ? tt.known : tt.unknown}</span>
        )}
      </p>
      <Faults of={[...wrong("label"), ...wrong("name"), ...wrong("kind")]} />
      <fieldset disabled={locked}>
        <Entry label={tt.exportName} hint={tt.exportNameHint} faults={wrong("export")}>
          <input
            data-first
            data-place={`${here}.export`}
            value={field.export}
            placeholder={field.name}
            maxLength={200}
            autocomplete="off"
            onInput={(event) => onPatch({ export: event.currentTarget.value }, "export")}
            data-testid="field-export"
          />
        </Entry>
        <div class="pair">
          <Entry label={tt.threshold} hint={tt.thresholdHint} faults={wrong("threshold")}>
            <PercentInput
              place={`${here}.threshold`}
              value={field.threshold}
              onValue={(threshold) => onPatch({ threshold }, "threshold")}
            />
          </Entry>
          <Entry label={tt.maxLength} hint={tt.characters} faults={wrong("max_length")}>
            <input
              type="number"
              min={1}
              max={4000}
              data-place={`${here}.max_length`}
              value={Number.isNaN(field.max_length) ? "" : field.max_length}
              onInput={(event) =>
                onPatch({ max_length: event.currentTarget.valueAsNumber }, "max_length")
              }
            />
          </Entry>
        </div>
        {isText && (
          <Entry label={tt.pattern} hint={tt.patternHint} faults={wrong("pattern")}>
            <input
              class="code"
              data-place={`${here}.pattern`}
              value={field.pattern}
              maxLength={500}
              spellcheck={false}
              autocomplete="off"
              placeholder="[A-Z]{2}[0-9]+"
              onInput={(event) => onPatch({ pattern: event.currentTarget.value }, "pattern")}
              data-testid="field-pattern"
            />
          </Entry>
        )}
        {isText && !locked && (
          <Example pattern={field.pattern} onPattern={(pattern) => onPatch({ pattern })} />
        )}
        <Entry label={tt.allowed} hint={tt.allowedHint} faults={wrong("allowed")}>
          <textarea
            rows={Math.min(8, Math.max(2, field.allowed.split("\n").length))}
            data-place={`${here}.allowed`}
            value={field.allowed}
            spellcheck={false}
            onInput={(event) => onPatch({ allowed: event.currentTarget.value }, "allowed")}
            data-testid="field-allowed"
          />
        </Entry>
        {part === "fields" && <ReferencePart {...props} here={here} />}
      </fieldset>
    </aside>
  );
}

interface EntryProps {
  label: string;
  hint?: string;
  faults: readonly string[];
  children: ComponentChildren;
}

export function Entry({ label, hint, faults, children }: EntryProps) {
  return (
    <div class={faults.length > 0 ? "entry-line wrong" : "entry-line"}>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child */}
      <label>
        <span>{label}</span>
        {children}
      </label>
      {hint && <p class="hint">{hint}</p>}
      <Faults of={faults} />
    </div>
  );
}

export function Faults({ of }: { of: readonly string[] }) {
  if (of.length === 0) return null;
  return (
    <ul class="faults" role="alert">
      {[...new Set(of)].map((message) => (
        <li key={message}>{say(message)}</li>
      ))}
    </ul>
  );
}

interface PercentProps {
  place: string;
  value: number;
  least?: number;
  onValue: (value: number) => void;
}

export function PercentInput({ place, value, least = 0, onValue }: PercentProps) {
  return (
    <span class="with-unit">
      <input
        type="number"
        min={least}
        max={100}
        step={1}
        data-place={place}
        value={Number.isNaN(value) ? "" : Math.round(value * 1000) / 10}
        onInput={(event) => onValue(event.currentTarget.valueAsNumber / 100)}
      />
      %
    </span>
  );
}

interface ExampleProps {
  pattern: string;
  onPattern: (pattern: string) => void;
}

/** For those who have never written a pattern: it is made from a value, or tried on one. */
function Example({ pattern, onPattern }: ExampleProps) {
  const [example, setExample] = useState("");
  const made = patternOf(example);
  return (
    <div class="example">
      <label>
        <span class="unseen">{tt.fromExample}</span>
        <input
          value={example}
          placeholder={tt.exampleValue}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => setExample(event.currentTarget.value)}
        />
      </label>
      {example && pattern && (
        <span class={fits(pattern, example) ? "fits" : "misfits"}>
          {fits(pattern, example) ? tt.patternFits : tt.patternFitsNot}
        </span>
      )}
      {example && !(pattern && fits(pattern, example)) && (
        <button type="button" onClick={() => onPattern(made)} title={tt.fromExample}>
          {tt.usePattern} <code>{made}</code>
        </button>
      )}
    </div>
  );
}

function fits(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    return false;
  }
}

function ReferencePart({
  field,
  fields,
  around,
  client,
  faults,
  here,
  onPatch,
}: Props & { here: string }) {
  const { reference } = field;
  const set = (change: Partial<FieldReference>, about = "") =>
    reference && onPatch({ reference: { ...reference, ...change } }, about);
  const list = around.lists.find((one) => one.name === reference?.list);
  const columns = list?.columns ?? [];
  const choose = (name: string) => {
    const found = around.lists.find((one) => one.name === name);
    const column = found?.columns.includes(reference?.column ?? "")
      ? (reference?.column ?? "")
      : (found?.columns[0] ?? "");
    onPatch({
      reference: name
        ? { list: name, column, fills: {}, threshold: reference?.threshold ?? 0.88 }
        : null,
    });
  };
  const wrong = (member: string) => at(faults, `${here}.reference${member}`);
  const isWithout = around.lists.length === 0 && !reference;
  return (
    <section class="reference-part" data-place={`${here}.reference`} tabIndex={-1}>
      <Entry label={tt.listTitle} faults={wrong("")}>
        {isWithout ? (
          <span class="hint">
            {tt.noListsYet}{" "}
            <a href={`/lists/${client}`} onClick={follow}>
              {tt.toLists}
            </a>
          </span>
        ) : (
          <select
            value={reference?.list ?? ""}
            onChange={(event) => choose(event.currentTarget.value)}
            data-place={`${here}.reference.list`}
            data-testid="field-list"
          >
            <option value="">{tt.noList}</option>
            {around.lists.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}
              </option>
            ))}
            {reference && !list && (
              <option value={reference.list}>{tt.listGone(reference.list)}</option>
            )}
          </select>
        )}
      </Entry>
      {reference && (
        <>
          <div class="pair">
            <Entry label={tt.listColumn} faults={[]}>
              <ColumnSelect
                columns={columns}
                value={reference.column}
                onValue={(column) => set({ column })}
              />
            </Entry>
            <Entry label={tt.likeness} faults={[]}>
              <PercentInput
                place={`${here}.reference.threshold`}
                value={reference.threshold}
                least={50}
                onValue={(threshold) => set({ threshold }, "likeness")}
              />
            </Entry>
          </div>
          <Fills
            reference={reference}
            columns={columns}
            fields={fields.filter((one) => one.id !== field.id)}
            onFills={(fills) => set({ fills })}
          />
        </>
      )}
    </section>
  );
}

interface ColumnProps {
  columns: readonly string[];
  value: string;
  onValue: (value: string) => void;
}

function ColumnSelect({ columns, value, onValue }: ColumnProps) {
  const all = value && !columns.includes(value) ? [...columns, value] : columns;
  return (
    <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
      <option value="">{tt.choose}</option>
      {all.map((column) => (
        <option key={column} value={column}>
          {column}
        </option>
      ))}
    </select>
  );
}

interface FillsProps {
  reference: FieldReference;
  columns: readonly string[];
  fields: readonly FieldDraft[];
  onFills: (fills: Record<string, string>) => void;
}

function Fills({ reference, columns, fields, onFills }: FillsProps) {
  const pairs = Object.entries(reference.fills);
  const free = columns.filter(
    (column) => column !== reference.column && !(column in reference.fills),
  );
  const set = (at: number, pair: [string, string] | null) =>
    onFills(
      Object.fromEntries(pairs.flatMap((old, n) => (n === at ? (pair ? [pair] : []) : [old]))),
    );
  return (
    <fieldset class="fills">
      <legend>{tt.fills}</legend>
      <p class="hint">{tt.fillsHint}</p>
      {pairs.map(([column, name], at) => (
        <div key={column} class="fill">
          <ColumnSelect
            columns={[column, ...free].filter(Boolean)}
            value={column}
            onValue={(next) => set(at, [next, name])}
          />
          <span aria-hidden="true">→</span>
          <select
            value={name}
            aria-label={tt.tabFields}
            onChange={(event) => set(at, [column, event.currentTarget.value])}
          >
            <option value="">{tt.choose}</option>
            {fields.map((one) => (
              <option key={one.id} value={one.name}>
                {labelOf(one.label, one.name)}
              </option>
            ))}
          </select>
          <button type="button" class="quiet" onClick={() => set(at, null)} aria-label={tt.takeOut}>
            ×
          </button>
        </div>
      ))}
      <button
        type="button"
        class="quiet"
        disabled={free.length === 0}
        onClick={() => onFills({ ...reference.fills, [free[0] ?? ""]: "" })}
      >
        + {tt.addFill}
      </button>
    </fieldset>
  );
}
