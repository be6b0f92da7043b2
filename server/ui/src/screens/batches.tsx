import { useState } from "preact/hooks";
import { api, gather } from "../api";
import { labelOf, remaining, statusText, when } from "../format";
import { useNow, usePoll, useTypes } from "../hooks";
import { NewBatch } from "../parts/newbatch";
import { Progress } from "../parts/progress";
import { follow } from "../route";
import { t } from "../strings";
import type { Batch, DocumentType, User } from "../types";

const STATUSES = ["", "open", "sealed", "released"];

export function BatchesScreen({ user }: { user: User }) {
  const [status, setStatus] = useState("");
  const [limit, setLimit] = useState(50);
  const [creating, setCreating] = useState(false);
  const now = useNow(20_000);
  const types = useTypes();
  const isStaff = user.client_id === null;
  const clients = usePoll(
    async () => {
      if (!isStaff) return new Map<string, string>();
      const { items } = await api.clients();
      return new Map(items.map((c) => [c.id, c.name]));
    },
    120_000,
    [],
  );
  const query = status ? `status=${status}` : "";
  const list = usePoll(() => gather(api.batches, query, limit), 4_000, [query, limit]);
  const batches = list.data?.items ?? [];

  return (
    <main class="lists">
      <div class="lists-head">
        <h1>{t.batches}</h1>
        <fieldset class="filter" aria-label={t.status}>
          {STATUSES.map((s) => (
            <button key={s} type="button" aria-pressed={s === status} onClick={() => setStatus(s)}>
              {s ? statusText(s) : t.all}
            </button>
          ))}
        </fieldset>
        {user.role !== "downstream" && (
          <button type="button" class="primary" onClick={() => setCreating(true)}>
            {t.newBatch}
          </button>
        )}
      </div>
      {list.error && (
        <p class="banner" role="alert" data-testid="error-banner">
          {t.failedLoad(list.error)}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">{t.batch}</th>
            {isStaff && <th scope="col">{t.client}</th>}
            <th scope="col">{t.type}</th>
            <th scope="col">{t.status}</th>
            <th scope="col" class="wide">
              {t.progress}
            </th>
            <th scope="col">{t.deadline}</th>
            <th scope="col" class="num">
              {t.priority}
            </th>
            <th scope="col">{t.created}</th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <BatchRow
              key={batch.id}
              batch={batch}
              client={isStaff ? (clients.data?.get(batch.client_id) ?? batch.client_id) : null}
              type={types.find((type) => type.name === batch.document_type)}
              now={now}
            />
          ))}
        </tbody>
      </table>
      {batches.length === 0 && <p class="hint">{list.data ? t.noBatches : t.loading}</p>}
      {list.data?.next && (
        <button type="button" onClick={() => setLimit(limit + 50)}>
          {t.more}
        </button>
      )}
      {creating && (
        <NewBatch
          clients={isStaff ? (clients.data ?? new Map()) : null}
          onClose={() => setCreating(false)}
        />
      )}
    </main>
  );
}

interface RowProps {
  batch: Batch;
  client: string | null;
  type: DocumentType | undefined;
  now: number;
}

function BatchRow({ batch, client, type, now }: RowProps) {
  const done = batch.status === "released";
  const due = remaining(done ? null : batch.deadline, now);
  return (
    <tr data-testid="batch-row" data-batch={batch.id}>
      <th scope="row">
        <a href={`/batches/${batch.id}`} onClick={follow}>
          {batch.external_id ?? batch.id}
        </a>
      </th>
      {client !== null && <td>{client}</td>}
      <td>
        {type
          ? labelOf(type.label, type.name)
          : batch.document_type === "detect"
            ? t.detect
            : batch.document_type}
      </td>
      <td>
        <span
          class={`status ${batch.status}`}
          data-testid="batch-status"
          data-status={batch.status}
        >
          {statusText(batch.status)}
        </span>
      </td>
      <td>
        <Progress counts={batch.counts} />
      </td>
      <td class="tight" title={when(batch.deadline)}>
        {batch.deadline && !done ? (
          <span class={`due ${due.urgency}`}>{due.text}</span>
        ) : (
          <span class="dim">{when(batch.deadline) || "–"}</span>
        )}
      </td>
      <td class="num">{batch.priority}</td>
      <td class="dim tight">{when(batch.created_at)}</td>
    </tr>
  );
}
