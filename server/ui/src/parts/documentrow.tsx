import { labelOf, size, statusText } from "../format";
import { follow } from "../route";
import { t } from "../strings";
import type { Document, DocumentType } from "../types";

interface Props {
  document: Document;
  type: DocumentType | undefined;
  /** Whether this person may retry and reject. */
  decides: boolean;
  onRetry: () => void;
  onReject: () => void;
}

const STUCK = ["failed", "quarantined"];

export function DocumentRow({ document, type, decides, onRetry, onReject }: Props) {
  const { problem } = document;
  return (
    <tr data-testid="document-row" data-status={document.status}>
      <th scope="row" class="filename">
        <a href={`/batches/${document.batch_id}/documents/${document.id}`} onClick={follow}>
          {document.filename}
        </a>
        {document.origin && (
          <span class="dim">
            {" "}
            {document.origin.part}/{document.origin.parts}
          </span>
        )}
      </th>
      <td>{type ? labelOf(type.label, type.name) : (document.type ?? "")}</td>
      <td>
        <span class={`status ${document.status}`}>{statusText(document.status)}</span>
      </td>
      <td class="num">{document.pages ?? ""}</td>
      <td class="num">{size(document.size)}</td>
      <td class="reason">{problem ? (t.problems[problem.code] ?? problem.detail) : ""}</td>
      <td class="row-buttons">
        {decides && STUCK.includes(document.status) && (
          <>
            <button type="button" onClick={onRetry}>
              {t.retry}
            </button>
            <button type="button" onClick={onReject}>
              {t.reject}
            </button>
          </>
        )}
      </td>
    </tr>
  );
}
