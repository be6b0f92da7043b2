// The type in hand: what is typed, what the server says about it, and how it is saved.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api, Refusal } from "./api";
import { type Draft, emptyDraft, toDefinition, toDraft } from "./draft";
import { allFaults, byId, complete, ownFaults } from "./faults";
import { begin, change, type History, redo, undo } from "./history";
import { explain, forgetTypes, useLatest } from "./hooks";
import { NEW, takeSeed } from "./parts/newtype";
import type { DocumentType, Fault, FieldSpec, ReferenceList, TypeUse } from "./types";
import { tt } from "./typewords";

/** Milliseconds of quiet before the server is asked. */
const PAUSE = 350;

export interface TypeDesk {
  draft: Draft;
  edit: (work: (draft: Draft) => Draft, about?: string) => void;
  undo: (() => void) | null;
  redo: (() => void) | null;
  /** The saved version that this began with; null: there is none yet. */
  base: DocumentType | null;
  /** Comes with the system, and nobody has asked to change it. */
  locked: boolean;
  unlock: () => void;
  dirty: boolean;
  /** The server has not said yet what it thinks of what is typed. */
  checking: boolean;
  faults: readonly Fault[];
  use: TypeUse["versions"];
  saving: boolean;
  save: (over?: boolean) => Promise<boolean>;
  notice: string;
  error: string;
  /** A newer version that somebody else has saved meanwhile. */
  theirs: DocumentType | null;
  forgetTheirs: () => void;
  takeTheirs: () => void;
}

export interface Surroundings {
  types: readonly DocumentType[];
  lists: readonly ReferenceList[];
  /** Fields that the system knows by name. */
  known: readonly FieldSpec[];
}

export function useSurroundings(client: string): Surroundings {
  const [types, setTypes] = useState<readonly DocumentType[]>([]);
  const [lists, setLists] = useState<readonly ReferenceList[]>([]);
  useEffect(() => {
    const quiet = () => {}; // what cannot be loaded cannot be chosen; saving tells why
    api.typesOf(client).then(({ items }) => setTypes(items), quiet);
    api.lists(client).then(({ items }) => setLists(items), quiet);
  }, [client]);
  const known = useMemo(() => {
    const found = new Map<string, FieldSpec>();
    for (const type of types) {
      if (type.client_id !== null) continue;
      for (const spec of type.fields) if (!found.has(spec.name)) found.set(spec.name, spec);
    }
    return [...found.values()];
  }, [types]);
  return { types, lists, known };
}

/** The type of this name to begin with: what the server has, or a new one. */
export function useBeginning(client: string, name: string) {
  const [start, setStart] = useState<{ draft: Draft; base: DocumentType | null } | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    if (name === NEW) {
      setStart({ draft: takeSeed() ?? emptyDraft({}), base: null });
      return;
    }
    api.type(client, name).then(
      (base) => setStart({ draft: toDraft(base), base }),
      (cause) => setError(explain(cause)),
    );
  }, [client, name]);
  return { start, error };
}

export function useTypeDesk(
  client: string,
  start: { draft: Draft; base: DocumentType | null },
): TypeDesk {
  const [history, setHistory] = useState<History<Draft>>(() => begin(start.draft));
  const [base, setBase] = useState(start.base);
  const [saved, setSaved] = useState(start.base ? start.draft : null);
  const [unlocked, setUnlocked] = useState(false);
  const [use, setUse] = useState<TypeUse["versions"]>([]);
  const [saving, setSaving] = useState(false);
  const [notice, setNotice] = useState("");
  const [error, setError] = useState("");
  const [theirs, setTheirs] = useState<DocumentType | null>(null);
  const draft = history.now;
  const locked = base !== null && base.client_id === null && !unlocked;
  const definition = useMemo(() => toDefinition(draft), [draft]);
  const dirty = useMemo(
    () => !saved || JSON.stringify(toDefinition(saved)) !== JSON.stringify(definition),
    [saved, definition],
  );
  const { faults, checking, tell } = useFaults(client, draft, locked);
  const latest = useLatest({ draft, base });

  const isOwn = base !== null && base.client_id !== null;
  const refreshUse = async (name: string) => {
    const { versions } = await api.typeUse(client, name);
    setUse(versions);
    return versions;
  };
  useEffect(() => {
    if (isOwn && base) refreshUse(base.name).catch(() => {});
  }, [base]);

  const edit = (work: (draft: Draft) => Draft, about = "") => {
    if (locked) return;
    setNotice("");
    setHistory((old) => change(old, work(old.now), about));
  };

  const save = async (over = false): Promise<boolean> => {
    const { draft: mine, base: from } = latest.current;
    if (saving || ownFaults(mine).length > 0) return false;
    setSaving(true);
    setError("");
    setNotice("");
    const body = toDefinition(mine);
    try {
      const version = over ? {} : { version: from?.version };
      const kept =
        from && from.client_id !== null
          ? await api.reviseType(client, from.name, { ...body, ...version })
          : await api.createType(client, body);
      setNotice(kept.version === from?.version ? tt.savedSame(kept.version) : "");
      forgetTypes();
      setBase(kept);
      setSaved(mine);
      setUnlocked(false);
      setTheirs(null);
      const versions = await refreshUse(kept.name).catch(() => []);
      if (kept.version !== from?.version) setNotice(afterSave(kept.version, versions));
      return true;
    } catch (cause) {
      if (cause instanceof Refusal && cause.status === 412 && from) {
        setTheirs(await api.type(client, from.name).catch(() => null));
      } else if (cause instanceof Refusal && cause.faults.length > 0) {
        tell(byId(cause.faults, mine));
      } else setError(explain(cause));
      return false;
    } finally {
      setSaving(false);
    }
  };

  return {
    draft,
    edit,
    undo: history.past.length > 0 ? () => setHistory(undo) : null,
    redo: history.future.length > 0 ? () => setHistory(redo) : null,
    base,
    locked,
    unlock: () => setUnlocked(true),
    dirty: dirty && !locked,
    checking,
    faults,
    use,
    saving,
    save,
    notice,
    error,
    theirs,
    forgetTheirs: () => setTheirs(null),
    takeTheirs: () => {
      if (!theirs) return;
      const now = toDraft(theirs);
      setHistory((old) => change(old, now)); // what was typed can still be got by undo
      setBase(theirs);
      setSaved(now);
      setTheirs(null);
    },
  };
}

function afterSave(version: number, use: TypeUse["versions"]): string {
  const kept = use.filter((one) => one.version !== version);
  return [
    tt.saved(version),
    `${tt.becomes(version)}${kept.length > 0 ? ";" : "."}`,
    ...kept.map(
      (one, at) => tt.keep(one.batches, one.version) + (at + 1 < kept.length ? "," : "."),
    ),
  ].join(" ");
}

/** What is wrong with the draft: at once what the screen can see, shortly after what the server
 * says. */
function useFaults(client: string, draft: Draft, locked: boolean) {
  const [served, setServed] = useState<readonly Fault[]>([]);
  const [checking, setChecking] = useState(false);
  const newest = useRef(0);
  useEffect(() => {
    if (locked) return;
    newest.current += 1;
    const mine = newest.current;
    setChecking(true);
    const timer = setTimeout(async () => {
      const whole = complete(draft);
      const answer = await api.checkType(client, toDefinition(whole)).catch(() => null);
      if (mine !== newest.current) return;
      if (answer) setServed(byId(answer.errors, whole));
      setChecking(false);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [client, draft, locked]);
  const own = useMemo(() => byId(ownFaults(draft), draft), [draft]);
  const faults = useMemo(() => (locked ? [] : allFaults(own, served)), [own, served, locked]);
  return { faults, checking, tell: setServed };
}
