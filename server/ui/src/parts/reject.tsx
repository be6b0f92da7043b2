import { useEffect, useRef } from "preact/hooks";
import { t } from "../strings";

interface Props {
  filename: string;
  onReject: (reason: string) => void;
  onClose: () => void;
}

/** Asks why a document is turned away; the reason goes to the client. */
export function Reject({ filename, onReject, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    onReject(String(data.get("reason")).trim());
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="form" onClose={onClose} aria-labelledby="reject-title">
      <form onSubmit={submit}>
        <h2 id="reject-title">{t.rejectTitle(filename)}</h2>
        <label>
          {t.rejectWhy}
          <textarea name="reason" required rows={3} maxLength={1000} />
        </label>
        <div class="form-buttons">
          <button type="submit" class="primary">
            {t.reject}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {t.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
