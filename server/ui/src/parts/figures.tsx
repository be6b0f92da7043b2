import { count } from "../format";
import { t } from "../strings";

interface Props {
  open: number | null;
  done: number | null;
  perHour: number | null;
  held: number;
  unsent: number;
}

/** The day's figures, over the middle of the top bar. */
export function Figures({ open, done, perHour, held, unsent }: Props) {
  return (
    <div class="figures">
      <span>
        <b data-testid="task-count">{open === null ? "" : count(open)}</b> {t.open}
      </span>
      <span>
        <b data-testid="done-count">{done === null ? "" : count(done)}</b> {t.doneToday}
      </span>
      <span class="minor">
        <b>{perHour === null ? "–" : count(perHour)}</b> {t.perHour}
      </span>
      <span class="minor desk-state">
        {t.inHand(held)}
        {unsent > 0 ? ` · ${t.onTheirWay(unsent)}` : ""}
      </span>
    </div>
  );
}
