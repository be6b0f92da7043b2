// The desk runner as a hook: it works as long as the keying screen is there.

import { useEffect, useRef, useState } from "preact/hooks";
import { DeskRunner, type Standing, tabStore } from "./desk";
import type { User } from "./types";

export interface UsedDesk {
  standing: Standing;
  runner: DeskRunner;
}

/** `dirty` is read whenever it matters whether something half typed would be lost. */
export function useDesk(user: User, signedIn: boolean, dirty: { current: boolean }): UsedDesk {
  const [, repaint] = useState(0);
  const ref = useRef<DeskRunner | null>(null);
  ref.current ??= new DeskRunner(
    tabStore(user.id),
    () => repaint((n) => n + 1),
    () => dirty.current,
  );
  const runner = ref.current;

  useEffect(() => {
    void runner.run();
    const online = () => runner.retry();
    const hide = () => runner.leave();
    const warn = (event: BeforeUnloadEvent) => {
      if (dirty.current || runner.standing.desk.outbox.length > 0) event.preventDefault();
    };
    window.addEventListener("online", online);
    window.addEventListener("pagehide", hide);
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("pagehide", hide);
      window.removeEventListener("beforeunload", warn);
      runner.close();
    };
  }, []);

  useEffect(() => {
    if (signedIn) runner.retry();
  }, [signedIn]);

  return { standing: runner.standing, runner };
}
