// One rule, read as a sentence with blanks to fill.

import { useEffect, useRef } from "preact/hooks";
import { NUMBER_KINDS, type RuleDraft } from "../draft";
import { at } from "../faults";
import { labelOf } from "../format";
import type { Fault, Label } from "../types";
import { tt } from "../typewords";
import { Faults } from "./fieldform";

/** A field or column that a rule may be about. */
export interface Choice {
  name: string;
  label: Label;
  kind: string;
}

interface Props {
  rule: RuleDraft;
  fields: readonly Choice[];
  columns: readonly Choice[];
  /** Just made: the cursor goes into it. */
  focused: boolean;
  checking: boolean;
  faults: readonly Fault[];
  onPatch: (change: Partial<RuleDraft>, about?: string) => void;
  onCaret: (member: "check" | "when", from: number, to: number) => void;
}

export function Sentence(props: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const { rule, faults } = props;
  useEffect(() => {
    if (props.focused) frame.current?.querySelector<HTMLElement>("select, textarea")?.focus();
  }, [props.focused]);
  const here = `rules.${rule.id}`;
  if (rule.rule === "expression") {
    return (
      <div ref={frame}>
        <Condition {...props} here={here} />
      </div>
    );
  }
  const members = ["terms", "factors", "fields", "equals", "column", "earlier", "later"];
  return (
    <div ref={frame}>
      <p class="sentence" data-place={here}>
        <Blanks {...props} />
      </p>
      <Faults of={[...members, "tolerance"].flatMap((member) => at(faults, `${here}.${member}`))} />
    </div>
  );
}

function Blanks({ rule, fields, columns, onPatch }: Props) {
  const numbers = (all: readonly Choice[]) => all.filter((one) => NUMBER_KINDS.includes(one.kind));
  const dates = fields.filter((one) => one.kind === "date");
  const equal = (from: readonly Choice[]) => (
    <Pick
      from={from}
      value={rule.equals[0] ?? ""}
      onValue={(name) => onPatch({ equals: [name, ...rule.equals.slice(1)] })}
    />
  );
  const within = (
    <>
      <span>{tt.within}</span>
      <input
        class="tolerance"
        inputMode="decimal"
        aria-label={tt.within}
        value={rule.tolerance}
        onInput={(event) => onPatch({ tolerance: event.currentTarget.value }, "tolerance")}
      />
    </>
  );
  switch (rule.rule) {
    case "sum":
      return (
        <>
          <Many
            from={numbers(fields)}
            between="+"
            values={rule.terms}
            onValues={(terms) => onPatch({ terms })}
          />
          <span>=</span>
          {equal(numbers(fields))}
          {within}
        </>
      );
    case "line_sum":
      return (
        <>
          <span>{tt.allOf}</span>
          <Pick
            from={numbers(columns)}
            value={rule.column}
            onValue={(column) => onPatch({ column })}
          />
          <span>=</span>
          <Many
            from={numbers(fields)}
            between={tt.equalsOr}
            values={rule.equals}
            onValues={(equals) => onPatch({ equals })}
          />
          {within}
        </>
      );
    case "line_product":
      return (
        <>
          <span>{tt.inEachLine}</span>
          <Many
            from={numbers(columns)}
            between="×"
            values={rule.terms}
            onValues={(terms) => onPatch({ terms })}
          />
          <span>=</span>
          {equal(numbers(columns))}
          {within}
        </>
      );
    case "order":
      return (
        <>
          <Pick from={dates} value={rule.earlier} onValue={(earlier) => onPatch({ earlier })} />
          <span>{tt.notAfter}</span>
          <Pick from={dates} value={rule.later} onValue={(later) => onPatch({ later })} />
        </>
      );
  }
  const [one = "", other = ""] = rule.terms;
  return (
    <>
      <Pick from={fields} value={one} onValue={(name) => onPatch({ terms: [name, other] })} />
      <span>{tt.differsFrom}</span>
      <Pick from={fields} value={other} onValue={(name) => onPatch({ terms: [one, name] })} />
    </>
  );
}

interface PickProps {
  from: readonly Choice[];
  value: string;
  onValue: (value: string) => void;
  label?: string;
}

export function Pick({ from, value, onValue, label = tt.choose }: PickProps) {
  const gone = value !== "" && !from.some((one) => one.name === value);
  return (
    <select
      value={value}
      aria-label={label}
      class={value === "" ? "blank" : ""}
      onChange={(event) => onValue(event.currentTarget.value)}
    >
      <option value="">{tt.choose}</option>
      {from
        .filter((one) => one.name !== "")
        .map((one) => (
          <option key={one.name} value={one.name}>
            {labelOf(one.label, one.name)}
          </option>
        ))}
      {gone && <option value={value}>{value}</option>}
    </select>
  );
}

interface ManyProps {
  from: readonly Choice[];
  between: string;
  values: readonly string[];
  onValues: (values: readonly string[]) => void;
}

/** Several blanks with something between them; the last can be taken out while two are left. */
function Many({ from, between, values, onValues }: ManyProps) {
  return (
    <>
      {values.map((value, place) => (
        <span key={String(place)} class="term">
          {place > 0 && <span>{between}</span>}
          <Pick
            from={from}
            value={value}
            onValue={(name) => onValues(values.map((old, n) => (n === place ? name : old)))}
          />
          {values.length > 1 && (
            <button
              type="button"
              class="quiet small"
              aria-label={tt.takeOut}
              title={tt.takeOut}
              onClick={() => onValues(values.filter((_, n) => n !== place))}
            >
              ×
            </button>
          )}
        </span>
      ))}
      <button
        type="button"
        class="quiet small"
        title={tt.addTerm}
        aria-label={tt.addTerm}
        onClick={() => onValues([...values, ""])}
      >
        +
      </button>
    </>
  );
}

function Condition(props: Props & { here: string }) {
  const { rule, here, faults, onPatch } = props;
  const wrong = (member: string) => at(faults, `${here}.${member}`);
  const fine = rule.check.trim() !== "" && wrong("check").length === 0;
  return (
    <div class="condition">
      <Formula {...props} member="check" label={tt.must} faults={wrong("check")} />
      {fine && (
        <p class="formula-state" data-testid="formula-state">
          {props.checking ? tt.checking : `✓ ${tt.holds}`}
        </p>
      )}
      <Formula {...props} member="when" label={tt.onlyWhen} faults={wrong("when")} />
      <label>
        <span>{tt.tell}</span>
        <input
          value={rule.message}
          maxLength={200}
          placeholder={tt.tellHint}
          onInput={(event) => onPatch({ message: event.currentTarget.value }, "message")}
        />
      </label>
      <Faults of={wrong("message")} />
    </div>
  );
}

interface FormulaProps extends Omit<Props, "faults"> {
  here: string;
  member: "check" | "when";
  label: string;
  faults: readonly string[];
}

function Formula({ rule, here, member, label, faults, onPatch, onCaret }: FormulaProps) {
  const text = rule[member];
  const position = /^Character (\d+): /.exec(faults[0] ?? "")?.[1];
  const caret = (event: { currentTarget: HTMLTextAreaElement }) =>
    onCaret(member, event.currentTarget.selectionStart, event.currentTarget.selectionEnd);
  return (
    <div>
      <label>
        <span>{label}</span>
        <textarea
          class="code formula"
          rows={text.length > 70 ? 2 : 1}
          value={text}
          maxLength={500}
          spellcheck={false}
          autocomplete="off"
          placeholder={member === "when" ? tt.always : ""}
          aria-invalid={faults.length > 0}
          data-place={`${here}.${member}`}
          data-testid={`rule-${member}`}
          onInput={(event) => {
            onPatch({ [member]: event.currentTarget.value.replaceAll("\n", " ") }, member);
            caret(event);
          }}
          onFocus={caret}
          onKeyUp={caret}
          onClick={caret}
        />
      </label>
      {position !== undefined && <Pointer text={text} at={Number(position) - 1} />}
      <Faults of={faults} />
    </div>
  );
}

/** The formula again, with a mark under the place where it goes wrong. */
function Pointer({ text, at: place }: { text: string; at: number }) {
  const from = Math.max(0, place - 30);
  return (
    <p class="pointer" aria-hidden="true">
      {from > 0 && "…"}
      {text.slice(from, place)}
      <mark>{text.slice(place).match(/^(\w+|.)/)?.[0] ?? " "}</mark>
      {text.slice(place).replace(/^(\w+|.)/, "")}
    </p>
  );
}
