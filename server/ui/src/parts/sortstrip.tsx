// The pages of a file in a row, with the cuts between them and the documents above.

import { useEffect, useRef } from "preact/hooks";
import { labelOf, percent } from "../format";
import { usePicture } from "../hooks";
import * as s from "../sort";
import { w } from "../sortwords";
import type { Sorting, SortPage } from "../types";

interface Props {
  file: Sorting;
  plan: s.Plan;
  onMove: (place: number) => void;
  onCut: (place: number) => void;
}

export function SortStrip({ file, plan, onMove, onCut }: Props) {
  const groups = s.groupsOf(file, plan);
  const current = useRef<HTMLDivElement>(null);
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [file.id, plan.at]);
  return (
    <div class="strip" data-testid="sort-strip">
      {file.pages.map((page, place) => {
        const number = groups.findIndex((group) => group.pages.includes(page.number));
        const group = groups[number];
        const document = s.countDocuments(groups, number) + 1;
        const begins = group?.pages[0] === page.number;
        return (
          <div
            key={page.number}
            ref={place === plan.at ? current : null}
            class={place === plan.at ? "sort-page current" : "sort-page"}
            data-testid="sort-page"
            data-begins={begins}
            data-dropped={plan.dropped.has(page.number)}
            aria-current={place === plan.at ? "true" : undefined}
          >
            {group && page.number !== groups[0]?.pages[0] ? (
              <Seam page={page} cut={begins} onCut={() => onCut(place)} />
            ) : (
              <span class="seam none" />
            )}
            <button
              type="button"
              class={`leaf tint-${number < 0 ? "none" : number % 4}`}
              onClick={() => onMove(place)}
            >
              <Caption file={file} group={group} begins={begins} number={document} page={page} />
              <Thumbnail page={page} apart={plan.apart.has(page.number)} />
              <span class="leaf-foot">{foot(page, plan)}</span>
            </button>
          </div>
        );
      })}
    </div>
  );
}

function foot(page: SortPage, plan: s.Plan): string {
  const notes = [w.pageOf(page.number)];
  if (page.kind !== "page") notes.push(page.kind === "blank" ? w.blank : w.separator);
  if (plan.dropped.has(page.number)) notes.push(w.dropped);
  if (page.slips.length > 0) notes.push(w.slips(page.slips.length));
  return notes.join(" · ");
}

interface CaptionProps {
  file: Sorting;
  group: s.Group | undefined;
  begins: boolean;
  number: number;
  page: SortPage;
}

function Caption({ file, group, begins, number, page }: CaptionProps) {
  if (!group) return <span class="leaf-head">{w.dropped}</span>;
  if (!begins) return <span class="leaf-head">…</span>;
  const type = file.types.find((one) => one.name === group.type);
  const part = file.parts.find((one) => one.pages[0] === page.number);
  const doubtful = part && part.type === group.type && !part.sure;
  return (
    <span class="leaf-head begins">
      <span>{group.papers > 0 ? w.papers(group.papers) : w.document(number)}</span>
      <strong data-testid="sort-type">{type ? labelOf(type.label, type.name) : group.type}</strong>
      {doubtful && <em>{percent(part.type_score)}</em>}
    </span>
  );
}

function Seam({ page, cut, onCut }: { page: SortPage; cut: boolean; onCut: () => void }) {
  const why = page.reasons.map((reason) => w.reasons[reason] ?? reason).join(", ");
  const kind = cut ? "cut" : "joined";
  return (
    <button
      type="button"
      class={`seam ${kind}${page.sure ? "" : " unsure"}`}
      title={[cut ? w.cutHere : w.noCut, why].filter(Boolean).join(": ")}
      onClick={onCut}
      tabIndex={-1}
    >
      <span class="seam-line" />
      {!page.sure && <span class="seam-mark">?</span>}
    </button>
  );
}

function Thumbnail({ page, apart }: { page: SortPage; apart: boolean }) {
  const picture = usePicture(page.thumbnail);
  return (
    <span class="thumb" style={{ aspectRatio: `${page.width} / ${page.height}` }}>
      <img
        key={picture.key}
        src={page.thumbnail}
        alt={w.pageOf(page.number)}
        data-testid="page-image"
        onError={picture.onError}
        onLoad={picture.onLoad}
      />
      {page.slips.map(([x0, y0, x1, y1]) => (
        <span
          key={`${x0} ${y0}`}
          class={apart ? "slip apart" : "slip"}
          style={{
            left: `${x0 * 100}%`,
            top: `${y0 * 100}%`,
            width: `${(x1 - x0) * 100}%`,
            height: `${(y1 - y0) * 100}%`,
          }}
        />
      ))}
    </span>
  );
}
