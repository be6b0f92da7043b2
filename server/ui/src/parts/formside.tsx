// Beside the form: the box in hand, the fields that have none yet, and all boxes in their order.

import { useRef, useState } from "preact/hooks";
import { allowedOf, type FieldDraft, type ZoneDraft } from "../draft";
import { at } from "../faults";
import { labelOf } from "../format";
import type { Size } from "../geometry";
import { t } from "../strings";
import type { Blank, Box, Fault } from "../types";
import { tt } from "../typewords";
import { between, toPixels, toRelative } from "../zones";
import { BlankChoice } from "./blankchoice";
import { Entry, Faults } from "./fieldform";
import type { ShownZone } from "./zonecanvas";

const READERS = ["text", "comb", "mark", "barcode", "signature"];

interface Props {
  client: string;
  blank: Blank;
  page: number;
  size: Size;
  zones: readonly ShownZone[];
  fields: readonly FieldDraft[];
  /** Names of fields without a box. */
  missing: readonly string[];
  /** The field that the next box is for. */
  next: string;
  current: ShownZone | null;
  locked: boolean;
  faults: readonly Fault[];
  onPage: (step: number) => void;
  onChoose: (blank: Blank) => void;
  onRemove: () => void;
  onNext: (name: string) => void;
  onSelect: (id: string) => void;
  onPatch: (id: string, change: Partial<ZoneDraft>, about?: string) => void;
  onCopy: (id: string) => void;
  onDrop: (id: string) => void;
  onMove: (id: string, step: number) => void;
  onSort: () => void;
}

export function FormSide(props: Props) {
  const { blank, page, current, locked, missing, fields } = props;
  const [other, setOther] = useState(false);
  return (
    <>
      <header class="form-side-head">
        <span class="filename" title={blank.filename ?? ""}>
          {blank.filename ?? tt.tabForm}
        </span>
        {blank.pages.length > 1 && (
          <span class="page-turn">
            <button type="button" onClick={() => props.onPage(-1)} aria-label={t.previousPage}>
              ‹
            </button>
            {t.pageShort(page, blank.pages.length)}
            <button type="button" onClick={() => props.onPage(1)} aria-label={t.nextPage}>
              ›
            </button>
          </span>
        )}
      </header>
      {current ? (
        <ZoneForm key={current.id} {...props} zone={current} />
      ) : (
        !locked && <p class="hint draw-hint">{tt.drawHint}</p>
      )}
      {!locked && (
        <section>
          <h2>{missing.length > 0 ? tt.drawNext : tt.withoutBox}</h2>
          <ul class="to-draw">
            {missing.map((name) => (
              <li key={name}>
                <button
                  type="button"
                  aria-pressed={name === props.next}
                  onClick={() => props.onNext(name)}
                  data-testid={`draw-${name}`}
                >
                  {nameOf(fields, name)}
                </button>
              </li>
            ))}
          </ul>
          <p class="hint">{missing.length > 0 ? tt.withoutBoxHint : tt.nothingWithout}</p>
        </section>
      )}
      <ZoneList {...props} />
      <Faults of={at(props.faults, "form").length > 0 ? ownFormFaults(props.faults) : []} />
      {!locked && (
        <footer class="form-side-foot">
          <button type="button" class="quiet" onClick={() => setOther(!other)}>
            {tt.otherBlank}
          </button>
          <button type="button" class="quiet" onClick={props.onRemove}>
            {tt.removeForm}
          </button>
          {other && (
            <BlankChoice
              client={props.client}
              onChoose={(chosen) => {
                setOther(false);
                props.onChoose(chosen);
              }}
            />
          )}
        </footer>
      )}
    </>
  );
}

const nameOf = (fields: readonly FieldDraft[], name: string) => {
  const field = fields.find((one) => one.name === name);
  return field ? labelOf(field.label, name) : name;
};

/** What is said of the form and of no single box. */
const ownFormFaults = (faults: readonly Fault[]) =>
  faults
    .filter((fault) => /^form(\.(blank|zones))?$/.test(fault.field))
    .map((fault) => fault.message);

function ZoneList({ zones, current, locked, onSelect, onMove, onSort, page }: Props) {
  const onKey = (event: KeyboardEvent, id: string) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!event.altKey || step === 0 || locked) return;
    event.preventDefault();
    onMove(id, step);
  };
  if (zones.length === 0) return null;
  return (
    <section>
      <div class="zones-head">
        <h2>{tt.boxes}</h2>
        {!locked && zones.length > 1 && (
          <button type="button" class="quiet" onClick={onSort}>
            {tt.sortZones}
          </button>
        )}
      </div>
      <ol class="zone-list">
        {zones.map((zone) => (
          <li key={zone.id}>
            <button
              type="button"
              class={zone.wrong ? "wrong-zone" : ""}
              aria-pressed={zone.id === current?.id}
              title="Alt ↑ ↓"
              onClick={() => onSelect(zone.id)}
              onKeyDown={(event) => onKey(event, zone.id)}
            >
              <b>{zone.place}</b>
              <span class="filename">{zone.label || tt.noField}</span>
              <span class="dim">
                {tt.readers[zone.reader]}
                {zone.page !== page && ` · ${zone.page}`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function ZoneForm(props: Props & { zone: ShownZone }) {
  const { zone, fields, zones, faults, locked, onPatch } = props;
  const here = `form.zones.${zone.id}`;
  const wrong = (member: string) => at(faults, `${here}.${member}`);
  const field = fields.find((one) => one.name === zone.field);
  const allowed = field ? allowedOf(field) : [];
  const taken = (name: string) =>
    zones.some((one) => one.field === name && one.id !== zone.id && one.reader !== "mark");
  const back = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    document.querySelector<HTMLElement>(`[data-zone="${zone.id}"]`)?.focus();
  };
  return (
    <fieldset class="zone-form" disabled={locked} onKeyDown={back} data-testid="zone-form">
      <Entry label={`${zone.place} · ${tt.zoneField}`} faults={wrong("field")}>
        <select
          data-first
          value={zone.field}
          onChange={(event) => onPatch(zone.id, { field: event.currentTarget.value })}
          data-testid="zone-field"
        >
          <option value="">{tt.choose}</option>
          {fields
            .filter((one) => one.name !== "")
            .map((one) => (
              <option key={one.id} value={one.name} disabled={taken(one.name)}>
                {labelOf(one.label, one.name)}
              </option>
            ))}
        </select>
      </Entry>
      <div class="pair">
        <Entry label={tt.zoneReader} faults={wrong("reader")}>
          <select
            value={zone.reader}
            onChange={(event) => onPatch(zone.id, { reader: event.currentTarget.value })}
            data-testid="zone-reader"
          >
            {READERS.map((reader) => (
              <option key={reader} value={reader}>
                {tt.readers[reader]}
              </option>
            ))}
          </select>
        </Entry>
        {zone.reader === "comb" && (
          <Entry label={tt.zoneCells} hint={tt.zoneCellsHint} faults={wrong("cells")}>
            <input
              type="number"
              min={1}
              max={100}
              value={zone.cells ?? ""}
              onInput={(event) => {
                const cells = event.currentTarget.valueAsNumber;
                onPatch(zone.id, { cells: Number.isNaN(cells) ? null : cells }, `${zone.id}.cells`);
              }}
              data-testid="zone-cells"
            />
          </Entry>
        )}
        {zone.reader === "mark" && (
          <Entry label={tt.zoneValue} hint={tt.zoneValueHint} faults={wrong("value")}>
            <input
              value={zone.value}
              list={`values-${zone.id}`}
              maxLength={200}
              autocomplete="off"
              onInput={(event) =>
                onPatch(zone.id, { value: event.currentTarget.value }, `${zone.id}.value`)
              }
              data-testid="zone-value"
            />
            <datalist id={`values-${zone.id}`}>
              {allowed.map((value) => (
                <option key={value} value={value} />
              ))}
            </datalist>
          </Entry>
        )}
      </div>
      <Position {...props} />
      <Faults of={[...wrong("box"), ...wrong("page")]} />
      {!locked && (
        <div class="zone-tools">
          <button type="button" class="quiet" onClick={() => props.onCopy(zone.id)} title="Ctrl D">
            {tt.duplicate}
          </button>
          <button type="button" class="quiet" onClick={() => props.onDrop(zone.id)}>
            {tt.remove}
          </button>
        </div>
      )}
    </fieldset>
  );
}

/** Left, top, width and height in pixels of the page, to be typed. */
function Position({ zone, size, onPatch }: Props & { zone: ShownZone }) {
  const [left, top, right, bottom] = toPixels(zone.box, size);
  const values = [left, top, right - left, bottom - top].map(Math.round);
  const frame = useRef<HTMLFieldSetElement>(null);
  const set = () => {
    const inputs = [...(frame.current?.querySelectorAll("input") ?? [])];
    const [x = 0, y = 0, wide = 0, high = 0] = inputs.map((input) => input.valueAsNumber);
    if ([x, y, wide, high].some(Number.isNaN)) return;
    const box: Box = between(x, y, x + wide, y + high, size);
    onPatch(zone.id, { box: toRelative(box, size) }, `${zone.id}.typed`);
  };
  return (
    <fieldset class="position" ref={frame}>
      <legend>{tt.zonePosition} (px)</legend>
      {["x", "y", "↔", "↕"].map((name, place) => (
        <label key={name}>
          {name}
          <input type="number" value={values[place]} onChange={set} />
        </label>
      ))}
    </fieldset>
  );
}
