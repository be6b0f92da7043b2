// The address bar as state.

import { useEffect, useState } from "preact/hooks";

const MOVED = "scrivano:moved";

/** Asked before a screen is left: true lets go, false stays; `leave` leaves later on. */
export type Guard = (leave: () => void) => boolean;

let guard: Guard | null = null;
let shown = typeof location === "undefined" ? "/" : location.pathname;

/** Ask `next` before the screen is left by a link or the back button; null: nobody. */
export function setGuard(next: Guard | null): void {
  guard = next;
}

export function go(path: string, replace = false): void {
  if (path === location.pathname) return;
  if (guard && !guard(() => move(path, replace))) return;
  move(path, replace);
}

function move(path: string, replace: boolean): void {
  guard = null;
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  shown = path;
  window.dispatchEvent(new Event(MOVED));
}

/** Another address for what is on the screen: a thing that has got its name. */
export function rename(path: string): void {
  history.replaceState(null, "", path);
  shown = path;
}

export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const follow = () => setPath(location.pathname);
    const back = () => {
      const wanted = location.pathname;
      if (wanted !== shown && guard && !guard(() => move(wanted, false))) {
        history.pushState(null, "", shown); // the browser has moved already
        return;
      }
      shown = wanted;
      follow();
    };
    window.addEventListener("popstate", back);
    window.addEventListener(MOVED, follow);
    return () => {
      window.removeEventListener("popstate", back);
      window.removeEventListener(MOVED, follow);
    };
  }, []);
  return path;
}

/** Click handler of an in-app link; lets the browser open new tabs as it likes. */
export function follow(event: MouseEvent): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.currentTarget as HTMLAnchorElement;
  event.preventDefault();
  go(link.pathname);
}
