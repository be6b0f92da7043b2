// Who is signed in, and which screen the address means.

import { useEffect, useState } from "preact/hooks";
import { api, onSignedOut, Refusal } from "./api";
import { Shell } from "./parts/shell";
import { go, usePath } from "./route";
import { BatchScreen } from "./screens/batch";
import { BatchesScreen } from "./screens/batches";
import { DocumentScreen } from "./screens/document";
import { KeyScreen } from "./screens/key";
import { ListsScreen } from "./screens/lists";
import { LoginScreen } from "./screens/login";
import { SortScreen } from "./screens/sort";
import { TypeScreen } from "./screens/type";
import { TypesScreen } from "./screens/types";
import { afterRefusal, type Session } from "./session";
import type { User } from "./types";

export function App() {
  const [user, setUser] = useState<User | null>(null);
  const [session, setSession] = useState<Session>("unknown");
  const path = usePath();

  useEffect(() => {
    onSignedOut(() => setSession(afterRefusal));
    const ask = async () => {
      try {
        setUser(await api.me());
        setSession("in");
      } catch (error) {
        if (error instanceof Refusal) setSession("out");
        else setTimeout(ask, 2_000);
      }
    };
    void ask();
  }, []);

  const home = user ? homeOf(user) : "/login";
  useEffect(() => {
    if (session === "out") go("/login", true);
    else if (session === "in" && (path === "/" || path === "/login")) go(home, true);
  }, [session, path, home]);

  const enter = (next: User) => {
    // Somebody else at the same browser starts from a clean screen.
    if (session === "expired" && next.id !== user?.id) location.reload();
    setUser(next);
    setSession("in");
  };
  const leave = async () => {
    await api.logout().catch(() => {});
    setUser(null);
    setSession("out");
  };

  if (session === "unknown") return null;
  if (session === "out" || !user) return <LoginScreen onEnter={enter} />;
  return (
    <>
      <Shell user={user} path={path} onLeave={leave} covered={session === "expired"}>
        <Screen user={user} path={path} signedIn={session === "in"} />
      </Shell>
      {session === "expired" && <LoginScreen onEnter={enter} name={user.name} expired />}
    </>
  );
}

const homeOf = (user: User) => (user.role === "operator" ? "/key" : "/batches");

function Screen(props: { user: User; path: string; signedIn: boolean }) {
  const { user, path } = props;
  const [, section, id = "", sub, document = ""] = path.split("/").map(decodeURIComponent);
  if (section === "key") return <KeyScreen user={user} signedIn={props.signedIn} />;
  if (section === "sort") return <SortScreen signedIn={props.signedIn} />;
  if (section === "batches" && sub === "documents" && document) {
    return <DocumentScreen key={document} batch={id} id={document} />;
  }
  if (section === "batches" && id) return <BatchScreen key={id} id={id} user={user} />;
  if (section === "types" && id && sub) {
    return <TypeScreen key={`${id}/${sub}`} client={id} name={sub} />;
  }
  if (section === "types") return <TypesScreen key={id} user={user} client={id} />;
  if (section === "lists") return <ListsScreen key={id} user={user} client={id} />;
  return <BatchesScreen user={user} />;
}
