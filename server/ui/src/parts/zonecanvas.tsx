// The page of an empty form, with boxes that are drawn and adjusted by mouse and keyboard.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ZoneDraft } from "../draft";
import { clamp, fitWhole, pan, type View, zoomAt } from "../geometry";
import { usePicture, useSize } from "../hooks";
import {
  ALL_EDGES,
  type Cell,
  cellAt,
  type Edges,
  NO_RULINGS,
  type Rulings,
  rulingsOf,
  snap,
} from "../rulings";
import { t } from "../strings";
import type { Box } from "../types";
import { tt } from "../typewords";
import {
  between,
  HANDLES,
  type Handle,
  moveBox,
  nudge,
  nudgeFor,
  pullBox,
  toPixels,
  toRelative,
} from "../zones";
import { PAGE } from "./tools";

/** A zone as the page shows it. */
export interface ShownZone extends ZoneDraft {
  /** Its place in the order, from 1. */
  place: number;
  label: string;
  wrong: boolean;
}

interface Props {
  image: string;
  width: number;
  height: number;
  alt: string;
  zones: readonly ShownZone[];
  current: string | null;
  locked: boolean;
  /** What a new box will be. */
  next: string;
  rulings: { current: Rulings };
  onSelect: (id: string | null) => void;
  onDraw: (box: Box, cell: Cell | null) => void;
  onChange: (id: string, box: Box, about?: string) => void;
  onKey: (event: KeyboardEvent, id: string | null) => void;
}

type Drag =
  | { kind: "draw"; x: number; y: number }
  | { kind: "move"; id: string; x: number; y: number; box: Box }
  | { kind: "pull"; id: string; handle: Handle; box: Box }
  | { kind: "pan"; x: number; y: number };

/** Screen pixels within which an edge is drawn to a line, and a press is still a click. */
const REACH = 7;
const SLACK = 3;
const MARGIN = 12;

export function ZoneCanvas(props: Props) {
  const { image, zones, current, locked, rulings } = props;
  const page = { width: Math.max(props.width, 1), height: Math.max(props.height, 1) };
  const frame = useRef<HTMLDivElement>(null);
  const port = useSize(frame);
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 0.5 });
  const [ghost, setGhost] = useState<{ id: string | null; box: Box } | null>(null);
  const drag = useRef<Drag | null>(null);
  const moved = useRef(false);
  const picture = usePicture(image);

  useLayoutEffect(() => {
    if (port.width === 0) return;
    const scale = Math.max((port.width - 2 * MARGIN) / page.width, 0.01);
    setView(clamp({ x: MARGIN, y: MARGIN, scale }, port, page));
  }, [image, port.width, port.height]);
  useEffect(() => {
    rulings.current = NO_RULINGS;
  }, [image]);

  // A box that is chosen elsewhere comes into sight, and takes the keyboard.
  useLayoutEffect(() => {
    const zone = zones.find((one) => one.id === current);
    if (!zone || port.width === 0) return;
    setView((old) => reveal(toPixels(zone.box, page), old));
  }, [current]);

  const reveal = (box: Box, old: View): View => {
    const over = (low: number, high: number, size: number) =>
      low < MARGIN ? MARGIN - low : high > size - MARGIN ? size - MARGIN - high : 0;
    const dx = over(old.x + box[0] * old.scale, old.x + box[2] * old.scale, port.width);
    const dy = over(old.y + box[1] * old.scale, old.y + box[3] * old.scale, port.height);
    return dx === 0 && dy === 0 ? old : pan(old, dx, dy, port, page);
  };

  const at = (event: MouseEvent) => {
    const rect = frame.current?.getBoundingClientRect();
    const x = event.clientX - (rect?.left ?? 0);
    const y = event.clientY - (rect?.top ?? 0);
    return { x, y, px: (x - view.x) / view.scale, py: (y - view.y) / view.scale };
  };
  const laid = (box: Box, edges: Edges, event: MouseEvent): Box =>
    event.ctrlKey ? box : snap(box, edges, rulings.current, REACH / view.scale);

  const zoom = (factor: number, x = port.width / 2, y = port.height / 2) =>
    setView((old) => zoomAt(old, factor, x, y, port, page));

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const { x, y } = at(event);
    if (event.shiftKey) setView(pan(view, -event.deltaY, 0, port, page));
    else zoom(1.0015 ** -event.deltaY, x, y);
  };

  const onDown = (event: PointerEvent) => {
    const target = event.target as HTMLElement;
    const { px, py, x, y } = at(event);
    moved.current = false;
    frame.current?.setPointerCapture(event.pointerId);
    if (event.button !== 0 || event.pointerType === "touch") {
      event.preventDefault();
      drag.current = { kind: "pan", x, y };
      return;
    }
    const id = target.closest<HTMLElement>("[data-zone]")?.dataset.zone;
    const zone = zones.find((one) => one.id === id);
    if (zone && id) {
      props.onSelect(id);
      const handle = target.dataset.handle as Handle | undefined;
      const box = toPixels(zone.box, page);
      if (locked) return;
      drag.current = handle
        ? { kind: "pull", id, handle, box }
        : { kind: "move", id, x: px, y: py, box };
    } else if (!locked) drag.current = { kind: "draw", x: px, y: py };
  };

  const onMove = (event: PointerEvent) => {
    const now = drag.current;
    if (!now) return;
    const { x, y, px, py } = at(event);
    if (now.kind === "pan") {
      setView(pan(view, x - now.x, y - now.y, port, page));
      drag.current = { ...now, x, y };
      return;
    }
    if (now.kind === "draw") {
      if (!moved.current && Math.hypot(px - now.x, py - now.y) * view.scale < SLACK) return;
      moved.current = true;
      const box = between(now.x, now.y, px, py, page);
      setGhost({ id: null, box: laid(box, ALL_EDGES, event) });
    } else if (now.kind === "move") {
      if (!moved.current && Math.hypot(px - now.x, py - now.y) * view.scale < SLACK) return;
      moved.current = true;
      const box = moveBox(now.box, Math.round(px - now.x), Math.round(py - now.y), page);
      setGhost({ id: now.id, box });
    } else {
      moved.current = true;
      const box = pullBox(now.box, now.handle, px, py, page);
      setGhost({ id: now.id, box: laid(box, edgesOf(now.handle), event) });
    }
  };

  const onUp = () => {
    const ended = drag.current;
    drag.current = null;
    setGhost(null);
    if (!ended || ended.kind === "pan") return;
    if (!moved.current || !ghost) {
      if (ended.kind === "draw") {
        props.onSelect(null);
        frame.current?.focus({ preventScroll: true });
      }
      return;
    }
    const box = toRelative(ghost.box, page);
    if (ended.kind === "draw") props.onDraw(box, null);
    else props.onChange(ended.id, box);
  };

  const onDouble = (event: MouseEvent) => {
    if (locked || (event.target as HTMLElement).closest("[data-zone]")) return;
    const { px, py } = at(event);
    const cell = cellAt(px, py, rulings.current, page);
    if (cell) props.onDraw(toRelative(cell.box, page), cell);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const zone = zones.find((one) => one.id === current);
    const step = nudgeFor(event);
    if (step && zone && !locked) {
      event.preventDefault();
      const box = nudge(toPixels(zone.box, page), step, page);
      setView((old) => reveal(box, old));
      props.onChange(zone.id, toRelative(box, page), `${zone.id}.nudge`);
    } else if (step && !zone) {
      event.preventDefault();
      setView(pan(view, -60 * Math.sign(step.dx), -60 * Math.sign(step.dy), port, page));
    } else if (event.ctrlKey || event.metaKey || event.altKey) props.onKey(event, current);
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") setView(fitWhole(port, page));
    else if (event.key.toLowerCase() === "n" && !locked) {
      event.preventDefault();
      const x = (port.width / 2 - view.x) / view.scale;
      const y = (port.height / 2 - view.y) / view.scale;
      const size = page.width / 12;
      const box = between(x - size, y - size / 5, x + size, y + size / 5, page);
      props.onDraw(toRelative(box, page), null);
    } else props.onKey(event, current);
  };

  const place = (box: Box) => ({
    transform: `translate(${view.x + box[0] * view.scale}px, ${view.y + box[1] * view.scale}px)`,
    width: `${(box[2] - box[0]) * view.scale}px`,
    height: `${(box[3] - box[1]) * view.scale}px`,
  });
  return (
    <div class="form-page">
      {/* biome-ignore lint/a11y/useSemanticElements: a page under boxes that can be chosen */}
      <div
        ref={frame}
        class={locked ? "page drawing locked" : "page drawing"}
        role="group"
        aria-label={props.alt}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: boxes are made and moved by its keys
        tabIndex={0}
        onWheel={onWheel}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={() => {
          drag.current = null;
          setGhost(null);
        }}
        onDblClick={onDouble}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={onKeyDown}
        data-testid="form-canvas"
      >
        <img
          key={picture.key}
          class={picture.failed ? "sheet failed" : "sheet"}
          src={image}
          alt=""
          width={page.width}
          height={page.height}
          draggable={false}
          onError={picture.onError}
          onLoad={(event) => {
            const loaded = event.currentTarget;
            picture.onLoad();
            setTimeout(() => {
              rulings.current = rulingsOf(loaded);
              frame.current?.setAttribute("data-lines", "ready");
            }, 0);
          }}
          style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
        />
        {picture.failed && <p class="no-image">{t.noImage}</p>}
        {zones.map((zone) => (
          <ZoneBox
            key={zone.id}
            zone={zone}
            current={zone.id === current}
            locked={locked}
            style={place(ghost?.id === zone.id ? ghost.box : toPixels(zone.box, page))}
            onFocus={() => props.onSelect(zone.id)}
          />
        ))}
        {ghost && ghost.id === null && (
          <div class="zone fresh" style={place(ghost.box)}>
            <span class="zone-tag">{props.next}</span>
          </div>
        )}
      </div>
      <div class="zoom-tools">
        <button type="button" onClick={() => zoom(1.25)} aria-label={t.zoomIn} title="+">
          +
        </button>
        <button type="button" onClick={() => zoom(0.8)} aria-label={t.zoomOut} title="−">
          −
        </button>
        <button
          type="button"
          onClick={() => setView(fitWhole(port, page))}
          aria-label={tt.whole}
          title={`${tt.whole} (0)`}
        >
          {PAGE}
        </button>
      </div>
    </div>
  );
}

const edgesOf = (handle: Handle): Edges => ({
  left: handle.includes("w"),
  top: handle.includes("n"),
  right: handle.includes("e"),
  bottom: handle.includes("s"),
});

interface BoxProps {
  zone: ShownZone;
  current: boolean;
  locked: boolean;
  style: Record<string, string>;
  onFocus: () => void;
}

function ZoneBox({ zone, current, locked, style, onFocus }: BoxProps) {
  const element = useRef<HTMLButtonElement>(null);
  // What is chosen has the keyboard, unless that is busy in the list beside the page.
  useLayoutEffect(() => {
    const busy = document.activeElement?.closest(".form-side");
    if (current && !busy) element.current?.focus({ preventScroll: true });
  }, [current]);
  return (
    <button
      ref={element}
      type="button"
      class={`zone ${zone.reader}${current ? " current" : ""}${zone.wrong ? " wrong-zone" : ""}`}
      style={style}
      aria-label={tt.zoneOf(zone.place, zone.label || tt.noField)}
      aria-pressed={current}
      onFocus={onFocus}
      data-zone={zone.id}
      data-place={`form.zones.${zone.id}`}
      data-testid={`zone-${zone.place - 1}`}
    >
      <span class="zone-tag">
        <b>{zone.place}</b> {zone.label || tt.noField}
      </span>
      {current &&
        !locked &&
        HANDLES.map((handle) => (
          <span key={handle} class={`handle ${handle}`} data-handle={handle} />
        ))}
    </button>
  );
}
