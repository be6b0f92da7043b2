// The bar at the top and the room below it; the keying screen lays its figures over the bar.

import type { ComponentChildren } from "preact";
import { api } from "../api";
import { usePoll } from "../hooks";
import { follow } from "../route";
import { w } from "../sortwords";
import { t } from "../strings";
import type { User } from "../types";
import { tt } from "../typewords";
import { Mark } from "./mark";

interface Props {
  user: User;
  path: string;
  covered: boolean;
  onLeave: () => void;
  children: ComponentChildren;
}

export function Shell({ user, path, covered, onLeave, children }: Props) {
  const staff = ["operator", "supervisor", "admin"].includes(user.role);
  const shapes = ["client", "supervisor", "admin"].includes(user.role);
  const toSort = useToSort(staff && !covered);
  return (
    <div class="shell" inert={covered}>
      <header class="bar">
        <a class="brand" href="/" onClick={follow}>
          <Mark /> Scrivano
        </a>
        <nav>
          {staff && <NavLink href="/key" path={path} text={t.keying} />}
          {staff && <NavLink href="/sort" path={path} text={w.sorting} count={toSort} />}
          {user.role !== "operator" && <NavLink href="/batches" path={path} text={t.batches} />}
          {shapes && <NavLink href="/types" path={path} text={tt.navTypes} />}
          {shapes && <NavLink href="/lists" path={path} text={tt.navLists} />}
        </nav>
        <span class="who">{user.name}</span>
        <button type="button" class="quiet" onClick={onLeave}>
          {t.signOut}
        </button>
      </header>
      {children}
    </div>
  );
}

/** How many files wait to be sorted: whoever keys sees that there is other work. */
function useToSort(staff: boolean): number {
  const waiting = usePoll(async () => (staff ? (await api.sortSummary()).open : 0), 15_000, [
    staff,
  ]);
  return waiting.data ?? 0;
}

interface LinkProps {
  href: string;
  path: string;
  text: string;
  count?: number;
}

function NavLink({ href, path, text, count = 0 }: LinkProps) {
  const here = path.startsWith(href);
  return (
    <a href={href} onClick={follow} aria-current={here ? "page" : undefined}>
      {text}
      {count > 0 && <span class="badge">{count}</span>}
    </a>
  );
}
