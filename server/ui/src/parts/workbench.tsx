// One task: page on the left, entry and the document's fields on the right, and all the keys.

import { useEffect, useRef, useState } from "preact/hooks";
import { api, originalUrl, pageUrl } from "../api";
import { intend, useTyping } from "../entry";
import { taskLabel } from "../format";
import { useKeyDown, useWords } from "../hooks";
import { type Command, commandFor, isKeystroke } from "../keymap";
import type { Held } from "../queue";
import { t } from "../strings";
import type { BatchWork, DocumentType, PageInfo, Task, Word } from "../types";
import { DocBar } from "./docbar";
import { Entry } from "./entry";
import { KeyHelp } from "./keyhelp";
import { type PageHandle, PageView } from "./page";
import { Siblings } from "./siblings";

export interface Given {
  text: string;
  value: string | null;
  force: boolean;
  seconds: number;
  keystrokes: number;
}

const NO_WORDS: readonly Word[] = [];

interface Props {
  held: Held;
  type: DocumentType | null;
  work: BatchWork | null;
  answered: ReadonlyMap<string, string | null>;
  canGoBack: boolean;
  dirty: { current: boolean };
  onAnswer: (given: Given) => void;
  onSkip: () => void;
  onBack: () => void;
}

export function Workbench(props: Props) {
  const { held, type } = props;
  const { task } = held;
  const desk = useTyping(held);
  const { typing } = desk;
  const input = useRef<HTMLTextAreaElement>(null);
  const handle = useRef<PageHandle | null>(null);
  const [help, setHelp] = useState(false);
  const shown = useShownPage(task);
  const words = useWords(shown.words);
  props.dirty.current = typing.text !== typing.initial;

  useEffect(() => {
    document.title = `${taskLabel(task)} · Scrivano`;
  }, [task.id]);

  const send = (value: string | null, force: boolean) => {
    const { age, keystrokes } = desk.effort();
    const seconds = Math.round(age) / 1000;
    props.onAnswer({ text: typing.text, value, force, seconds, keystrokes });
  };
  const confirm = () => {
    const intent = intend(typing, task, desk.effort().age);
    if (intent.do === "send") send(intent.value, intent.force);
    else if (intent.do === "arm") desk.arm();
    else desk.markHasty();
  };
  const take = (text: string, add: boolean) => {
    const kept = add ? typing.text.trim() : "";
    desk.setText(kept ? `${kept} ${text}` : text);
    desk.stroke();
    input.current?.focus();
  };
  const reset = () => {
    desk.setText(typing.initial);
    requestAnimationFrame(() => input.current?.select());
  };

  const commands: Record<Command, () => void> = {
    confirm,
    absent: () => send(null, true),
    reset,
    skip: props.onSkip,
    back: props.onBack,
    help: () => setHelp(true),
    whole: () => handle.current?.toggleWhole(),
    zoomIn: () => handle.current?.zoom(1.25),
    zoomOut: () => handle.current?.zoom(0.8),
    panLeft: () => handle.current?.pan(0.15, 0),
    panRight: () => handle.current?.pan(-0.15, 0),
    panUp: () => handle.current?.pan(0, 0.15),
    panDown: () => handle.current?.pan(0, -0.15),
    pageBefore: () => shown.step(-1),
    pageAfter: () => shown.step(1),
  };

  useKeyDown((event) => {
    if (help || event.isComposing || document.querySelector("[inert]")) return;
    const onButton =
      event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
    const command = commandFor(event);
    if (isKeystroke(event)) desk.stroke();
    if (command) {
      if (onButton && event.key === "Enter") return;
      event.preventDefault();
      // A key held down confirms one task, not a row of them unseen.
      const once = ["confirm", "absent", "skip", "back", "help"].includes(command);
      if (!(once && event.repeat)) commands[command]();
    } else if (!onButton && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      input.current?.focus();
    }
  });

  const box = shown.isOwn && task.box ? task.box : null;
  return (
    <>
      <div class="bench">
        <DocBar
          task={task}
          type={type}
          work={props.work}
          page={shown.number}
          onPage={shown.step}
          handle={handle}
          onHelp={() => setHelp(true)}
        />
        <PageView
          image={shown.image}
          width={shown.width}
          height={shown.height}
          alt={`${task.filename}, ${t.page(shown.number, task.pages)}`}
          original={originalUrl(task.document_id)}
          focus={box}
          focusKey={`${task.id}/${shown.number}`}
          boxes={box ? [{ id: task.field.id, box, title: taskLabel(task), current: true }] : []}
          words={words}
          handle={handle}
          onTake={take}
        />
      </div>
      <aside class="side">
        <Entry
          task={task}
          type={type}
          typing={typing}
          words={shown.isOwn ? words : NO_WORDS}
          input={input}
          canGoBack={props.canGoBack}
          onText={desk.setText}
          onConfirm={confirm}
          onAbsent={() => send(null, true)}
          onSkip={props.onSkip}
          onBack={props.onBack}
        />
        <Siblings task={task} type={type} answered={props.answered} />
      </aside>
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </>
  );
}

interface Shown {
  number: number;
  image: string;
  words: string;
  width: number;
  height: number;
  /** Whether this is the page that the task is about. */
  isOwn: boolean;
  step: (by: number) => void;
}

/** The page to show: the task's own, or another of the document that the person leafed to. */
function useShownPage(task: Task): Shown {
  const own = task.page ?? 1;
  const [leaf, setLeaf] = useState({ task: "", number: 1 });
  const [pages, setPages] = useState<{ document: string; items: PageInfo[] }>({
    document: "",
    items: [],
  });
  const number = leaf.task === task.id ? leaf.number : own;
  const known = pages.document === task.document_id ? pages.items : [];
  const other = number === own ? undefined : known.find((p) => p.number === number);

  const step = (by: number) => {
    const next = Math.min(Math.max(number + by, 1), task.pages);
    setLeaf({ task: task.id, number: next });
    if (known.length > 0) return;
    const document = task.document_id;
    api.pages(document).then(
      ({ items }) => setPages({ document, items }),
      () => {},
    );
  };

  return {
    number,
    image: number === own ? task.image : `${pageUrl(task.document_id, number)}/image`,
    words:
      number === own
        ? task.image.replace(/\/image$/, "/words")
        : `${pageUrl(task.document_id, number)}/words`,
    width: other?.width ?? task.image_width,
    height: other?.height ?? task.image_height,
    isOwn: number === own,
    step,
  };
}
