import { useEffect, useRef } from "preact/hooks";
import { labelOf } from "../format";
import type { Use } from "../screens/lists";
import { t } from "../strings";
import type { ReferenceList } from "../types";
import { tt } from "../typewords";

interface Props {
  list: ReferenceList;
  uses: readonly Use[];
  onDelete: () => void;
  onClose: () => void;
}

/** Asks before a list goes, and says which fields it is missed by. */
export function DeleteList({ list, uses, onDelete, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="ask" onClose={onClose} aria-labelledby="delete-list">
      <h2 id="delete-list">{tt.deleteTitle(list.name)}</h2>
      <p>{uses.length > 0 ? tt.deleteUsed : tt.deleteUnused}</p>
      <ul class="changes">
        {uses.map((use) => (
          <li key={`${use.type.name} ${use.field}`}>
            {labelOf(use.type.label, use.type.name)}: {use.field}
          </li>
        ))}
      </ul>
      <div class="form-buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          {t.cancel}
        </button>
        <span class="spacer" />
        <button type="button" class="danger" onClick={onDelete} data-testid="list-delete-sure">
          {tt.deleteList}
        </button>
      </div>
    </dialog>
  );
}
