// An empty form to draw on: uploaded now, or before.

import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { when } from "../format";
import { explain } from "../hooks";
import { t } from "../strings";
import type { Blank } from "../types";
import { tt } from "../typewords";

interface Props {
  client: string;
  onChoose: (blank: Blank) => void;
}

export function BlankChoice({ client, onChoose }: Props) {
  const chooser = useRef<HTMLInputElement>(null);
  const [known, setKnown] = useState<readonly Blank[]>([]);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState("");
  useEffect(() => {
    api.blanks(client).then(
      ({ items }) => setKnown(items),
      () => {}, // one can be uploaded all the same
    );
  }, [client]);
  const send = async (file: File | undefined) => {
    if (!file) return;
    setSending(true);
    setError("");
    try {
      onChoose(await api.newBlank(client, file));
    } catch (cause) {
      setError(explain(cause));
      setSending(false);
    }
  };
  return (
    <>
      <button
        type="button"
        class={over ? "drop over" : "drop"}
        disabled={sending}
        onClick={() => chooser.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void send(event.dataTransfer?.files[0]);
        }}
      >
        {sending ? t.uploading : over ? t.dropHere : tt.uploadBlank}
      </button>
      <input
        ref={chooser}
        type="file"
        accept="application/pdf,image/*"
        hidden
        onChange={(event) => {
          void send(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
        data-testid="blank-input"
      />
      <p class="form-error" role="alert">
        {error}
      </p>
      {known.length > 0 && (
        <section>
          <h2>{tt.takeBlank}</h2>
          <ul class="blanks">
            {known.map((blank) => (
              <li key={blank.id}>
                <button type="button" onClick={() => onChoose(blank)}>
                  {blank.pages[0] && <img src={blank.pages[0].image} alt="" loading="lazy" />}
                  <span class="filename">{blank.filename ?? blank.id}</span>
                  <span class="dim">{when(blank.created_at)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
