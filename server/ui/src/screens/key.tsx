// The keying screen: the desk in the middle, figures above, notices over it.

import { useRef, useState } from "preact/hooks";
import { api } from "../api";
import { useKeyDown, usePoll, usePreload, useTypes } from "../hooks";
import { Figures } from "../parts/figures";
import { Notices } from "../parts/notices";
import { Waiting } from "../parts/waiting";
import { type Given, Workbench } from "../parts/workbench";
import type { BatchWork, User } from "../types";
import { useDesk } from "../usedesk";

interface Tally {
  keystrokes: number;
  seconds: number;
}

/** What was answered in the document in hand, ahead of the server. */
interface Answered {
  document: string;
  values: ReadonlyMap<string, string | null>;
}

/** What the API takes for one entry: a day, and many key presses. */
const LONGEST = 86_400;
const MOST = 100_000;

const NOTHING: Answered = { document: "", values: new Map() };

export function KeyScreen({ user, signedIn }: { user: User; signedIn: boolean }) {
  const dirty = useRef(false);
  const { standing, runner } = useDesk(user, signedIn, dirty);
  const { desk } = standing;
  const [tally, setTally] = useState<Tally>({ keystrokes: 0, seconds: 0 });
  const [answered, setAnswered] = useState(NOTHING);
  const types = useTypes(desk.held[0]?.task.client.id);
  const summary = usePoll(
    async () => {
      const told = await api.summary();
      return { ...told, sentThen: runner.standing.desk.sent };
    },
    8_000,
    [signedIn],
  );
  // A batch leaves the summary when its last task is claimed; its deadline is still wanted.
  const batches = useRef(new Map<string, BatchWork>()).current;
  for (const batch of summary.data?.by_batch ?? []) batches.set(batch.batch_id, batch);
  usePreload(desk.held.map((h) => h.task.image));
  useKeyDown(() => runner.touch());

  const current = desk.held[0];
  if (!current) dirty.current = false;

  const answer = (given: Given) => {
    if (!current) return;
    const { document_id, field } = current.task;
    const { value, force, seconds, keystrokes } = given;
    setTally((old) => ({
      keystrokes: old.keystrokes + keystrokes,
      seconds: old.seconds + Math.min(seconds, 120),
    }));
    setAnswered((old) => {
      const values = new Map(old.document === document_id ? old.values : []);
      return {
        document: document_id,
        values: values.set(`${field.line ?? ""}/${field.name}`, value),
      };
    });
    const { spent } = current;
    const effort = {
      seconds: Math.min(seconds + spent.seconds, LONGEST),
      keystrokes: Math.min(keystrokes + spent.keystrokes, MOST),
    };
    runner.answer({ value, force, ...effort }, given.text);
  };

  const since = desk.sent - (summary.data?.sentThen ?? 0);
  return (
    <>
      <Figures
        open={summary.data ? Math.max(0, summary.data.open + summary.data.claimed - since) : null}
        done={summary.data ? summary.data.done_today + since : null}
        perHour={tally.seconds > 30 ? (tally.keystrokes / tally.seconds) * 3600 : null}
        held={desk.held.length}
        unsent={desk.outbox.length}
      />
      <main class="key" onPointerDown={() => runner.touch()}>
        {current ? (
          <Workbench
            held={current}
            type={types.find((type) => type.name === current.task.document_type) ?? null}
            work={batches.get(current.task.batch_id) ?? null}
            answered={
              answered.document === current.task.document_id ? answered.values : NOTHING.values
            }
            canGoBack={desk.outbox.length > 0 && desk.outbox.at(-1)?.sending === false}
            dirty={dirty}
            onAnswer={answer}
            onSkip={() => runner.skip()}
            onBack={() => runner.back()}
          />
        ) : (
          <Waiting
            ready={standing.ready && standing.trouble === null}
            paused={standing.paused}
            onResume={() => runner.touch()}
          />
        )}
        <Notices
          trouble={standing.trouble}
          kept={desk.outbox.length}
          notice={desk.notice}
          onDismiss={() => runner.dismiss()}
        />
      </main>
    </>
  );
}
