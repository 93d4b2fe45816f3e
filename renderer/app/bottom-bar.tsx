// The phone's bar: five entries at the thumb, the rest under "More".

import { IconChecklist, IconDots, IconFolders, IconHome, IconInbox, IconSettings } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import classes from "./bottom-bar.module.css";
import { iconOf } from "./place-icons.ts";
import { useMemberSpaces } from "./use-member-spaces.ts";

const NavDrawer = lazy(async () => ({ default: (await import("./nav-drawer.tsx")).NavDrawer }));

type Entry = { readonly to: string; readonly label: string; readonly icon: typeof IconHome };

const teamEntries: readonly Entry[] = [
  { to: "/", label: "Home", icon: IconHome },
  { to: "/contacts", label: "Contacts", icon: iconOf("contact") },
  { to: "/deals", label: "Deals", icon: iconOf("deal") },
  { to: "/projects", label: "Projects", icon: IconFolders },
];

const outsideEntries: readonly Entry[] = [
  { to: "/projects", label: "Projects", icon: IconFolders },
  { to: "/my-tasks", label: "My tasks", icon: IconChecklist },
  { to: "/inbox", label: "Inbox", icon: IconInbox },
  { to: "/settings", label: "Settings", icon: IconSettings },
];

const isAt = (pathname: string, to: string): boolean =>
  pathname === to || (to !== "/" && pathname.startsWith(`${to}/`));

export function BottomBar() {
  const { pathname } = useLocation();
  const spaces = useMemberSpaces();
  // Open for one address only: going somewhere closes it.
  const [moreAt, setMoreAt] = useState<string | undefined>(undefined);
  const more = moreAt === pathname;
  if (spaces === undefined) return null;
  const entries = spaces.hasCrm ? teamEntries : outsideEntries;
  return (
    <nav className={classes.bar} aria-label="Main pages">
      {entries.map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} className={classes.entry} aria-current={isAt(pathname, to) ? "page" : undefined}>
          <Icon size={22} stroke={1.7} aria-hidden />
          {label}
        </Link>
      ))}
      <button type="button" className={classes.entry} aria-expanded={more} onClick={() => setMoreAt(pathname)}>
        <IconDots size={22} stroke={1.7} aria-hidden />
        More
      </button>
      {more && (
        <Suspense fallback={null}>
          <NavDrawer from="bottom" onClose={() => setMoreAt(undefined)} />
        </Suspense>
      )}
    </nav>
  );
}
