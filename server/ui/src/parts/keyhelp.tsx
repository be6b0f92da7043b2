// The keyboard map, as an overlay.

import { useEffect, useRef } from "preact/hooks";
import { SHOWN } from "../keymap";
import { t } from "../strings";

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="key-help" onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">{t.keys}</h2>
      <div class="key-help-columns">
        <dl>
          {SHOWN.map(([command, keys]) => (
            <Entry key={command} keys={keys} text={t.commands[command]} />
          ))}
        </dl>
        <dl>
          {t.mouse.map(([gesture = "", text = ""]) => (
            <Entry key={gesture} keys={gesture} text={text} />
          ))}
        </dl>
      </div>
      <form method="dialog">
        <button type="submit" class="primary">
          {t.close}
        </button>
      </form>
    </dialog>
  );
}

function Entry({ keys, text }: { keys: string; text: string }) {
  return (
    <div>
      <dt>
        <kbd>{keys}</kbd>
      </dt>
      <dd>{text}</dd>
    </div>
  );
}
