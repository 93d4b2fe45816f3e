// The frame around every page: spaces at the left, their pages beside them, search, sync and person at the top; on a
// phone one bar at the bottom. The page itself is the outlet.

import { Outlet, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { tellExports } from "#renderer/data/export-reports.ts";
import { useData, useObserved, useSyncStatus } from "#renderer/data/hooks.tsx";
import { useKeyboard } from "#renderer/features/palette/use-keyboard.ts";
import { expectHeadingFocus } from "#renderer/ui/heading-focus.ts";
import { BottomBar } from "./bottom-bar.tsx";
import { FrameDialogs } from "./frame-dialogs.tsx";
import classes from "./frame.module.css";
import { Rail } from "./rail.tsx";
import { SideNav } from "./side-nav.tsx";
import { TopBar } from "./top-bar.tsx";
import { useFrameCommands } from "./use-frame-commands.ts";

const SyncBanners = lazy(async () => ({
  default: (await import("#renderer/features/sync/sync-banners.tsx")).SyncBanners,
}));

export function Frame() {
  const router = useRouter();
  useFrameCommands();
  useKeyboard();
  useEffect(
    () =>
      router.subscribe("onBeforeNavigate", ({ pathChanged, fromLocation }) => {
        if (pathChanged && fromLocation !== undefined) expectHeadingFocus();
      }),
    [router],
  );
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <Rail />
      <div className={classes.side}>
        <SideNav />
      </div>
      <div className={classes.column}>
        <TopBar />
        <Banners />
        <main id="main" className={classes.main} tabIndex={-1}>
          <Suspense fallback={null}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <BottomBar />
      <FrameDialogs />
    </div>
  );
}

/** Most of the time there is nothing to say, and no code to say it with. */
function Banners() {
  const { progress, state, storageFull } = useSyncStatus();
  const data = useData();
  // What was taken out without a network is told at the next contact.
  useEffect(() => {
    if (state === "synced") void tellExports(data);
  }, [data, state]);
  const hasNews = useObserved(
    "news",
    async (data) => (await data.endedAccess()).length > 0 || (await data.keys.state()).unseen.length > 0,
  );
  if (progress === undefined && storageFull !== true && hasNews !== true) return null;
  return (
    <Suspense fallback={null}>
      <SyncBanners />
    </Suspense>
  );
}
