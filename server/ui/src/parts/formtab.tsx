// The form of a type: an empty one is uploaded, and boxes are drawn on it for its fields.

import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { allowedOf, insertAfter, move, newId, replace, type ZoneDraft } from "../draft";
import { at } from "../faults";
import { labelOf } from "../format";
import { explain } from "../hooks";
import { type Cell, guessReader, NO_RULINGS, type Rulings } from "../rulings";
import { t } from "../strings";
import type { Blank, Box } from "../types";
import { tt } from "../typewords";
import { inReadingOrder, nextMark, placeTwin, toPixels, toRelative, withoutBox } from "../zones";
import { BlankChoice } from "./blankchoice";
import { Faults } from "./fieldform";
import { KeyLine, type TabProps } from "./fieldstab";
import { FormSide } from "./formside";
import { type ShownZone, ZoneCanvas } from "./zonecanvas";

export function FormTab(props: TabProps) {
  const { desk, client, faults } = props;
  const { form } = desk.draft;
  const [blank, setBlank] = useState<Blank | null>(null);
  const [error, setError] = useState("");
  const wanted = form?.blank ?? "";
  useEffect(() => {
    if (!wanted || blank?.id === wanted) return;
    setBlank(null);
    api.blank(client, wanted).then(setBlank, (cause) => setError(explain(cause)));
  }, [wanted]);

  const choose = (chosen: Blank) => {
    setBlank(chosen);
    setError("");
    const pages = chosen.pages.length;
    desk.edit((draft) => ({
      ...draft,
      form: {
        blank: chosen.id,
        zones: (draft.form?.zones ?? []).filter((zone) => zone.page <= pages),
      },
    }));
  };
  if (form && blank) return <Drawing {...props} blank={blank} onChoose={choose} />;
  if (form && !error) return <p class="hint pad">{t.loading}</p>;
  return (
    <div class="pad">
      {error && (
        <p class="banner" role="alert">
          {tt.formGone} {error}
        </p>
      )}
      <Faults of={at(faults, "form.blank")} />
      <div class="empty">
        <h3>{tt.noForm}</h3>
        <p>{tt.noFormMore}</p>
      </div>
      {!desk.locked && <BlankChoice client={client} onChoose={choose} />}
    </div>
  );
}

type DrawingProps = TabProps & { blank: Blank; onChoose: (blank: Blank) => void };

function Drawing({ desk, client, faults, blank, onChoose }: DrawingProps) {
  const zones = desk.draft.form?.zones ?? [];
  const { fields } = desk.draft;
  const [page, setPage] = useState(1);
  const [current, setCurrent] = useState<string | null>(null);
  const [chosen, setChosen] = useState("");
  const rulings = useRef<Rulings>(NO_RULINGS);
  const side = useRef<HTMLDivElement>(null);
  const sheet = blank.pages.find((one) => one.number === page) ?? blank.pages[0];
  const size = { width: sheet?.width ?? 1, height: sheet?.height ?? 1 };

  const missing = withoutBox(
    fields.map((field) => ({ name: field.name, allowed: allowedOf(field) })),
    zones,
  );
  const next = missing.includes(chosen) ? chosen : (missing[0] ?? "");
  const labelIn = (name: string) => {
    const field = fields.find((one) => one.name === name);
    return field ? labelOf(field.label, field.name) : name;
  };
  const allowedIn = (name: string) => {
    const field = fields.find((one) => one.name === name);
    return field ? allowedOf(field) : [];
  };

  const setZones = (work: (zones: readonly ZoneDraft[]) => readonly ZoneDraft[], about = "") =>
    desk.edit(
      (draft) => ({
        ...draft,
        form: draft.form && { ...draft.form, zones: work(draft.form.zones) },
      }),
      about,
    );
  const patch = (id: string, change: Partial<ZoneDraft>, about = "") =>
    setZones((old) => replace(old, id, change), about);
  const select = (id: string | null) => {
    const zone = zones.find((one) => one.id === id);
    if (zone) setPage(zone.page);
    setCurrent(id);
  };

  const draw = (box: Box, cell: Cell | null) => {
    const pixels = toPixels(box, size);
    const label = labelIn(next);
    const guess = guessReader(pixels, label, rulings.current, size);
    const isComb = cell !== null && cell.cells > 1;
    const before = zones.find((zone) => zone.field === next);
    const reader = before ? "mark" : isComb ? "comb" : guess.reader;
    const zone: ZoneDraft = {
      id: newId(),
      field: next,
      page,
      box,
      reader,
      cells: reader === "comb" ? (isComb ? cell.cells : guess.cells) : null,
      value: reader === "mark" ? nextMark(zones, next, allowedIn(next)) : "",
    };
    setZones((old) => [...old, zone]);
    setCurrent(zone.id);
    // The cursor goes on to the field after this one.
    const place = missing.indexOf(next);
    const left = reader === "mark" && nextMark([...zones, zone], next, allowedIn(next)) !== "";
    setChosen(left ? next : (missing[place + 1] ?? ""));
  };
  const copy = (id: string) => {
    const zone = zones.find((one) => one.id === id);
    if (!zone) return;
    const isMark = zone.reader === "mark";
    const twin: ZoneDraft = {
      ...zone,
      id: newId(),
      field: isMark ? zone.field : next,
      value: isMark ? nextMark(zones, zone.field, allowedIn(zone.field)) : "",
      box: toRelative(placeTwin(toPixels(zone.box, size), size), size),
    };
    setZones((old) => insertAfter(old, id, twin));
    setCurrent(twin.id);
  };
  const drop = (id: string) => {
    const place = zones.findIndex((zone) => zone.id === id);
    const near = zones[place + 1] ?? zones[place - 1];
    setZones((old) => old.filter((zone) => zone.id !== id));
    select(near && near.page === page ? near.id : null);
  };
  const turn = (step: number) => {
    setPage(Math.min(Math.max(page + step, 1), blank.pages.length));
    setCurrent(null);
  };
  const onKey = (event: KeyboardEvent, id: string | null) => {
    const done = () => event.preventDefault();
    if (event.key === "PageDown" || event.key === "PageUp") {
      done();
      turn(event.key === "PageDown" ? 1 : -1);
    } else if (id === null || desk.locked) return;
    else if (event.ctrlKey && event.key.toLowerCase() === "d") {
      done();
      copy(id);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      done();
      drop(id);
    } else if (event.key === "Escape") {
      done();
      setCurrent(null);
    } else if (event.key === "Enter") {
      done();
      side.current?.querySelector<HTMLElement>("[data-first]")?.focus();
    }
  };

  const shown: ShownZone[] = zones.map((zone, order) => ({
    ...zone,
    place: order + 1,
    label: zone.value ? `${labelIn(zone.field)} = ${zone.value}` : labelIn(zone.field),
    wrong: at(faults, `form.zones.${zone.id}`).length > 0,
  }));
  return (
    <div class="form-tab">
      <div class="form-main">
        {sheet && (
          <ZoneCanvas
            image={sheet.image}
            width={sheet.width}
            height={sheet.height}
            alt={`${blank.filename ?? tt.tabForm}, ${tt.pageN(page, blank.pages.length)}`}
            zones={shown.filter((zone) => zone.page === page)}
            current={current}
            locked={desk.locked}
            next={labelIn(next) || tt.noField}
            rulings={rulings}
            onSelect={select}
            onDraw={draw}
            onChange={(id, box, about = "") => patch(id, { box }, about)}
            onKey={onKey}
          />
        )}
        {!desk.locked && <KeyLine keys={tt.zoneKeys} />}
      </div>
      <div class="form-side" ref={side}>
        <FormSide
          client={client}
          blank={blank}
          page={page}
          size={size}
          zones={shown}
          fields={fields}
          missing={missing}
          next={next}
          current={shown.find((zone) => zone.id === current) ?? null}
          locked={desk.locked}
          faults={faults}
          onPage={turn}
          onChoose={onChoose}
          onRemove={() => desk.edit((draft) => ({ ...draft, form: null }))}
          onNext={setChosen}
          onSelect={select}
          onPatch={patch}
          onCopy={copy}
          onDrop={drop}
          onMove={(id, step) => setZones((old) => move(old, id, step))}
          onSort={() => setZones(inReadingOrder)}
        />
      </div>
    </div>
  );
}
