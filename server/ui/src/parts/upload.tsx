// Files into an open batch: dropped or chosen, three at a time, each with its own outcome.

import { useRef, useState } from "preact/hooks";
import { api, newKey } from "../api";
import { size } from "../format";
import { explain } from "../hooks";
import { t } from "../strings";

interface Sent {
  key: string;
  file: File;
  state: "waiting" | "sending" | "done" | "duplicate" | "failed";
  error: string;
}

const AT_ONCE = 3;

export function Upload({ batch, onReceived }: { batch: string; onReceived: () => void }) {
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const [over, setOver] = useState(false);
  const queue = useRef<Sent[]>([]);
  const running = useRef(0);
  const chooser = useRef<HTMLInputElement>(null);

  const mark = (key: string, part: Partial<Sent>) =>
    setSent((old) => old.map((s) => (s.key === key ? { ...s, ...part } : s)));

  const pump = () => {
    while (running.current < AT_ONCE) {
      const next = queue.current.shift();
      if (!next) return;
      running.current += 1;
      void send(next).finally(() => {
        running.current -= 1;
        pump();
      });
    }
  };

  const send = async ({ key, file }: Sent) => {
    mark(key, { state: "sending", error: "" });
    try {
      // The same key on a second try: the server takes the file once.
      const { items } = await api.upload(batch, file, key);
      mark(key, { state: items[0]?.duplicate_of ? "duplicate" : "done" });
      onReceived();
    } catch (cause) {
      mark(key, { state: "failed", error: explain(cause) });
    }
  };

  const add = (files: Iterable<File>) => {
    const fresh = [...files].map(
      (file): Sent => ({ key: newKey(), file, state: "waiting", error: "" }),
    );
    setSent((old) => [...old, ...fresh]);
    queue.current.push(...fresh);
    pump();
  };

  const again = (one: Sent) => {
    mark(one.key, { state: "waiting", error: "" });
    queue.current.push(one);
    pump();
  };

  return (
    <section class="upload">
      <button
        type="button"
        class={over ? "drop over" : "drop"}
        onClick={() => chooser.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          add(event.dataTransfer?.files ?? []);
        }}
        data-testid="upload-drop"
      >
        {over ? t.dropHere : t.drop}
      </button>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          add(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
        }}
        data-testid="upload-input"
      />
      {sent.length > 0 && (
        <ul class="upload-list" aria-live="polite">
          {sent.map((one) => (
            <li key={one.key} class={one.state}>
              <span class="filename">{one.file.name}</span>
              <span class="dim">{size(one.file.size)}</span>
              <span>{stateText(one)}</span>
              {one.state === "failed" && (
                <button type="button" class="quiet" onClick={() => again(one)}>
                  {t.again}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function stateText(one: Sent): string {
  if (one.state === "failed") return one.error;
  if (one.state === "done") return t.uploaded;
  return one.state === "duplicate" ? t.duplicate : t.uploading;
}
