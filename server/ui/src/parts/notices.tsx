// Calm news at the foot of the keying screen: trouble with the network, entries that came back.

import { useEffect } from "preact/hooks";
import { taskLabel } from "../format";
import type { Notice } from "../queue";
import { t } from "../strings";

const SHOWN_FOR = 10_000;

interface Props {
  trouble: string | null;
  kept: number;
  notice: Notice | null;
  onDismiss: () => void;
}

export function Notices({ trouble, kept, notice, onDismiss }: Props) {
  useEffect(() => {
    // What was typed and not taken stays until it has been read.
    if (!notice || notice.kind === "failed") return;
    const timer = setTimeout(onDismiss, SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="notices" role="status">
      {trouble !== null && (
        <p class="notice" data-testid="error-banner">
          {trouble === "" ? t.offline(kept) : t.serverTrouble(trouble)}
        </p>
      )}
      {notice && (
        <p class="notice" data-testid="notice">
          <span>{wordsOf(notice)}</span>
          <button type="button" class="quiet" onClick={onDismiss}>
            {t.gotIt}
          </button>
        </p>
      )}
    </div>
  );
}

function wordsOf(notice: Notice): string {
  const label = taskLabel(notice.task);
  if (notice.kind === "lost") return t.noticeLost(label);
  if (notice.kind === "refused") return t.noticeRefused(label);
  return t.noticeFailed(label, notice.text, notice.detail);
}
