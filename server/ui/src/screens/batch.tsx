// One batch: progress, releases, files, and the documents with what went wrong.

import { useState } from "preact/hooks";
import { api, gather } from "../api";
import { remaining, statusText, when } from "../format";
import { explain, useNow, usePoll, useTypes } from "../hooks";
import { DocumentRow } from "../parts/documentrow";
import { Progress } from "../parts/progress";
import { Reject } from "../parts/reject";
import { Upload } from "../parts/upload";
import { follow } from "../route";
import { t } from "../strings";
import type { Document, Release, User } from "../types";

export function BatchScreen({ id, user }: { id: string; user: User }) {
  const [limit, setLimit] = useState(100);
  const [error, setError] = useState("");
  const [rejecting, setRejecting] = useState<Document | null>(null);
  const now = useNow(20_000);
  const query = `batch_id=${encodeURIComponent(id)}`;
  const batch = usePoll(() => api.batch(id), 3_000, [id]);
  const documents = usePoll(() => gather(api.documents, query, limit), 3_000, [query, limit]);
  const releases = usePoll(() => api.releases(id), 5_000, [id]);
  const data = batch.data;
  const types = useTypes(data?.client_id);
  const decides = user.role === "supervisor" || user.role === "admin";
  const delivers = decides || user.role === "client";

  const act = async (action: () => Promise<unknown>) => {
    setError("");
    try {
      await action();
    } catch (cause) {
      setError(explain(cause));
    }
    await Promise.all([batch.reload(), documents.reload(), releases.reload()]);
  };

  const trouble = error || (batch.error ? t.failedLoad(batch.error) : "");
  return (
    <main class="lists">
      <nav class="crumbs">
        <a href="/batches" onClick={follow}>
          {t.batches}
        </a>
      </nav>
      {trouble && (
        <p class="banner" role="alert" data-testid="error-banner">
          {trouble}
        </p>
      )}
      {data ? (
        <>
          <div class="lists-head">
            <h1>{data.external_id ?? data.id}</h1>
            <span
              class={`status ${data.status}`}
              data-testid="batch-status"
              data-status={data.status}
            >
              {statusText(data.status)}
            </span>
            {data.deadline && data.status !== "released" && (
              <span
                class={`due ${remaining(data.deadline, now).urgency}`}
                title={when(data.deadline)}
              >
                {remaining(data.deadline, now).text}
              </span>
            )}
            <span class="spacer" />
            {data.status === "open" && delivers && (
              <button
                type="button"
                class="primary"
                disabled={data.counts.documents === 0}
                onClick={() => act(() => api.seal(id))}
                data-testid="seal"
              >
                {t.seal}
              </button>
            )}
          </div>
          <Progress counts={data.counts} />
          {data.status === "sealed" && <p class="hint">{t.sealMore}</p>}
          <Releases releases={releases.data?.items ?? []} />
          {data.status === "open" && delivers && (
            <Upload batch={id} onReceived={() => void documents.reload()} />
          )}
        </>
      ) : (
        !batch.error && <p class="hint">{t.loading}</p>
      )}
      <h2>{t.documents}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.file}</th>
            <th scope="col">{t.type}</th>
            <th scope="col">{t.status}</th>
            <th scope="col" class="num">
              {t.pages}
            </th>
            <th scope="col" class="num">
              {t.size}
            </th>
            <th scope="col" class="wide">
              {t.reason}
            </th>
            <th scope="col">
              <span class="unseen">{t.retry}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {(documents.data?.items ?? []).map((document) => (
            <DocumentRow
              key={document.id}
              document={document}
              type={types.find((type) => type.name === document.type)}
              decides={decides}
              onRetry={() => act(() => api.retry(document.id))}
              onReject={() => setRejecting(document)}
            />
          ))}
        </tbody>
      </table>
      {documents.data?.items.length === 0 && <p class="hint">{t.noDocuments}</p>}
      {documents.data?.next && (
        <button type="button" onClick={() => setLimit(limit + 100)}>
          {t.more}
        </button>
      )}
      {rejecting && (
        <Reject
          filename={rejecting.filename}
          onClose={() => setRejecting(null)}
          onReject={(reason) => act(() => api.reject(rejecting.id, reason))}
        />
      )}
    </main>
  );
}

function Releases({ releases }: { releases: readonly Release[] }) {
  if (releases.length === 0) return null;
  return (
    <section class="releases" aria-label={t.releases}>
      {releases.map((release) => (
        <div key={release.id} class="release">
          <strong>{t.release(release.version)}</strong>
          <span class="dim">{when(release.created_at)}</span>
          <DownloadLink release={release} file="data.json" text="JSON" />
          <DownloadLink release={release} file="data.csv" text="CSV" />
          <DownloadLink release={release} file="lines.csv" text={t.rowsCsv} />
          <DownloadLink release={release} file="manifest" text={t.manifest} />
          <span class="dim">{release.acknowledged_at ? t.acknowledged : t.notAcknowledged}</span>
          <code title="SHA-256">{release.sha256.slice(0, 12)}</code>
        </div>
      ))}
    </section>
  );
}

function DownloadLink({ release, file, text }: { release: Release; file: string; text: string }) {
  const name = `${release.batch_id}-${release.version}-${file}${file === "manifest" ? ".json" : ""}`;
  return (
    <a href={`/v1/releases/${release.id}/${file}`} download={name} data-testid="release-link">
      {text}
    </a>
  );
}
