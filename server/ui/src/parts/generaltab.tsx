// What a type is called, and what makes two papers of it the same.

import { slug } from "../draft";
import { at } from "../faults";
import { tt } from "../typewords";
import { Entry, Faults } from "./fieldform";
import type { TabProps } from "./fieldstab";
import { LANGUAGES } from "./newtype";
import { type Choice, Pick } from "./rulesentence";

export function GeneralTab({ desk, faults }: TabProps) {
  const { draft, base, edit } = desk;
  const label = (language: string, text: string) =>
    edit((old) => {
      const next = { ...old, label: { ...old.label, [language]: text } };
      const first = next.label.en?.trim() || next.label.it?.trim() || "";
      return old.named || base ? next : { ...next, name: slug(first) };
    }, `label.${language}`);
  return (
    <fieldset class="general" disabled={desk.locked}>
      {LANGUAGES.map((language, place) => (
        <Entry
          key={language}
          label={tt.labelIn(language)}
          faults={place === 0 ? at(faults, "label") : []}
        >
          <input
            value={draft.label[language] ?? ""}
            data-place={place === 0 ? "label" : undefined}
            maxLength={200}
            onInput={(event) => label(language, event.currentTarget.value)}
          />
        </Entry>
      ))}
      <Entry label={tt.typeName} faults={at(faults, "name")}>
        <input
          class="code"
          value={draft.name}
          data-place="name"
          disabled={base !== null}
          maxLength={40}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => {
            const name = event.currentTarget.value;
            edit((old) => ({ ...old, name, named: name !== "" }), "name");
          }}
        />
      </Entry>
      <BusinessKey
        parts={draft.key}
        fields={draft.fields}
        faults={at(faults, "business_key")}
        onParts={(key) => edit((old) => ({ ...old, key }))}
      />
    </fieldset>
  );
}

interface KeyProps {
  parts: readonly (readonly string[])[];
  fields: readonly Choice[];
  faults: readonly string[];
  onParts: (parts: readonly (readonly string[])[]) => void;
}

function BusinessKey({ parts, fields, faults, onParts }: KeyProps) {
  const set = (at: number, part: readonly string[]) =>
    onParts(parts.map((old, n) => (n === at ? part : old)).filter((one) => one.length > 0));
  return (
    <section class="business-key" data-place="business_key" tabIndex={-1}>
      <h2>{tt.businessKey}</h2>
      <p class="hint">{tt.businessKeyHint}</p>
      {parts.map((part, place) => (
        <p key={String(place)} class="sentence">
          {part.map((name, nth) => (
            <span key={String(nth)} class="term">
              {nth > 0 && <span>{tt.orElse}</span>}
              <Pick
                from={fields}
                value={name}
                onValue={(next) =>
                  set(
                    place,
                    part.map((old, n) => (n === nth ? next : old)),
                  )
                }
              />
              <button
                type="button"
                class="quiet small"
                aria-label={tt.takeOut}
                title={tt.takeOut}
                onClick={() =>
                  set(
                    place,
                    part.filter((_, n) => n !== nth),
                  )
                }
              >
                ×
              </button>
            </span>
          ))}
          {part.length < 8 && (
            <button
              type="button"
              class="quiet small"
              title={tt.orElse}
              onClick={() => set(place, [...part, ""])}
            >
              + {tt.equalsOr}
            </button>
          )}
        </p>
      ))}
      {parts.length < 8 && (
        <button type="button" onClick={() => onParts([...parts, [""]])} data-testid="add-key">
          + {tt.addKeyPart}
        </button>
      )}
      <Faults of={faults} />
    </section>
  );
}
