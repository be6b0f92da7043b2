import { percent } from "../format";
import { t } from "../strings";

/** A machine's score as a short bar with its figure. */
export function Score({ score }: { score: number | null }) {
  if (score === null) return <span class="score">{t.byPerson}</span>;
  const level = score >= 0.9 ? "good" : score >= 0.6 ? "fair" : "poor";
  return (
    <span class="score">
      <span class="score-bar" aria-hidden="true">
        <span class={level} style={{ width: `${score * 100}%` }} />
      </span>
      {percent(score)}
    </span>
  );
}
