// The rules of a type, each as a sentence; beside them what a formula may say.

import { useRef, useState } from "preact/hooks";
import { emptyRule, move, NUMBER_KINDS, newId, type RuleDraft, replace, unique } from "../draft";
import { at } from "../faults";
import { tt } from "../typewords";
import { Faults } from "./fieldform";
import type { TabProps } from "./fieldstab";
import { RuleHelp } from "./rulehelp";
import { type Choice, Sentence } from "./rulesentence";

const RULES = ["expression", "sum", "order", "line_sum", "line_product", "differ"];

/** The formula that names of fields are put into. */
interface Target {
  rule: string;
  member: "check" | "when";
  from: number;
  to: number;
}

export function RulesTab({ desk, faults }: TabProps) {
  const { rules, fields, lines } = desk.draft;
  const target = useRef<Target | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [fresh, setFresh] = useState("");

  const setRules = (work: (rules: readonly RuleDraft[]) => readonly RuleDraft[], about = "") =>
    desk.edit((draft) => ({ ...draft, rules: work(draft.rules) }), about);
  const patch = (id: string, change: Partial<RuleDraft>, about = "") =>
    setRules((old) => replace(old, id, change), about);
  const named = (name: string) =>
    unique(
      name,
      rules.map((rule) => rule.name),
    );
  const add = (kind: string) => {
    const rule = emptyRule(kind, { name: named(`${kind}_1`) });
    setRules((old) => [...old, rule]);
    setFresh(rule.id);
  };
  const copy = (rule: RuleDraft) => {
    const twin = { ...rule, id: newId(), name: named(rule.name) };
    setRules((old) => old.flatMap((one) => (one.id === rule.id ? [one, twin] : [one])));
    setFresh(twin.id);
  };
  const onKey = (event: KeyboardEvent, rule: RuleDraft) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.altKey && step !== 0) {
      event.preventDefault();
      setRules((old) => move(old, rule.id, step));
      setFresh(rule.id);
    } else if (event.ctrlKey && event.key.toLowerCase() === "d") {
      event.preventDefault();
      copy(rule);
    }
  };
  const insert = (what: string) => {
    const into = target.current;
    const rule = rules.find((one) => one.id === into?.rule);
    if (!into || !rule) return;
    const text = rule[into.member];
    const next = `${text.slice(0, into.from)}${what}${text.slice(into.to)}`;
    patch(rule.id, { [into.member]: next });
    const caret = into.from + what.length;
    target.current = { ...into, from: caret, to: caret };
    requestAnimationFrame(() => {
      const field = frame.current?.querySelector<HTMLTextAreaElement>(
        `[data-place="rules.${into.rule}.${into.member}"]`,
      );
      field?.focus();
      field?.setSelectionRange(caret, caret);
    });
  };

  const choices: Choice[] = fields.map((field) => ({
    name: field.name,
    label: field.label,
    kind: field.kind,
  }));
  const columns: Choice[] = lines.map((line) => ({
    name: line.name,
    label: line.label,
    kind: line.kind,
  }));
  return (
    <div class="rules-tab" ref={frame}>
      <div class="rules-main">
        {rules.length === 0 && (
          <div class="empty">
            <h3>{tt.noRules}</h3>
            <p>{tt.noRulesMore}</p>
          </div>
        )}
        <ol class="rules">
          {rules.map((rule, place) => (
            <li
              key={rule.id}
              class="rule"
              data-place={`rules.${rule.id}`}
              data-testid={`rule-${place}`}
              tabIndex={-1}
              onKeyDown={(event) => onKey(event, rule)}
            >
              <header>
                <h2>{tt.ruleTitles[rule.rule] ?? rule.rule}</h2>
                {!desk.locked && (
                  <span class="rule-tools">
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => setRules((old) => move(old, rule.id, -1))}
                      title="Alt ↑"
                      disabled={place === 0}
                    >
                      {tt.up}
                    </button>
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => setRules((old) => move(old, rule.id, 1))}
                      title="Alt ↓"
                      disabled={place === rules.length - 1}
                    >
                      {tt.down}
                    </button>
                    <button type="button" class="quiet" onClick={() => copy(rule)} title="Ctrl D">
                      {tt.duplicate}
                    </button>
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => setRules((old) => old.filter((one) => one.id !== rule.id))}
                    >
                      {tt.remove}
                    </button>
                  </span>
                )}
              </header>
              <fieldset disabled={desk.locked}>
                <Sentence
                  rule={rule}
                  fields={choices}
                  columns={columns}
                  focused={fresh === rule.id}
                  checking={desk.checking}
                  faults={faults}
                  onPatch={(change, about) =>
                    patch(rule.id, change, about && `${rule.id}.${about}`)
                  }
                  onCaret={(member, from, to) => {
                    target.current = { rule: rule.id, member, from, to };
                  }}
                />
                <label class="rule-name">
                  {tt.ruleName}
                  <input
                    class="code"
                    value={rule.name}
                    data-place={`rules.${rule.id}.name`}
                    maxLength={60}
                    spellcheck={false}
                    autocomplete="off"
                    onInput={(event) =>
                      patch(rule.id, { name: event.currentTarget.value }, `${rule.id}.name`)
                    }
                  />
                </label>
              </fieldset>
              <Faults of={at(faults, `rules.${rule.id}.name`)} />
            </li>
          ))}
        </ol>
        {!desk.locked && (
          <fieldset class="rule-kinds">
            <legend>{tt.addRule}</legend>
            {RULES.map((kind) => (
              <button
                key={kind}
                type="button"
                onClick={() => add(kind)}
                data-testid={`add-${kind}`}
              >
                <b>{tt.ruleTitles[kind]}</b>
                <span>{tt.ruleHints[kind]}</span>
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <RuleHelp fields={choices} columns={columns} onInsert={insert} />
    </div>
  );
}

export const isNumber = (choice: Choice) => NUMBER_KINDS.includes(choice.kind);
