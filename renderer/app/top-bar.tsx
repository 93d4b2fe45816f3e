// The bar at the top: search and commands, the sync chip, the person.

import { ActionIcon, Drawer } from "@mantine/core";
import { IconMenu2, IconSearch } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "#renderer/data/hooks.tsx";
import { SyncChip } from "#renderer/features/sync/sync-chip.tsx";
import { showDialog } from "#renderer/ui/dialogs.ts";
import { Mark } from "#renderer/ui/mark.tsx";
import { modifierName } from "#renderer/ui/shortcut-words.ts";
import { PersonMenu } from "./person-menu.tsx";
import { SideNav } from "./side-nav.tsx";
import classes from "./top-bar.module.css";

export function TopBar() {
  const session = useSession();
  return (
    <header className={classes.bar}>
      <FoldedNav />
      <Link to="/" className={classes.mark} aria-label="Drawbridge, home">
        <Mark size={26} />
        <span className={classes.organization}>{session.kind === "signedIn" ? session.organization : ""}</span>
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
        <ActionIcon
          className={classes.searchIcon}
          variant="subtle"
          size={44}
          aria-label="Search or run a command"
          onClick={() => showDialog("palette")}
        >
          <IconSearch size={20} stroke={1.7} />
        </ActionIcon>
        <SyncChip />
        <PersonMenu />
      </div>
    </header>
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
      <ActionIcon
        className={classes.menu}
        variant="subtle"
        size={36}
        aria-label="Show pages"
        aria-expanded={open}
        onClick={() => setOpenAt(pathname)}
      >
        <IconMenu2 size={19} stroke={1.7} />
      </ActionIcon>
      <Drawer
        opened={open}
        onClose={() => setOpenAt(undefined)}
        size={248}
        title="Pages"
        transitionProps={{ duration: 140 }}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <SideNav />
      </Drawer>
    </>
  );
}
