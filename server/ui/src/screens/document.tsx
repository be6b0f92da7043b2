// One document: its pages with every field's box, and the values beside them.

import { useMemo, useRef, useState } from "preact/hooks";
import { api, originalUrl, searchableUrl } from "../api";
import { brief, labelOf, specLabel, statusText } from "../format";
import { usePoll, useTypes } from "../hooks";
import { type PageBox, type PageHandle, PageView } from "../parts/page";
import { Score } from "../parts/score";
import { PageTools } from "../parts/tools";
import { problemText } from "../reasons";
import { follow } from "../route";
import { t } from "../strings";
import type { DocumentType, Field } from "../types";

export function DocumentScreen({ batch, id }: { batch: string; id: string }) {
  const info = usePoll(() => api.document(id), 4_000, [id]);
  const pages = usePoll(() => api.pages(id), 6_000, [id]);
  const fields = usePoll(() => api.fields(id), 4_000, [id]);
  const types = useTypes(info.data?.client_id);
  const type = types.find((known) => known.name === info.data?.type) ?? null;
  const [number, setNumber] = useState(1);
  const [chosen, setChosen] = useState<string | null>(null);
  const handle = useRef<PageHandle | null>(null);

  const items = fields.data?.items ?? [];
  const page = pages.data?.items.find((p) => p.number === number);
  const last = pages.data?.items.length ?? 0;
  const boxes = useMemo(() => boxesOn(items, number, chosen, type), [items, number, chosen, type]);
  const leaf = (step: number) => setNumber(Math.min(Math.max(number + step, 1), last));
  const choose = (field: Field) => {
    setChosen(field.id);
    if (field.page !== null) setNumber(field.page);
  };

  return (
    <main class="key">
      <div class="bench">
        <div class="docbar">
          <a href={`/batches/${batch}`} onClick={follow}>
            {t.batch}
          </a>
          <strong class="filename">{info.data?.filename ?? ""}</strong>
          {info.data && (
            <span class={`status ${info.data.status}`}>{statusText(info.data.status)}</span>
          )}
          {info.error && (
            <span class="due late" role="alert" data-testid="error-banner">
              {t.failedLoad(info.error)}
            </span>
          )}
          <span class="tools">
            <a href={originalUrl(id)} download>
              {t.original}
            </a>
            {info.data?.searchable && (
              <a href={searchableUrl(id)} download>
                {t.searchable}
              </a>
            )}
            <PageTools page={number} pages={last} onPage={leaf} handle={handle} />
          </span>
        </div>
        {page ? (
          <PageView
            image={page.image}
            width={page.width}
            height={page.height}
            alt={`${info.data?.filename ?? ""}, ${t.page(number, last)}`}
            original={originalUrl(id)}
            focus={boxes.find((b) => b.current)?.box ?? null}
            focusKey={`${chosen}/${number}`}
            boxes={boxes}
            words={[]}
            handle={handle}
            onBox={setChosen}
          />
        ) : (
          <p class="page hint">{pages.data ? (info.data?.problem?.detail ?? "") : t.loading}</p>
        )}
      </div>
      <aside class="side">
        <section class="values">
          <h2>{type ? labelOf(type.label, type.name) : t.fieldsOfDocument}</h2>
          {info.data?.problem && <p class="banner">{info.data.problem.detail}</p>}
          {fields.data && items.length === 0 && <p class="hint">{t.noFields}</p>}
          <ul>
            {items.map((field) => (
              <ValueRow
                key={field.id}
                field={field}
                type={type}
                current={field.id === chosen}
                onChoose={() => choose(field)}
              />
            ))}
          </ul>
        </section>
      </aside>
    </main>
  );
}

interface RowProps {
  field: Field;
  type: DocumentType | null;
  current: boolean;
  onChoose: () => void;
}

function ValueRow({ field, type, current, onChoose }: RowProps) {
  const specs = (field.line === null ? type?.fields : type?.lines) ?? [];
  const kind = specs.find((s) => s.name === field.name)?.kind ?? "text";
  const shown = field.value === null ? t.noValue : brief(kind, field.value);
  const problems = field.problems.map((code) => problemText({ code, message: "" }, type));
  return (
    <li>
      <button type="button" class={current ? "value current" : "value"} onClick={onChoose}>
        <span class="value-label">
          {specLabel(specs, field.name)}
          {field.line === null ? "" : ` · ${t.row(field.line + 1)}`}
        </span>
        <span class="value-text">{shown}</span>
        <Score score={field.source === "person" ? null : field.score} />
        {problems.length > 0 && <span class="value-problems">{problems.join(" · ")}</span>}
      </button>
    </li>
  );
}

function boxesOn(
  fields: readonly Field[],
  page: number,
  chosen: string | null,
  type: DocumentType | null,
): PageBox[] {
  return fields.flatMap((field) => {
    if (!field.box || field.page !== page) return [];
    const specs = (field.line === null ? type?.fields : type?.lines) ?? [];
    const title = `${specLabel(specs, field.name)}: ${field.value ?? t.noValue}`;
    const doubtful = field.status === "keying" || field.problems.length > 0;
    return [{ id: field.id, box: field.box, title, current: field.id === chosen, doubtful }];
  });
}
