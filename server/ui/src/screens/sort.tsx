// The sorting screen: one file at a time, its pages in a strip, everything by single keys.

import { useEffect, useRef, useState } from "preact/hooks";
import { api, originalUrl } from "../api";
import { count, labelOf, percent } from "../format";
import { useKeyDown, usePoll } from "../hooks";
import { SortStrip } from "../parts/sortstrip";
import * as s from "../sort";
import { w } from "../sortwords";
import { t } from "../strings";
import type { Sorting } from "../types";
import { type Effort, useSort } from "../usesort";

export function SortScreen({ signedIn }: { signedIn: boolean }) {
  const desk = useSort(signedIn);
  const summary = usePoll(
    async () => ({ ...(await api.sortSummary()), sentThen: desk.sent }),
    8_000,
    [signedIn],
  );
  const since = desk.sent - (summary.data?.sentThen ?? 0);
  const { next } = desk;
  useEffect(() => {
    for (const page of next?.pages ?? []) new Image().src = page.thumbnail;
  }, [next?.id]);
  return (
    <>
      <div class="figures">
        <span>
          <b data-testid="sort-count">
            {summary.data
              ? count(Math.max(0, summary.data.open + summary.data.claimed - since))
              : ""}
          </b>{" "}
          {w.toSort}
        </span>
        <span>
          <b data-testid="sorted-count">
            {summary.data ? count(summary.data.done_today + since) : ""}
          </b>{" "}
          {w.sortedToday}
        </span>
      </div>
      <main class="sort">
        {desk.current ? (
          <SortBench
            key={desk.current.id}
            file={desk.current}
            onAccept={desk.accept}
            onSkip={desk.skip}
          />
        ) : (
          <section class="waiting" aria-live="polite" data-testid={desk.ready ? "no-work" : "wait"}>
            {desk.ready && (
              <>
                <h1>{w.nothing}</h1>
                <p class="hint">{w.nothingMore}</p>
              </>
            )}
          </section>
        )}
        <div class="notices" role="status">
          {desk.notice && (
            <p class="notice" data-testid="notice">
              {desk.notice}
            </p>
          )}
        </div>
      </main>
    </>
  );
}

/** Pixels by which an arrow moves the enlarged page. */
const SCROLL = 240;

interface BenchProps {
  file: Sorting;
  onAccept: (answer: s.Answer & Effort) => void;
  onSkip: () => void;
}

function SortBench({ file, onAccept, onSkip }: BenchProps) {
  const [plan, setPlan] = useState(() => s.propose(file));
  const [large, setLarge] = useState(false);
  const [armed, setArmed] = useState(false);
  const begun = useRef(Date.now());
  const strokes = useRef(0);
  const enlarged = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    document.title = `${file.filename} · Scrivano`;
  }, [file.id]);

  const change = (next: s.Plan) => {
    setPlan(next);
    setArmed(false);
  };
  const accept = () => {
    const answer = s.answerOf(file, plan);
    if (answer.parts.length === 0 && !armed) {
      setArmed(true);
      return;
    }
    const seconds = Math.min(86_400, Math.round(Date.now() - begun.current) / 1000);
    onAccept({ ...answer, seconds, keystrokes: strokes.current });
  };
  const commands: Record<s.Command, () => void> = {
    before: () => change(s.moveTo(file, plan, plan.at - 1)),
    after: () => change(s.moveTo(file, plan, plan.at + 1)),
    first: () => change(s.moveTo(file, plan, 0)),
    last: () => change(s.moveTo(file, plan, file.pages.length - 1)),
    up: () => enlarged.current?.scrollBy({ top: -SCROLL }),
    down: () => enlarged.current?.scrollBy({ top: SCROLL }),
    doubt: () => change(s.nextDoubt(file, plan)),
    cut: () => change(s.toggleCut(file, plan)),
    drop: () => change(s.toggleDrop(file, plan)),
    apart: () => change(s.toggleApart(file, plan)),
    accept,
    reset: () => (large ? setLarge(false) : change(s.propose(file))),
    skip: onSkip,
    enlarge: () => setLarge(!large),
    help: () => {},
  };
  const choose = (place: number) => {
    const type = file.types[place];
    if (type) change(s.setType(file, plan, type.name));
  };
  useKeyDown((event) => {
    const command = s.commandFor(event);
    if (command === null || (event.repeat && command === "accept")) return;
    event.preventDefault();
    strokes.current += 1;
    if (typeof command === "number") choose(command);
    else commands[command]();
  });

  const groups = s.groupsOf(file, plan);
  const documents = s.countDocuments(groups);
  const page = file.pages[plan.at];
  const own = groups.find((group) => page && group.pages.includes(page.number));
  return (
    <>
      <div class="docbar">
        <strong>{file.client.name}</strong>
        <span class="filename">{file.filename}</span>
        <span class="dim">{w.pages(file.pages.length)}</span>
        <span data-testid="sort-documents">{w.documents(documents)}</span>
        <span class="tools">
          <a href={originalUrl(file.document_id)} download tabIndex={-1}>
            {t.original}
          </a>
          <button type="button" class="quiet" tabIndex={-1} onClick={onSkip}>
            {w.skip} <kbd>F9</kbd>
          </button>
          <button
            type="button"
            class="primary"
            tabIndex={-1}
            data-testid="sort-accept"
            onClick={accept}
          >
            {w.accept} <kbd>{t.enter}</kbd>
          </button>
        </span>
      </div>
      <SortStrip
        file={file}
        plan={plan}
        onMove={(place) => change(s.moveTo(file, plan, place))}
        onCut={(place) => change(s.toggleCut(file, s.moveTo(file, plan, place)))}
      />
      <div class="sort-foot">
        <p class="sort-why" data-testid="sort-why">
          {armed ? w.allDropped : page ? why(file, plan) : ""}
        </p>
        <ol class="sort-types" aria-label={w.types}>
          {file.types.slice(0, 9).map((type, place) => (
            <li key={type.name}>
              <button
                type="button"
                tabIndex={-1}
                class={own?.type === type.name ? "current" : ""}
                onClick={() => choose(place)}
              >
                <kbd>{place + 1}</kbd> {labelOf(type.label, type.name)}
              </button>
            </li>
          ))}
        </ol>
        <dl class="sort-keys">
          {w.keys.map(([key, text]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
      {large && page && (
        <button
          ref={enlarged}
          type="button"
          tabIndex={-1}
          class="sort-large"
          onClick={() => setLarge(false)}
        >
          <img src={page.image} alt={w.enlarged(page.number)} />
        </button>
      )}
    </>
  );
}

/** What the machine says of the page in hand. */
function why(file: Sorting, plan: s.Plan): string {
  const page = file.pages[plan.at];
  if (!page) return "";
  const told = [];
  if (page.cut !== null && page.reasons.length > 0) {
    const reasons = page.reasons.map((one) => `${s.sign(one)} ${w.reasons[one] ?? one}`);
    told.push(`${w.cutHere}: ${percent(page.cut)} (${reasons.join(", ")})`);
  }
  if (page.slips.length > 0) told.push(w.slips(page.slips.length));
  const part = file.parts.find((one) => one.pages.includes(page.number));
  if (part && file.types.length > 1) {
    const type = file.types.find((one) => one.name === part.type);
    told.push(`${type ? labelOf(type.label, type.name) : part.type}: ${percent(part.type_score)}`);
  }
  return told.join(" · ");
}
