// The field in hand: why it is here, its crop, the input, what the checks say, and the buttons.

import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { Typing } from "../entry";
import { labelOf, reading } from "../format";
import { problemText, reasonsFor } from "../reasons";
import { t } from "../strings";
import type { DocumentType, Task, Word } from "../types";
import { Crop } from "./crop";

/** Characters that fit on the one large line. */
const LONG = 26;

interface Props {
  task: Task;
  type: DocumentType | null;
  typing: Typing;
  /** The words of the task's page, empty until they are there. */
  words: readonly Word[];
  input: RefObject<HTMLTextAreaElement | null>;
  canGoBack: boolean;
  onText: (text: string) => void;
  onConfirm: () => void;
  onAbsent: () => void;
  onSkip: () => void;
  onBack: () => void;
}

export function Entry(props: Props) {
  const { task, type, typing, input } = props;
  const armed = typing.armed === typing.text;
  const changed = typing.text !== typing.initial;
  const label = labelOf(task.field.label, task.field.name);
  const reasons = reasonsFor(task, type);

  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
    input.current?.scrollTo(0, 0);
  }, [task.id]);

  return (
    <section class="entry" aria-labelledby="key-label">
      <div class="entry-head">
        <label id="key-label" for="key-input" data-testid="key-label">
          {label}
        </label>
        {task.field.line !== null && <span class="chip">{t.row(task.field.line + 1)}</span>}
        <span class="kind">
          {t.kinds[task.field.kind] ?? task.field.kind}
          {task.field.required ? ` · ${t.required}` : ""}
        </span>
      </div>
      <ul class="reasons" id="key-reasons">
        {reasons.slice(0, 2).map((reason) => (
          <li key={reason} title={reason}>
            {reason}
          </li>
        ))}
      </ul>
      <Crop task={task} words={props.words} />
      <textarea
        ref={input}
        id="key-input"
        class={`${changed ? "changed" : ""} ${typing.text.length > LONG ? "long" : ""}`}
        value={typing.text}
        onInput={(event) => props.onText(event.currentTarget.value)}
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        maxLength={4000}
        aria-describedby="key-reasons key-says"
        aria-invalid={armed || (typing.verdict?.problems.length ?? 0) > 0}
        data-testid="key-input"
        data-task={task.id}
      />
      <Says {...props} />
      <div class="entry-buttons">
        <Action
          class={armed ? "primary force" : "primary"}
          text={
            armed && typing.text.trim()
              ? t.keepAsIs
              : armed
                ? t.absent
                : changed
                  ? t.correct
                  : t.confirm
          }
          keys={t.enter}
          testid="confirm"
          onClick={props.onConfirm}
        />
        <Action text={t.absent} keys="F8" testid="absent" onClick={props.onAbsent} />
        <Action class="quiet" text={t.skip} keys="F9" testid="skip" onClick={props.onSkip} />
        <Action
          class="quiet"
          text={t.back}
          keys={t.shiftEnter}
          testid="back"
          onClick={props.onBack}
          disabled={!props.canGoBack}
        />
      </div>
    </section>
  );
}

/** Under the input, at a fixed height: what it reads as, or what is wrong and what Enter does. */
function Says({ task, type, typing }: Props) {
  const armed = typing.armed === typing.text;
  const verdict = typing.verdict?.text === typing.text ? typing.verdict : null;
  const problems = verdict?.problems ?? [];
  const read =
    verdict?.value && problems.length === 0 ? reading(task.field.kind, verdict.value) : "";
  const changed = typing.text !== typing.initial;
  const empty = typing.text.trim() === "";
  return (
    <div class="says" id="key-says" aria-live="polite">
      {typing.hasty && <p class="says-force">{t.tooQuick}</p>}
      {problems.slice(0, 2).map((problem) => (
        <p key={problem.code} class="says-problem" data-testid="key-problem">
          {problemText(problem, type)}
        </p>
      ))}
      {armed && <p class="says-force">{empty ? t.emptyEnter : t.enterAgain}</p>}
      {read && read !== typing.text && (
        <p class="says-reading">
          <span class="dim">{t.readsAs}</span> {read}
        </p>
      )}
      {changed && !armed && (
        <p class="says-was">
          <span class="dim">{t.changedFrom}:</span> {typing.initial || t.machineNothing}
        </p>
      )}
    </div>
  );
}

interface ActionProps {
  text: string;
  keys: string;
  testid: string;
  class?: string;
  disabled?: boolean;
  onClick: () => void;
}

function Action(props: ActionProps) {
  return (
    <button
      type="button"
      class={props.class ?? ""}
      disabled={props.disabled ?? false}
      // A click must not take the focus from the input.
      onPointerDown={(event) => event.preventDefault()}
      onClick={props.onClick}
      data-testid={props.testid}
    >
      {props.text} <kbd>{props.keys}</kbd>
    </button>
  );
}
