// Buttons that move and leaf the page.

import type { ComponentChildren } from "preact";
import { t } from "../strings";
import type { PageHandle } from "./page";

export const PAGE = (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path d="M3.5 1.5h9v13h-9zM6 5h4M6 8h4M6 11h4" />
  </svg>
);

interface Props {
  page: number;
  pages: number;
  onPage: (step: number) => void;
  handle: { current: PageHandle | null };
}

export function PageTools({ page, pages, onPage, handle }: Props) {
  return (
    <>
      {pages > 1 && (
        <>
          <Tool label={t.previousPage} keys="Page ↑" onClick={() => onPage(-1)}>
            ‹
          </Tool>
          <span class="page-no">{t.pageShort(page, pages)}</span>
          <Tool label={t.nextPage} keys="Page ↓" onClick={() => onPage(1)}>
            ›
          </Tool>
        </>
      )}
      <Tool label={t.zoomOut} keys="Alt −" onClick={() => handle.current?.zoom(0.8)}>
        −
      </Tool>
      <Tool label={t.zoomIn} keys="Alt +" onClick={() => handle.current?.zoom(1.25)}>
        +
      </Tool>
      <Tool label={t.wholePage} keys="F2" onClick={() => handle.current?.toggleWhole()}>
        {PAGE}
      </Tool>
    </>
  );
}

interface ToolProps {
  label: string;
  keys: string;
  onClick: () => void;
  children: ComponentChildren;
}

export function Tool({ label, keys, onClick, children }: ToolProps) {
  return (
    <button
      type="button"
      class="tool"
      aria-label={label}
      title={`${label} (${keys})`}
      // A click must not take the focus from the input.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
