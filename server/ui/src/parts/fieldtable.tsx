// The table of fields: what is most often changed, a row a field.

import { useState } from "preact/hooks";
import { allowedOf, COLUMNS, type FieldDraft, KINDS, type Part } from "../draft";
import { at } from "../faults";
import { say } from "../faultwords";
import { t } from "../strings";
import type { Fault } from "../types";
import { tt } from "../typewords";
import { LANGUAGES } from "./newtype";

interface Props {
  part: Part;
  rows: readonly FieldDraft[];
  current: string;
  locked: boolean;
  faults: readonly Fault[];
  onCurrent: (id: string) => void;
  onLabel: (row: FieldDraft, language: string, text: string) => void;
  onPatch: (id: string, change: Partial<FieldDraft>, about?: string) => void;
  onKey: (event: KeyboardEvent, row: FieldDraft, cell: string) => void;
  onDrag: (id: string, to: number) => void;
}

export function FieldTable(props: Props) {
  const { rows, part } = props;
  const [dragged, setDragged] = useState<string | null>(null);
  return (
    <div class="field-scroll">
      <table class="field-table" data-testid="field-table">
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">{tt.up}</span>
            </th>
            {LANGUAGES.map((language) => (
              <th key={language} scope="col">
                {tt.languages[language]}
              </th>
            ))}
            <th scope="col" class="kind-col">
              {tt.kind}
            </th>
            <th scope="col" class="check-col" title={tt.required}>
              {tt.required}
            </th>
            <th scope="col">{part === "lines" ? tt.column : tt.typeName}</th>
            <th scope="col" class="limits-col">
              {tt.limits}
            </th>
          </tr>
        </thead>
        <tbody
          onDragOver={(event) => {
            const over = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
            const to = rows.findIndex((row) => row.id === over?.dataset.row);
            if (dragged === null || to < 0) return;
            event.preventDefault();
            if (rows[to]?.id !== dragged) props.onDrag(dragged, to);
          }}
        >
          {rows.map((row, place) => (
            <Row
              key={row.id}
              {...props}
              row={row}
              place={place}
              onGrab={() => setDragged(row.id)}
              onLetGo={() => setDragged(null)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps extends Props {
  row: FieldDraft;
  place: number;
  onGrab: () => void;
  onLetGo: () => void;
}

function Row(props: RowProps) {
  const { row, place, part, locked, faults } = props;
  const here = `${part}.${row.id}`;
  const labelFault = at(faults, `${here}.label`)[0];
  const nameFault = at(faults, `${here}.name`)[0];
  const kindFault = at(faults, `${here}.kind`)[0];
  const others =
    at(faults, here).length - [labelFault, nameFault, kindFault].filter(Boolean).length;
  const title = tt.zoneOf(place + 1, "").replace(/\D+$/, "");
  const cell = (name: string) => ({
    "data-cell": name,
    "data-testid": `${name}-${place}`,
    onFocus: () => props.onCurrent(row.id),
    onKeyDown: (event: KeyboardEvent) => props.onKey(event, row, name),
  });
  return (
    <tr
      class={row.id === props.current ? "current" : ""}
      data-row={row.id}
      data-place={here}
      tabIndex={-1}
      onClick={() => props.onCurrent(row.id)}
    >
      <td
        class="grip"
        draggable={!locked}
        onDragStart={props.onGrab}
        onDragEnd={props.onLetGo}
        title={locked ? undefined : "Alt ↑ ↓"}
      >
        {place + 1}
      </td>
      {LANGUAGES.map((language, column) => (
        <td key={language}>
          <input
            {...cell(`label${column}`)}
            type="text"
            value={row.label[language] ?? ""}
            aria-label={`${title} ${tt.labelIn(language)}`}
            aria-invalid={column === 0 && labelFault !== undefined}
            title={column === 0 ? labelFault : undefined}
            data-place={column === 0 ? `${here}.label` : undefined}
            maxLength={200}
            readOnly={locked}
            spellcheck={false}
            onInput={(event) => props.onLabel(row, language, event.currentTarget.value)}
          />
        </td>
      ))}
      <td>
        <select
          {...cell("kind")}
          value={row.kind}
          aria-label={`${title} ${tt.kind}`}
          aria-invalid={kindFault !== undefined}
          title={kindFault && say(kindFault)}
          data-place={`${here}.kind`}
          disabled={locked || part === "lines"}
          onChange={(event) =>
            props.onPatch(row.id, { kind: event.currentTarget.value, sorted: true })
          }
        >
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t.kinds[kind] ?? kind}
            </option>
          ))}
        </select>
      </td>
      <td class="check-col">
        <input
          {...cell("required")}
          type="checkbox"
          checked={row.required}
          aria-label={`${title} ${tt.required}`}
          disabled={locked}
          onChange={(event) => props.onPatch(row.id, { required: event.currentTarget.checked })}
        />
      </td>
      <td>
        {part === "lines" ? (
          <select
            {...cell("name")}
            value={row.name}
            aria-label={`${title} ${tt.column}`}
            aria-invalid={nameFault !== undefined}
            title={nameFault && say(nameFault)}
            data-place={`${here}.name`}
            disabled={locked}
            onChange={(event) => {
              const name = event.currentTarget.value;
              props.onPatch(row.id, { name, kind: COLUMNS[name] ?? row.kind });
            }}
          >
            {Object.keys(COLUMNS).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...cell("name")}
            type="text"
            class="code"
            value={row.name}
            aria-label={`${title} ${tt.typeName}`}
            aria-invalid={nameFault !== undefined}
            title={nameFault && say(nameFault)}
            data-place={`${here}.name`}
            maxLength={60}
            readOnly={locked}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) =>
              props.onPatch(
                row.id,
                { name: event.currentTarget.value, named: event.currentTarget.value !== "" },
                `${row.id}.name`,
              )
            }
          />
        )}
      </td>
      <td class="limits-col">
        {others > 0 && <span class="tab-faults">{others}</span>}
        <Limits row={row} />
      </td>
    </tr>
  );
}

function Limits({ row }: { row: FieldDraft }) {
  const allowed = allowedOf(row).length;
  const found = [
    row.pattern && tt.inPattern,
    allowed > 0 && tt.inAllowed(allowed),
    row.reference && tt.inList(row.reference.list),
    row.threshold !== 0.9 && `${Math.round(row.threshold * 100)} %`,
  ].filter((one) => typeof one === "string" && one !== "");
  return <span class="limits">{found.join(" · ")}</span>;
}
