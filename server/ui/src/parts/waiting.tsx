import { useEffect } from "preact/hooks";
import { t } from "../strings";

interface Props {
  /** Whether the server has said that there is nothing. */
  ready: boolean;
  paused: boolean;
  onResume: () => void;
}

/** Nothing in hand: looking for work, waiting for it, or paused. */
export function Waiting({ ready, paused, onResume }: Props) {
  useEffect(() => {
    document.title = "Scrivano";
  }, []);
  if (!ready && !paused) {
    return (
      <section class="waiting" aria-live="polite">
        <p class="hint late-show">{t.looking}</p>
      </section>
    );
  }
  return (
    <section class="waiting" aria-live="polite" data-testid="no-work">
      <svg class={paused ? "cup" : "cup steaming"} viewBox="0 0 64 64" aria-hidden="true">
        <path class="steam" d="M24 22c-4-5 4-8 0-14M36 22c-4-5 4-8 0-14" />
        <path d="M12 28h36v14a12 12 0 0 1-12 12H24a12 12 0 0 1-12-12zM48 32h3a6 6 0 0 1 0 12h-3" />
      </svg>
      <h1>{paused ? t.paused : t.nothingToDo}</h1>
      <p class="hint">{paused ? t.pausedMore : t.nothingToDoMore}</p>
      {paused && (
        <button type="button" class="primary" onClick={onResume}>
          {t.keying}
        </button>
      )}
    </section>
  );
}
