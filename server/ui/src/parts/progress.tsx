// A batch's documents as one bar: done, to key, to sort, being read, failed.

import { count, statusText } from "../format";
import { t } from "../strings";
import type { Batch } from "../types";

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ["final", ["final"]],
  ["keying", ["keying"]],
  ["sorting", ["sorting"]],
  ["reading", ["received", "reading", "extracting"]],
  ["failed", ["failed", "quarantined", "rejected"]],
];

export function Progress({ counts }: { counts: Batch["counts"] }) {
  const total = counts.documents;
  const parts = GROUPS.map(([name, statuses]) => ({
    name,
    n: statuses.reduce((sum, status) => sum + (counts.by_status[status] ?? 0), 0),
  })).filter((part) => part.n > 0);
  const words = parts.map((part) => `${count(part.n)} ${statusText(part.name)}`).join(", ");
  return (
    <div class="progress">
      <div class="progress-bar" role="img" aria-label={words}>
        {parts.map((part) => (
          <span key={part.name} class={part.name} style={{ width: `${(part.n / total) * 100}%` }} />
        ))}
      </div>
      <span class="progress-text">
        <b>
          {count(counts.by_status.final ?? 0)}/{count(total)}
        </b>
        {parts
          .filter((part) => part.name !== "final")
          .map((part) => ` · ${count(part.n)} ${statusText(part.name)}`)}
        {counts.tasks_open > 0 ? ` · ${t.tasksOpen(counts.tasks_open)}` : ""}
      </span>
    </div>
  );
}
