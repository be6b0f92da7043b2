// Whose types and lists: staff choose the client, its own people have one.

import { useEffect, useState } from "preact/hooks";
import { api, gather } from "../api";
import { explain } from "../hooks";
import { go } from "../route";
import { t } from "../strings";
import type { User } from "../types";
import { tt } from "../typewords";

const LAST = "scrivano:client";

interface Props {
  user: User;
  /** "types" or "lists". */
  section: string;
  client: string;
}

interface Known {
  items: { id: string; name: string }[];
}

/** Goes to the client that was looked at last, when the address names none. */
export function ClientChoice({ user, section, client }: Props) {
  const [known, setKnown] = useState<Known | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    if (user.client_id !== null) {
      if (client !== user.client_id) go(`/${section}/${user.client_id}`, true);
      return;
    }
    gather(api.clients, "", 1000).then(
      (listing) => {
        setKnown(listing);
        const last = localStorage.getItem(LAST);
        const first = listing.items.find((one) => one.id === last) ?? listing.items[0];
        if (!client && first) go(`/${section}/${first.id}`, true);
      },
      (cause) => setError(explain(cause)),
    );
  }, [section]);
  useEffect(() => {
    if (client) localStorage.setItem(LAST, client);
  }, [client]);
  if (error) return <span class="form-error">{error}</span>;
  if (!known) return null;
  if (known.items.length === 0) return <p class="hint">{tt.noClients}</p>;
  return (
    <label class="client-choice">
      {t.client}
      <select
        value={client}
        onChange={(event) => go(`/${section}/${event.currentTarget.value}`)}
        data-testid="client-choice"
      >
        {known.items.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}
