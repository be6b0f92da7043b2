// How a new type begins: its label, and what it starts from.

import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { type Draft, emptyDraft, slug, toDraft } from "../draft";
import { say } from "../faultwords";
import { labelOf } from "../format";
import { explain } from "../hooks";
import { go } from "../route";
import { language, t } from "../strings";
import type { DocumentType, Fault } from "../types";
import { tt } from "../typewords";

export const NEW = "-";
export const LANGUAGES: readonly string[] = language === "it" ? ["it", "en"] : ["en", "it"];

let seed: Draft | null = null;

/** What the dialog has prepared for the editor; once. */
export function takeSeed(): Draft | null {
  const taken = seed;
  seed = null;
  return taken;
}

interface Props {
  client: string;
  types: readonly DocumentType[];
  /** The name of a type to copy; "": an empty one. */
  from: string;
  onClose: () => void;
}

export function NewType({ client, types, from, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [start, setStart] = useState(from);
  const [label, setLabel] = useState<Record<string, string>>({});
  const [error, setError] = useState("");
  const [faults, setFaults] = useState<Fault[]>([]);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const open = (draft: Draft) => {
    seed = draft;
    go(`/types/${client}/${NEW}`);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const typed = Object.fromEntries(Object.entries(label).filter(([, text]) => text.trim()));
    const name = slug(typed.en ?? typed.it ?? "");
    if (types.some((type) => type.name === name && type.client_id !== null)) {
      setError(tt.nameTaken(name));
      return;
    }
    const source = types.find((type) => type.name === start);
    if (!source) return open(emptyDraft(typed));
    open({ ...toDraft(source), name, named: false, label: typed });
  };
  const read = async (file: File | undefined) => {
    if (!file) return;
    setError("");
    setFaults([]);
    try {
      const { errors, definition } = await api.readYaml(client, await file.text());
      setFaults(errors);
      if (definition) open({ ...toDraft(definition), named: true });
      else setError(tt.fileNotRead);
    } catch (cause) {
      setError(`${tt.fileNotRead} ${explain(cause)}`);
    }
  };

  return (
    <dialog ref={dialog} class="form" onClose={onClose} aria-labelledby="new-type-title">
      <form onSubmit={submit}>
        <h2 id="new-type-title">{tt.newType}</h2>
        {LANGUAGES.map((one, place) => (
          <label key={one}>
            {tt.labelIn(one)}
            <input
              value={label[one] ?? ""}
              onInput={(event) => setLabel({ ...label, [one]: event.currentTarget.value })}
              required={place === 0}
              maxLength={200}
              autocomplete="off"
              data-testid={`new-label-${one}`}
            />
          </label>
        ))}
        <label>
          {tt.startFrom}
          <select value={start} onChange={(event) => setStart(event.currentTarget.value)}>
            <option value="">{tt.startEmpty}</option>
            {types.map((type) => (
              <option key={type.name} value={type.name}>
                {tt.startCopy(labelOf(type.label, type.name))}
              </option>
            ))}
          </select>
        </label>
        <div class="form-error" role="alert">
          {error}
          <ul>
            {faults.map((fault) => (
              <li key={fault.field + fault.message}>
                <code>{fault.field}</code> {say(fault.message)}
              </li>
            ))}
          </ul>
        </div>
        <div class="form-buttons">
          <button type="submit" class="primary" data-testid="new-go">
            {tt.goOn}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {t.cancel}
          </button>
          <span class="spacer" />
          <button type="button" class="quiet" onClick={() => chooser.current?.click()}>
            {tt.startFile}
          </button>
        </div>
        <input
          ref={chooser}
          type="file"
          accept=".yaml,.yml,.json"
          hidden
          onChange={(event) => {
            void read(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
          data-testid="new-file"
        />
      </form>
    </dialog>
  );
}
