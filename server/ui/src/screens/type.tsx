// One document type: its fields, line items, rules and form, and how it is saved.

import { useEffect, useRef, useState } from "preact/hooks";
import { yamlUrl } from "../api";
import { labelOf } from "../format";
import { useKeyDown, useLatest } from "../hooks";
import { FieldsTab } from "../parts/fieldstab";
import { FormTab } from "../parts/formtab";
import { GeneralTab } from "../parts/generaltab";
import { LeaveDialog, StaleDialog } from "../parts/leave";
import { NewType } from "../parts/newtype";
import { RulesTab } from "../parts/rulestab";
import { follow, rename, setGuard } from "../route";
import { t } from "../strings";
import { tt } from "../typewords";
import {
  type Surroundings,
  type TypeDesk,
  useBeginning,
  useSurroundings,
  useTypeDesk,
} from "../usetype";

interface Props {
  client: string;
  name: string;
}

export function TypeScreen({ client, name }: Props) {
  const { start, error } = useBeginning(client, name);
  const around = useSurroundings(client);
  if (start) return <Editor client={client} start={start} around={around} />;
  return (
    <main class="lists">
      <Crumbs client={client} />
      {error ? (
        <p class="banner" role="alert" data-testid="error-banner">
          {t.failedLoad(error)}
        </p>
      ) : (
        <p class="hint">{t.loading}</p>
      )}
    </main>
  );
}

function Crumbs({ client }: { client: string }) {
  return (
    <nav class="crumbs">
      <a href={`/types/${client}`} onClick={follow}>
        {tt.types}
      </a>
    </nav>
  );
}

type Tab = "fields" | "lines" | "rules" | "form" | "general";
const TABS: readonly Tab[] = ["fields", "lines", "rules", "form", "general"];
const TITLES: Record<Tab, string> = {
  fields: tt.tabFields,
  lines: tt.tabLines,
  rules: tt.tabRules,
  form: tt.tabForm,
  general: tt.tabGeneral,
};

function tabOf(place: string): Tab {
  const part = place.split(".")[0] as Tab;
  return TABS.includes(part) ? part : "general";
}

interface EditorProps {
  client: string;
  start: Parameters<typeof useTypeDesk>[1];
  around: Surroundings;
}

function Editor({ client, start, around }: EditorProps) {
  const desk = useTypeDesk(client, start);
  const { draft, base, faults, dirty } = desk;
  const [tab, setTab] = useState<Tab>("fields");
  const [copying, setCopying] = useState(false);
  const [leaving, setLeaving] = useState<(() => void) | null>(null);
  const [asked, setAsked] = useState(false);
  const nextFault = useRef(0);
  useGuard(dirty, (leave) => setLeaving(() => leave));

  const save = async (over = false) => {
    setAsked(true);
    const isNew = base === null;
    if (!(await desk.save(over))) {
      nextFault.current = 0;
      showFault();
      return false;
    }
    setAsked(false);
    if (isNew) rename(`/types/${client}/${draft.name}`);
    return true;
  };
  useKeyDown((event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const run = (work: (() => void) | null) => {
      event.preventDefault();
      work?.();
    };
    if (key === "s") run(() => !desk.locked && void save());
    else if (key === "z") run(event.shiftKey ? desk.redo : desk.undo);
    else if (key === "y") run(desk.redo);
  });

  const showFault = () => {
    const fault = faults[nextFault.current % faults.length];
    nextFault.current += 1;
    if (!fault) return;
    setTab(tabOf(fault.field));
    setTimeout(() => focusPlace(fault.field), 0);
  };
  const shown = asked ? faults : faults.filter((fault) => !fault.gap);
  const count = (one: Tab) => shown.filter((fault) => tabOf(fault.field) === one).length;
  const tabProps = { desk, around, client, faults: shown };

  return (
    <main class="type-editor">
      <header class="type-head">
        <div class="type-title">
          <Crumbs client={client} />
          <span class="dim" aria-hidden="true">
            ›
          </span>
          <h1>{labelOf(draft.label, draft.name || tt.newType)}</h1>
          <span class="dim">{state(desk)}</span>
          <span class="spacer" />
          {!desk.locked && (
            <>
              <button
                type="button"
                class="quiet"
                disabled={!desk.undo}
                onClick={() => desk.undo?.()}
                title="Ctrl Z"
              >
                {tt.undo}
              </button>
              <button
                type="button"
                class="quiet"
                disabled={!desk.redo}
                onClick={() => desk.redo?.()}
                title="Ctrl Shift Z"
              >
                {tt.redo}
              </button>
            </>
          )}
          {base && (
            <a
              class="button quiet"
              href={yamlUrl(client, base.name)}
              download={`${base.name}.yaml`}
              title={tt.exportHint}
            >
              {tt.exportYaml}
            </a>
          )}
          {desk.locked ? (
            <>
              <button type="button" onClick={() => setCopying(true)}>
                {tt.copyAsNew}
              </button>
              <button
                type="button"
                class="primary"
                title={tt.changeForClientHint}
                onClick={desk.unlock}
                data-testid="unlock"
              >
                {tt.changeForClient}
              </button>
            </>
          ) : (
            <button
              type="button"
              class="primary"
              disabled={!dirty || desk.saving}
              onClick={() => void save()}
              title="Ctrl S"
              data-testid="save-type"
            >
              {tt.save}
            </button>
          )}
        </div>
        <Message desk={desk} asked={asked} onFault={showFault} />
        <div class="tabs" role="tablist" aria-label={tt.contents}>
          {TABS.map((one) => (
            <TabButton
              key={one}
              tab={one}
              current={tab === one}
              items={itemsIn(desk, one)}
              faults={count(one)}
              onChoose={setTab}
            />
          ))}
        </div>
      </header>
      <section class={`type-body ${tab}`} role="tabpanel" id="type-panel" aria-label={TITLES[tab]}>
        {tab === "fields" && <FieldsTab {...tabProps} part="fields" />}
        {tab === "lines" && <FieldsTab {...tabProps} part="lines" />}
        {tab === "rules" && <RulesTab {...tabProps} />}
        {tab === "form" && <FormTab {...tabProps} />}
        {tab === "general" && <GeneralTab {...tabProps} />}
      </section>
      {copying && (
        <NewType
          client={client}
          types={around.types}
          from={base?.name ?? ""}
          onClose={() => setCopying(false)}
        />
      )}
      {leaving && (
        <LeaveDialog
          onStay={() => setLeaving(null)}
          onDiscard={leaving}
          onSave={async () => {
            if (await desk.save()) leaving();
            else setLeaving(null);
          }}
        />
      )}
      {desk.theirs && base && (
        <StaleDialog
          base={base}
          theirs={desk.theirs}
          onMine={() => void save(true)}
          onTheirs={desk.takeTheirs}
          onClose={desk.forgetTheirs}
        />
      )}
    </main>
  );
}

function state(desk: TypeDesk): string {
  const { base, dirty } = desk;
  if (!base) return tt.notSaved;
  const version = tt.versionN(base.version);
  return dirty ? `${version} · ${tt.unsaved}` : version;
}

function itemsIn(desk: TypeDesk, tab: Tab): number {
  if (tab === "form") return desk.draft.form?.zones.length ?? 0;
  if (tab === "general") return 0;
  return desk.draft[tab].length;
}

interface TabButtonProps {
  tab: Tab;
  current: boolean;
  items: number;
  faults: number;
  onChoose: (tab: Tab) => void;
}

function TabButton({ tab, current, items, faults, onChoose }: TabButtonProps) {
  const step = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length] ?? tab;
    onChoose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${tab}`}
      aria-selected={current}
      aria-controls="type-panel"
      tabIndex={current ? 0 : -1}
      onClick={() => onChoose(tab)}
      onKeyDown={step}
      data-testid={`tab-${tab}`}
    >
      {TITLES[tab]}
      {items > 0 && <span class="tab-count">{items}</span>}
      {faults > 0 && (
        <span class="tab-faults" title={tt.faults(faults)}>
          {faults}
        </span>
      )}
    </button>
  );
}

interface MessageProps {
  desk: TypeDesk;
  asked: boolean;
  onFault: () => void;
}

/** One line for what has happened or would happen; always there, so that nothing jumps. */
function Message({ desk, asked, onFault }: MessageProps) {
  const { base, faults } = desk;
  if (desk.error) {
    return (
      <p class="type-message trouble" role="alert" data-testid="type-error">
        {desk.error}
      </p>
    );
  }
  if (desk.locked) return <p class="type-message">{tt.builtinNote}</p>;
  if (asked && faults.length > 0) {
    return (
      <p class="type-message trouble" role="alert" data-testid="type-error">
        {tt.faults(faults.length)}
        <button type="button" class="quiet" onClick={onFault}>
          {tt.goToFault}
        </button>
      </p>
    );
  }
  if (desk.notice) {
    return (
      <p class="type-message done" role="status" data-testid="type-saved">
        {desk.notice}
      </p>
    );
  }
  if (!desk.dirty || !base) return <p class="type-message" />;
  const next = base.client_id === null ? 1 : base.version + 1;
  const kept = desk.use.map((one) => tt.keep(one.batches, one.version));
  return <p class="type-message">{[tt.becomes(next), ...kept].join("; ")}.</p>;
}

/** Ask before unsaved changes are lost: by a link, by the back button, by closing the window. */
function useGuard(dirty: boolean, ask: (leave: () => void) => void): void {
  const latest = useLatest(ask);
  useEffect(() => {
    if (!dirty) return;
    const stop = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", stop);
    setGuard((leave) => {
      latest.current(leave);
      return false;
    });
    return () => {
      window.removeEventListener("beforeunload", stop);
      setGuard(null);
    };
  }, [dirty]);
}

function focusPlace(place: string): void {
  const parts = place.split(".");
  for (let length = parts.length; length > 0; length -= 1) {
    const found = document.querySelector<HTMLElement>(
      `[data-place="${CSS.escape(parts.slice(0, length).join("."))}"]`,
    );
    if (found) {
      found.focus();
      found.scrollIntoView({ block: "nearest" });
      return;
    }
  }
}
