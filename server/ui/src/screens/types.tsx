// The document types of a client, and those that come with the system.

import { useState } from "preact/hooks";
import { api } from "../api";
import { labelOf } from "../format";
import { usePoll } from "../hooks";
import { ClientChoice } from "../parts/clientchoice";
import { NewType } from "../parts/newtype";
import { follow } from "../route";
import { t } from "../strings";
import type { DocumentType, User } from "../types";
import { tt } from "../typewords";

export function TypesScreen({ user, client }: { user: User; client: string }) {
  const [making, setMaking] = useState<string | null>(null);
  const list = usePoll(async () => (client ? (await api.typesOf(client)).items : null), 30_000, [
    client,
  ]);
  const types = list.data ?? [];
  const own = types.filter((type) => type.client_id !== null);
  const builtin = types.filter((type) => type.client_id === null);
  return (
    <main class="lists">
      <div class="lists-head">
        <h1>{tt.types}</h1>
        <ClientChoice user={user} section="types" client={client} />
        <span class="spacer" />
        {client && (
          <button
            type="button"
            class="primary"
            disabled={!list.data}
            onClick={() => setMaking("")}
            data-testid="new-type"
          >
            {tt.newType}
          </button>
        )}
      </div>
      {list.error && (
        <p class="banner" role="alert" data-testid="error-banner">
          {t.failedLoad(list.error)}
        </p>
      )}
      {client && !list.data && !list.error && <p class="hint">{t.loading}</p>}
      {list.data && (
        <>
          <h2>{tt.ownTypes}</h2>
          {own.length > 0 ? (
            <TypeTable types={own} client={client} onCopy={setMaking} />
          ) : (
            <div class="empty">
              <h3>{tt.noOwnTypes}</h3>
              <p>{tt.noOwnTypesMore}</p>
            </div>
          )}
          {builtin.length > 0 && (
            <>
              <h2>{tt.builtinTypes}</h2>
              <TypeTable types={builtin} client={client} onCopy={setMaking} />
            </>
          )}
        </>
      )}
      {making !== null && (
        <NewType client={client} types={types} from={making} onClose={() => setMaking(null)} />
      )}
    </main>
  );
}

interface TableProps {
  types: readonly DocumentType[];
  client: string;
  onCopy: (name: string) => void;
}

function TypeTable({ types, client, onCopy }: TableProps) {
  return (
    <table class="type-table">
      <thead>
        <tr>
          <th scope="col">{t.type}</th>
          <th scope="col">{tt.typeName}</th>
          <th scope="col" class="wide">
            {tt.contents}
          </th>
          <th scope="col">{tt.version}</th>
          <th scope="col">
            <span class="unseen">{tt.copy}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {types.map((type) => (
          <tr key={type.name} data-testid="type-row" data-type={type.name}>
            <th scope="row">
              <a href={`/types/${client}/${type.name}`} onClick={follow}>
                {labelOf(type.label, type.name)}
              </a>
            </th>
            <td>
              <code>{type.name}</code>
            </td>
            <td class="dim">{contents(type)}</td>
            <td>{type.version}</td>
            <td>
              <div class="row-buttons">
                <button type="button" onClick={() => onCopy(type.name)}>
                  {tt.copy}
                </button>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function contents(type: DocumentType): string {
  return [
    tt.countFields(type.fields.length),
    type.lines.length > 0 && tt.countColumns(type.lines.length),
    type.rules.length > 0 && tt.countRules(type.rules.length),
    type.form && tt.countZones(type.form.zones.length),
  ]
    .filter(Boolean)
    .join(" · ");
}
