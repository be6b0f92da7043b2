// One line above the page: whose paper this is, and the tools of the window.

import { labelOf, remaining } from "../format";
import { useNow } from "../hooks";
import { t } from "../strings";
import type { BatchWork, DocumentType, Task } from "../types";
import type { PageHandle } from "./page";
import { PageTools, Tool } from "./tools";

interface Props {
  task: Task;
  type: DocumentType | null;
  work: BatchWork | null;
  page: number;
  onPage: (step: number) => void;
  handle: { current: PageHandle | null };
  onHelp: () => void;
}

export function DocBar({ task, type, work, page, onPage, handle, onHelp }: Props) {
  const now = useNow(20_000);
  const time = remaining(work?.deadline ?? null, now);
  return (
    <div class="docbar">
      <strong>{task.client.name}</strong>
      <span class="dim">{work?.external_id ?? (type ? labelOf(type.label, type.name) : "")}</span>
      <span class="filename" title={task.filename}>
        {task.filename}
      </span>
      {time.urgency !== "none" && <span class={`due ${time.urgency}`}>{time.text}</span>}
      <span class="tools">
        <PageTools page={page} pages={task.pages} onPage={onPage} handle={handle} />
        <Tool label={t.keys} keys="F1" onClick={onHelp}>
          ?
        </Tool>
      </span>
    </div>
  );
}
