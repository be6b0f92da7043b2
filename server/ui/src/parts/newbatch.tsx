import { useEffect, useRef, useState } from "preact/hooks";
import { api, newKey } from "../api";
import { labelOf } from "../format";
import { explain, useTypes } from "../hooks";
import { go } from "../route";
import { t } from "../strings";

interface Props {
  /** Names by id for staff, who must choose; null for a client's own people. */
  clients: ReadonlyMap<string, string> | null;
  onClose: () => void;
}

export function NewBatch({ clients, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState("");
  const [key] = useState(newKey);
  const [client, setClient] = useState(clients ? ([...clients.keys()][0] ?? "") : "");
  const types = useTypes(client);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const deadline = String(data.get("deadline") ?? "");
    const body: Record<string, unknown> = {
      document_type: data.get("document_type"),
      priority: Number(data.get("priority")),
      deadline: deadline ? new Date(deadline).toISOString() : null,
      external_id: String(data.get("external_id") ?? "").trim() || null,
    };
    if (clients) body.client_id = data.get("client_id");
    try {
      const batch = await api.newBatch(body, key);
      go(`/batches/${batch.id}`);
    } catch (cause) {
      setError(explain(cause));
    }
  };

  return (
    <dialog ref={dialog} class="form" onClose={onClose} aria-labelledby="new-batch">
      <form onSubmit={submit}>
        <h2 id="new-batch">{t.newBatch}</h2>
        {clients && (
          <label>
            {t.client}
            <select
              name="client_id"
              required
              value={client}
              onChange={(event) => setClient(event.currentTarget.value)}
            >
              {[...clients].map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {t.type}
          <select name="document_type">
            <option value="detect">{t.detect}</option>
            {types.map((type) => (
              <option key={type.name} value={type.name}>
                {labelOf(type.label, type.name)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t.reference}
          <input name="external_id" maxLength={200} autocomplete="off" />
        </label>
        <label>
          {t.deadline}
          <input name="deadline" type="datetime-local" />
        </label>
        <label>
          {t.priority}
          <input name="priority" type="number" min={0} max={9} defaultValue="5" required />
        </label>
        <p class="form-error" role="alert">
          {error}
        </p>
        <div class="form-buttons">
          <button type="submit" class="primary">
            {t.create}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {t.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
