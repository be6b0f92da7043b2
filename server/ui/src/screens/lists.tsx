// A client's reference lists: what there is, which types use it, and how one is loaded.

import { useRef, useState } from "preact/hooks";
import { api } from "../api";
import { count, labelOf, when } from "../format";
import { explain, usePoll } from "../hooks";
import { ClientChoice } from "../parts/clientchoice";
import { DeleteList } from "../parts/deletelist";
import { LoadList } from "../parts/loadlist";
import { follow } from "../route";
import { t } from "../strings";
import type { DocumentType, ReferenceList, User } from "../types";
import { tt } from "../typewords";

/** A field that is held against a list. */
export interface Use {
  type: DocumentType;
  field: string;
  columns: string[];
}

export function usesOf(list: string, types: readonly DocumentType[]): Use[] {
  return types.flatMap((type) =>
    type.fields.flatMap((field) =>
      field.reference?.list === list
        ? [
            {
              type,
              field: labelOf(field.label, field.name),
              columns: [field.reference.column, ...Object.keys(field.reference.fills)],
            },
          ]
        : [],
    ),
  );
}

export function ListsScreen({ user, client }: { user: User; client: string }) {
  const chooser = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<{ file: File; name: string } | null>(null);
  const [wanted, setWanted] = useState("");
  const [deleting, setDeleting] = useState<ReferenceList | null>(null);
  const [over, setOver] = useState(false);
  const [notice, setNotice] = useState("");
  const [error, setError] = useState("");
  const data = usePoll(
    async () => {
      if (!client) return null;
      const [lists, types] = await Promise.all([api.lists(client), api.typesOf(client)]);
      return { lists: lists.items, types: types.items };
    },
    30_000,
    [client],
  );
  const lists = data.data?.lists ?? [];
  const types = data.data?.types ?? [];

  const choose = (name: string) => {
    setWanted(name);
    chooser.current?.click();
  };
  const take = (files: FileList | null | undefined, name: string) => {
    const first = files?.[0];
    setNotice("");
    setError("");
    if (first) setFile({ file: first, name });
  };
  const remove = async (list: ReferenceList) => {
    setDeleting(null);
    try {
      await api.deleteList(client, list.name);
      setNotice(tt.deleted(list.name));
    } catch (cause) {
      setError(explain(cause));
    }
    await data.reload();
  };

  const trouble = error || (data.error ? t.failedLoad(data.error) : "");
  return (
    <main class="lists">
      <div class="lists-head">
        <h1>{tt.lists}</h1>
        <ClientChoice user={user} section="lists" client={client} />
        <span class="spacer" />
      </div>
      {trouble && (
        <p class="banner" role="alert" data-testid="error-banner">
          {trouble}
        </p>
      )}
      {notice && (
        <p class="banner done" role="status" data-testid="list-notice">
          {notice}
        </p>
      )}
      {data.data && (
        <>
          {file ? (
            <LoadList
              key={`${file.file.name} ${file.file.lastModified} ${file.file.size}`}
              client={client}
              file={file.file}
              name={file.name}
              lists={lists}
              types={types}
              onOther={() => choose(file.name)}
              onClose={() => setFile(null)}
              onLoaded={(list) => {
                setFile(null);
                setNotice(tt.loadedList(list.name, count(list.rows)));
                void data.reload();
              }}
            />
          ) : (
            <button
              type="button"
              class={over ? "drop over" : "drop"}
              onClick={() => choose("")}
              onDragOver={(event) => {
                event.preventDefault();
                setOver(true);
              }}
              onDragLeave={() => setOver(false)}
              onDrop={(event) => {
                event.preventDefault();
                setOver(false);
                take(event.dataTransfer?.files, "");
              }}
              data-testid="list-drop"
            >
              {over ? t.dropHere : tt.dropCsv}
            </button>
          )}
          {lists.length > 0 ? (
            <ListTable
              lists={lists}
              types={types}
              client={client}
              onReplace={choose}
              onDelete={setDeleting}
            />
          ) : (
            <div class="empty">
              <h3>{tt.noLists}</h3>
              <p>{tt.noListsMore}</p>
            </div>
          )}
        </>
      )}
      <input
        ref={chooser}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        hidden
        onChange={(event) => {
          take(event.currentTarget.files, wanted);
          event.currentTarget.value = "";
        }}
        data-testid="list-input"
      />
      {deleting && (
        <DeleteList
          list={deleting}
          uses={usesOf(deleting.name, types)}
          onClose={() => setDeleting(null)}
          onDelete={() => void remove(deleting)}
        />
      )}
    </main>
  );
}

interface TableProps {
  lists: readonly ReferenceList[];
  types: readonly DocumentType[];
  client: string;
  onReplace: (name: string) => void;
  onDelete: (list: ReferenceList) => void;
}

function ListTable({ lists, types, client, onReplace, onDelete }: TableProps) {
  return (
    <table class="list-table">
      <thead>
        <tr>
          <th scope="col">{t.name}</th>
          <th scope="col" class="num">
            {tt.rows}
          </th>
          <th scope="col">{tt.columns}</th>
          <th scope="col">{tt.loadedAt}</th>
          <th scope="col">{tt.usedBy}</th>
          <th scope="col">
            <span class="unseen">{tt.replaceList}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {lists.map((list) => (
          <tr key={list.name} data-testid="list-row" data-list={list.name}>
            <th scope="row">
              <code>{list.name}</code>
            </th>
            <td class="num">{count(list.rows)}</td>
            <td class="columns">
              {list.columns.map((column) => (
                <span key={column} class="chip">
                  {column}
                </span>
              ))}
            </td>
            <td class="dim tight">{when(list.loaded_at)}</td>
            <td>
              <Uses uses={usesOf(list.name, types)} client={client} />
            </td>
            <td>
              <div class="row-buttons">
                <button type="button" onClick={() => onReplace(list.name)}>
                  {tt.replaceList}
                </button>
                <button type="button" onClick={() => onDelete(list)} data-testid="list-delete">
                  {tt.deleteList}
                </button>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Uses({ uses, client }: { uses: readonly Use[]; client: string }) {
  if (uses.length === 0) return <span class="dim">{tt.notUsed}</span>;
  const types = [...new Set(uses.map((use) => use.type))];
  return (
    <>
      {types.map((type, place) => (
        <span key={type.name}>
          {place > 0 && ", "}
          <a href={`/types/${client}/${type.name}`} onClick={follow}>
            {labelOf(type.label, type.name)}
          </a>
        </span>
      ))}
    </>
  );
}
