// The bar at the top and the room below it; the keying screen lays its figures over the bar.

import type { ComponentChildren } from "preact";
import { follow } from "../route";
import { t } from "../strings";
import type { User } from "../types";
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
  return (
    <div class="shell" inert={covered}>
      <header class="bar">
        <a class="brand" href="/" onClick={follow}>
          <Mark /> Scrivano
        </a>
        <nav>
          {staff && <NavLink href="/key" path={path} text={t.keying} />}
          {user.role !== "operator" && <NavLink href="/batches" path={path} text={t.batches} />}
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

function NavLink({ href, path, text }: { href: string; path: string; text: string }) {
  const here = path.startsWith(href);
  return (
    <a href={href} onClick={follow} aria-current={here ? "page" : undefined}>
      {text}
    </a>
  );
}
