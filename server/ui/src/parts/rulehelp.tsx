// What a formula may say; fields and functions are put into it by a click.

import { labelOf } from "../format";
import { t } from "../strings";
import { tt } from "../typewords";
import type { Choice } from "./rulesentence";

interface Props {
  fields: readonly Choice[];
  columns: readonly Choice[];
  onInsert: (what: string) => void;
}

export function RuleHelp({ fields, columns, onInsert }: Props) {
  const numbers = columns.filter((one) => ["amount", "number", "percent"].includes(one.kind));
  return (
    <aside class="rule-help" aria-label={tt.helpFunctions}>
      <h2>{tt.helpFields}</h2>
      <Names of={fields} write={(name) => name} onInsert={onInsert} />
      {numbers.length > 0 && (
        <>
          <h2>{tt.helpColumns}</h2>
          <Names of={numbers} write={(name) => `sum(lines.${name})`} onInsert={onInsert} />
        </>
      )}
      <h2>{tt.helpFunctions}</h2>
      <dl>
        {tt.functions.map(([code = "", text = ""]) => (
          <div key={code}>
            <dt>
              <code>{code}</code>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <h2>{tt.helpExamples}</h2>
      <dl>
        {tt.ruleExamples.map(([code = "", text = ""]) => (
          <div key={code} class="tall">
            <dt>
              <code>{code}</code>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{tt.ruleExamplesNote}</p>
    </aside>
  );
}

interface NamesProps {
  of: readonly Choice[];
  write: (name: string) => string;
  onInsert: (what: string) => void;
}

function Names({ of, write, onInsert }: NamesProps) {
  return (
    <ul class="names">
      {of
        .filter((one) => one.name !== "")
        .map((one) => (
          <li key={one.name}>
            <button
              type="button"
              class="quiet"
              // The formula keeps the cursor where it was.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onInsert(write(one.name))}
              title={tt.insert(write(one.name))}
            >
              <code>{write(one.name)}</code>
              <span>
                {labelOf(one.label, one.name)} · {t.kinds[one.kind] ?? one.kind}
              </span>
            </button>
          </li>
        ))}
    </ul>
  );
}
