// Questions before something typed is lost.

import { useEffect, useRef } from "preact/hooks";
import { diffTypes } from "../typediff";
import type { DocumentType } from "../types";
import { tt } from "../typewords";

function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return dialog;
}

interface LeaveProps {
  onStay: () => void;
  onDiscard: () => void;
  onSave: () => void;
}

export function LeaveDialog({ onStay, onDiscard, onSave }: LeaveProps) {
  const dialog = useModal();
  return (
    <dialog ref={dialog} class="ask" onClose={onStay} aria-labelledby="leave-title">
      <h2 id="leave-title">{tt.leaveTitle}</h2>
      <p>{tt.leaveMore}</p>
      <div class="form-buttons">
        <button type="button" class="primary" onClick={onSave} data-testid="leave-save">
          {tt.saveAndLeave}
        </button>
        <button type="button" onClick={() => dialog.current?.close()} data-testid="leave-stay">
          {tt.stay}
        </button>
        <span class="spacer" />
        <button type="button" class="danger" onClick={onDiscard} data-testid="leave-discard">
          {tt.discard}
        </button>
      </div>
    </dialog>
  );
}

interface StaleProps {
  base: DocumentType;
  theirs: DocumentType;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}

export function StaleDialog({ base, theirs, onMine, onTheirs, onClose }: StaleProps) {
  const dialog = useModal();
  return (
    <dialog
      ref={dialog}
      class="ask"
      onClose={onClose}
      aria-labelledby="stale-title"
      data-testid="stale"
    >
      <h2 id="stale-title">{tt.staleTitle}</h2>
      <p>{tt.staleMore(theirs.version, base.version)}</p>
      <p>{tt.staleTheirs(theirs.version)}</p>
      <ul class="changes">
        {diffTypes(base, theirs).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <div class="choices">
        <button type="button" onClick={onMine} data-testid="stale-mine">
          <b>{tt.staleKeepMine(theirs.version + 1)}</b>
          <span>{tt.staleKeepMineHint}</span>
        </button>
        <button type="button" onClick={onTheirs} data-testid="stale-theirs">
          <b>{tt.staleTakeTheirs}</b>
          <span>{tt.staleTakeTheirsHint}</span>
        </button>
      </div>
      <div class="form-buttons">
        <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
          {tt.staleLook}
        </button>
      </div>
    </dialog>
  );
}
