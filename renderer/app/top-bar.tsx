// The bar at the top: search and commands, the sync chip, the person. Menus and drawers load after the first paint.

import { IconMenu2, IconSearch } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useSession } from "#renderer/data/hooks.tsx";
import { screenFirst } from "#renderer/data/screen-first.ts";
import type { Me } from "#renderer/data/types.ts";
import { SyncChip } from "#renderer/features/sync/sync-chip.tsx";
import { showDialog } from "#renderer/ui/dialogs.ts";
import { Mark } from "#renderer/ui/mark.tsx";
import { modifierName } from "#renderer/ui/shortcut-words.ts";
import { PersonButton } from "./person-button.tsx";
import classes from "./top-bar.module.css";

const NavDrawer = lazy(async () => ({ default: (await import("./nav-drawer.tsx")).NavDrawer }));
const InboxButton = lazy(async () => {
  await screenFirst;
  return { default: (await import("#renderer/features/inbox/inbox-button.tsx")).InboxButton };
});
const PersonMenu = lazy(async () => {
  await screenFirst;
  return { default: (await import("./person-menu.tsx")).PersonMenu };
});

export function TopBar() {
  const session = useSession();
  if (session.kind !== "signedIn") return null;
  return (
    <section className={classes.bar} aria-label="Search, sync and you">
      <FoldedNav />
      <Link to="/" className={classes.mark} aria-label={`${session.organization}, home`}>
        <Mark size={26} />
        <span className={classes.organization}>{session.organization}</span>
      </Link>
      <button
        type="button"
        className={classes.search}
        onClick={() => showDialog("palette")}
        aria-keyshortcuts="Control+K Meta+K"
      >
        <IconSearch size={17} stroke={1.7} aria-hidden />
        <span className={classes.searchWords}>Search or run a command</span>
        <kbd aria-hidden>{modifierName} K</kbd>
      </button>
      <div className={classes.right}>
        <button
          className={classes.searchIcon}
          type="button"
          aria-label="Search or run a command"
          onClick={() => showDialog("palette")}
        >
          <IconSearch size={20} stroke={1.7} aria-hidden />
        </button>
        <SyncChip />
        <Suspense fallback={null}>
          <InboxButton />
        </Suspense>
        <Person me={session.me} />
      </div>
    </section>
  );
}

/** A press before the menu is there opens it when it comes. */
function Person({ me }: { readonly me: Me }) {
  const [pressed, setPressed] = useState(false);
  return (
    <Suspense fallback={<PersonButton me={me} onClick={() => setPressed(true)} />}>
      <PersonMenu me={me} startOpen={pressed} />
    </Suspense>
  );
}

/** Between 768 and 1199 px the pages fold into the rail and open over the page. */
function FoldedNav() {
  const { pathname } = useLocation();
  // Open for one address only: going somewhere closes it.
  const [openAt, setOpenAt] = useState<string | undefined>(undefined);
  const open = openAt === pathname;
  return (
    <>
      <button
        className={classes.menu}
        type="button"
        aria-label="Show pages"
        aria-expanded={open}
        onClick={() => setOpenAt(pathname)}
      >
        <IconMenu2 size={19} stroke={1.7} aria-hidden />
      </button>
      {open && (
        <Suspense fallback={null}>
          <NavDrawer from="left" onClose={() => setOpenAt(undefined)} />
        </Suspense>
      )}
    </>
  );
}
