// A CSV file before it is sent: its columns and first rows, and what the server found wrong.

import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import { lineOf, type Preview, preview } from "../csv";
import { slug } from "../draft";
import { say } from "../faultwords";
import { count, labelOf, size, when } from "../format";
import { explain } from "../hooks";
import { usesOf } from "../screens/lists";
import { t } from "../strings";
import type { DocumentType, ReferenceList } from "../types";
import { tt } from "../typewords";

interface Props {
  client: string;
  file: File;
  /** The list to replace; "": its name is made from the file's. */
  name: string;
  lists: readonly ReferenceList[];
  types: readonly DocumentType[];
  onOther: () => void;
  onClose: () => void;
  onLoaded: (list: ReferenceList) => void;
}

/** Bytes that are enough for the first rows. */
const HEAD = 256 * 1024;

export function LoadList(props: Props) {
  const { client, file, lists, types } = props;
  const [name, setName] = useState(props.name || slug(file.name.replace(/\.\w+$/, "")));
  const [seen, setSeen] = useState<Preview | null>(null);
  const [error, setError] = useState("");
  const [wrongLine, setWrongLine] = useState<{ number: number; text: string } | null>(null);
  const [sending, setSending] = useState(false);
  useEffect(() => {
    readHead(file).then(setSeen, () => setError(tt.notUtf8));
  }, []);

  const fresh = name !== "" && /^[a-z][a-z0-9_]{0,39}$/.test(name);
  const old = lists.find((list) => list.name === name);
  const uses = usesOf(name, types);
  const missing = [...new Set(uses.flatMap((use) => use.columns))].filter(
    (column) => seen && !seen.columns.includes(column),
  );
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setSending(true);
    setError("");
    setWrongLine(null);
    try {
      props.onLoaded(await api.loadList(client, name, file));
    } catch (cause) {
      const message = explain(cause);
      setError(message);
      const number = lineOf(message);
      if (number !== null) setWrongLine({ number, text: await lineAt(file, number) });
      setSending(false);
    }
  };
  return (
    <form class="load-list" onSubmit={send} aria-label={tt.loadList}>
      <div class="load-head">
        <label>
          {tt.listName}
          <input
            class="code"
            value={name}
            required
            maxLength={40}
            pattern="[a-z][a-z0-9_]*"
            title={tt.listNameHint}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => setName(event.currentTarget.value)}
            data-testid="list-name"
          />
        </label>
        <p class="hint">
          <span class="filename">{file.name}</span> · {size(file.size)}
          {seen && (
            <>
              {" · "}
              {tt.aboutRows(`${file.size > HEAD ? "≈ " : ""}${count(seen.count)}`)}
              {" · "}
              {tt.separatedBy(tt.separators[seen.separator] ?? seen.separator)}
            </>
          )}
        </p>
        <span class="spacer" />
        <button
          type="submit"
          class="primary"
          disabled={!fresh || sending || seen === null}
          data-testid="list-send"
        >
          {sending ? tt.sending : tt.send}
        </button>
        <button type="button" onClick={props.onOther}>
          {tt.otherFile}
        </button>
        <button type="button" class="quiet" onClick={props.onClose}>
          {t.cancel}
        </button>
      </div>
      {old && <p class="warn">{tt.replacing(count(old.rows), when(old.loaded_at))}</p>}
      {missing.length > 0 && (
        <p class="warn">
          {tt.missingColumns(
            missing.join(", "),
            [...new Set(uses.map((use) => labelOf(use.type.label, use.type.name)))].join(", "),
          )}
        </p>
      )}
      {error && (
        <div class="banner" role="alert" data-testid="list-error">
          <p>{say(error)}</p>
          {wrongLine && (
            <pre>
              <span class="dim">{tt.lineN(wrongLine.number)}</span> {wrongLine.text}
            </pre>
          )}
          {seen && <p>{tt.nothingLoaded}</p>}
        </div>
      )}
      {seen && (
        <div class="preview">
          <table data-testid="list-preview">
            <caption class="unseen">{tt.preview}</caption>
            <thead>
              <tr>
                {seen.columns.map((column, place) => (
                  <th key={String(place)} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {seen.rows.map((row, number) => (
                <tr
                  key={String(number)}
                  class={row.length === seen.columns.length ? "" : "odd-row"}
                >
                  {row.map((cell, place) => (
                    <td key={String(place)}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </form>
  );
}

async function readHead(file: File): Promise<Preview> {
  const bytes = await file.slice(0, HEAD).arrayBuffer();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  // A character may be cut in two where the part ends.
  const text = decoder.decode(bytes, { stream: file.size > HEAD });
  return preview(text, bytes.byteLength, file.size);
}

const LONGEST = 300;

async function lineAt(file: File, number: number): Promise<string> {
  const lines = (await file.text()).split("\n");
  return (lines[number - 1] ?? "").slice(0, LONGEST);
}
