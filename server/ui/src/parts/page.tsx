// A page under a window that zooms and pans; words are taken from it with the mouse.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { fitField, fitWhole, pan, textIn, type View, wordAt, zoomAt } from "../geometry";
import { usePicture, useSize } from "../hooks";
import { t } from "../strings";
import type { Box, Word } from "../types";

export interface PageBox {
  id: string;
  box: Box;
  title: string;
  current: boolean;
  doubtful?: boolean;
}

export interface PageHandle {
  zoom: (factor: number) => void;
  pan: (dx: number, dy: number) => void;
  toggleWhole: () => void;
}

interface Props {
  image: string;
  width: number;
  height: number;
  alt: string;
  /** Where the file itself can be had when there is no image. */
  original: string;
  /** The view goes to this box whenever `focusKey` changes; null shows the whole page. */
  focus: Box | null;
  focusKey: string;
  boxes: readonly PageBox[];
  words: readonly Word[];
  handle: { current: PageHandle | null };
  onTake?: (text: string, add: boolean) => void;
  onBox?: (id: string) => void;
}

interface Drag {
  kind: "lasso" | "pan";
  x: number;
  y: number;
  moved: boolean;
}

const CLICK_SLACK = 4;

export function PageView(props: Props) {
  const { image, focus, focusKey, words } = props;
  const page = { width: Math.max(props.width, 1), height: Math.max(props.height, 1) };
  const frame = useRef<HTMLDivElement>(null);
  const port = useSize(frame);
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 0.5 });
  const [gliding, setGliding] = useState(false);
  const [hover, setHover] = useState<Word | null>(null);
  const [lasso, setLasso] = useState<Box | null>(null);
  const picture = usePicture(image);
  const drag = useRef<Drag | null>(null);
  const whole = useRef(false);
  const lastImage = useRef("");

  const show = (next: View, glide: boolean) => {
    setGliding(glide);
    setView(next);
  };
  const toFocus = () => {
    whole.current = focus === null;
    return fitField(port, page, focus);
  };

  useLayoutEffect(() => {
    if (port.width === 0) return;
    // On the same page the eye follows a short glide; on another there is nothing to follow.
    show(toFocus(), lastImage.current === image);
    lastImage.current = image;
    setHover(null);
  }, [focusKey, image, port.width, port.height, page.width, page.height]);

  useEffect(() => {
    props.handle.current = {
      zoom: (factor) =>
        show(zoomAt(view, factor, port.width / 2, port.height / 2, port, page), true),
      pan: (dx, dy) => show(pan(view, dx * port.width, dy * port.height, port, page), true),
      toggleWhole: () => {
        if (whole.current) return show(toFocus(), true);
        whole.current = true;
        show(fitWhole(port, page), true);
      },
    };
  });

  const at = (event: MouseEvent) => {
    const rect = frame.current?.getBoundingClientRect();
    const x = event.clientX - (rect?.left ?? 0);
    const y = event.clientY - (rect?.top ?? 0);
    const px = (x - view.x) / view.scale / page.width;
    const py = (y - view.y) / view.scale / page.height;
    return { x, y, px, py };
  };

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const { x, y } = at(event);
    whole.current = false;
    if (event.shiftKey) show(pan(view, -event.deltaY, 0, port, page), false);
    else show(zoomAt(view, 1.0015 ** -event.deltaY, x, y, port, page), false);
  };

  const onDown = (event: PointerEvent) => {
    // The input keeps the focus: a word is taken without leaving the keyboard.
    event.preventDefault();
    frame.current?.setPointerCapture(event.pointerId);
    const { x, y } = at(event);
    const lassoes = event.button === 0 && event.pointerType !== "touch" && props.onTake;
    drag.current = { kind: lassoes ? "lasso" : "pan", x, y, moved: false };
  };

  const onMove = (event: PointerEvent) => {
    const { x, y, px, py } = at(event);
    const now = drag.current;
    if (!now) {
      if (props.onTake) setHover(wordAt(words, px, py));
      return;
    }
    if (!now.moved && Math.hypot(x - now.x, y - now.y) < CLICK_SLACK) return;
    now.moved = true;
    if (now.kind === "pan") {
      show(pan(view, x - now.x, y - now.y, port, page), false);
      drag.current = { ...now, x, y };
    } else
      setLasso([Math.min(x, now.x), Math.min(y, now.y), Math.max(x, now.x), Math.max(y, now.y)]);
  };

  const onUp = (event: PointerEvent) => {
    const { px, py } = at(event);
    const ended = drag.current;
    drag.current = null;
    setLasso(null);
    if (!ended) return;
    if (!ended.moved) {
      const hit = wordAt(words, px, py);
      if (hit && event.button === 0) props.onTake?.(hit.text, event.shiftKey);
      else if (event.button === 0) pickBox(px, py);
    } else if (lasso) {
      const toPage = (x: number, y: number): [number, number] => [
        (x - view.x) / view.scale / page.width,
        (y - view.y) / view.scale / page.height,
      ];
      const text = textIn(words, [...toPage(lasso[0], lasso[1]), ...toPage(lasso[2], lasso[3])]);
      if (text) props.onTake?.(text, event.shiftKey);
    }
  };

  const pickBox = (px: number, py: number) => {
    const as = props.boxes.map((b) => ({ text: b.id, box: b.box, score: 1 }));
    const hit = wordAt(as, px, py);
    if (hit) props.onBox?.(hit.text);
  };

  const place = (box: Box) => ({
    transform: `translate(${view.x + box[0] * page.width * view.scale}px, ${view.y + box[1] * page.height * view.scale}px)`,
    width: `${(box[2] - box[0]) * page.width * view.scale}px`,
    height: `${(box[3] - box[1]) * page.height * view.scale}px`,
  });

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: all it does can be done from the keyboard
    <div
      ref={frame}
      class={gliding ? "page gliding" : "page"}
      onWheel={onWheel}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={() => {
        drag.current = null;
        setLasso(null);
      }}
      onPointerLeave={() => setHover(null)}
      onContextMenu={(event) => event.preventDefault()}
    >
      <img
        key={picture.key}
        class={picture.failed ? "sheet failed" : "sheet"}
        src={image}
        alt={props.alt}
        width={page.width}
        height={page.height}
        decoding="sync"
        draggable={false}
        onError={picture.onError}
        onLoad={picture.onLoad}
        style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
        data-testid="page-image"
      />
      {picture.failed && (
        <p class="no-image">
          {t.noImage}{" "}
          <a href={props.original} onPointerDown={(event) => event.stopPropagation()} download>
            {t.original}
          </a>
        </p>
      )}
      {!picture.failed &&
        props.boxes.map((b) => (
          <div
            key={b.id}
            class={`mark-box${b.current ? " current" : ""}${b.doubtful ? " doubtful" : ""}`}
            title={b.current ? undefined : b.title}
            style={place(b.box)}
            data-testid={b.current ? "field-box" : undefined}
          />
        ))}
      {hover && !lasso && <div class="word-box" style={place(hover.box)} />}
      {lasso && (
        <div
          class="lasso"
          style={{
            transform: `translate(${lasso[0]}px, ${lasso[1]}px)`,
            width: `${lasso[2] - lasso[0]}px`,
            height: `${lasso[3] - lasso[1]}px`,
          }}
        />
      )}
    </div>
  );
}
