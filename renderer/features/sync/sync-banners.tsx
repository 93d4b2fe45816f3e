// Under the top bar, only when there is something to say: the first download, a new device that signs, no space left.

import { Button } from "@mantine/core";
import { IconAlertTriangle, IconKey } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useData, useObserved, useSyncStatus } from "#renderer/data/hooks.tsx";
import { datedName, download } from "#renderer/ui/download.ts";
import { ProgressBar } from "#renderer/ui/progress-bar.tsx";
import { showProblem } from "#renderer/ui/toast.ts";
import classes from "./sync-banners.module.css";

export function SyncBanners() {
  const { progress, storageFull, lastSyncedAt } = useSyncStatus();
  return (
    <>
      {storageFull === true && <StorageFullBanner />}
      <NewKeyBanner />
      <AccessEndedBanner />
      {progress !== undefined && (
        <section className={classes.progress} aria-label="Download">
          <ProgressBar
            label={lastSyncedAt === undefined ? "Bringing your records onto this device" : "Catching up"}
            done={progress.done}
            total={progress.total}
          />
        </section>
      )}
    </>
  );
}

/** Another device signs for this member since he last looked: said once, on all his other devices. */
function NewKeyBanner() {
  const { keys: api } = useData();
  const state = useObserved("device keys", (data) => data.keys.state());
  const news = state?.keys.filter((key) => state.unseen.includes(key.id)) ?? [];
  if (news.length === 0) return null;
  return (
    <div className={classes.news} role="status">
      <IconKey size={18} stroke={1.9} aria-hidden />
      <p>
        <strong>A new device signs for you:</strong> {news.map((key) => key.device).join(", ")}. If that was not you,
        revoke its key.
      </p>
      <Button variant="default" size="xs" onClick={() => void api.seen()}>
        It was me
      </Button>
      <Link to="/settings">Devices that sign</Link>
    </div>
  );
}

/** A space that is gone from one day to the next must not look like a fault. */
function AccessEndedBanner() {
  const data = useData();
  const ended = useObserved("ended access", (each) => each.endedAccess());
  if (ended === undefined || ended.length === 0) return null;
  const names = [...new Set(ended.map(({ space }) => space))].join(", ");
  return (
    <div className={classes.news} role="status">
      <IconAlertTriangle size={17} stroke={1.7} aria-hidden />
      <p>
        Your access to {names} has ended. Its copy was removed from this device; what you had not sent is under Pending
        changes.
      </p>
      <Button size="compact-sm" variant="default" onClick={() => void data.forgetEndedAccess()}>
        OK
      </Button>
    </div>
  );
}

function StorageFullBanner() {
  const { sync } = useData();
  const save = async (): Promise<void> => {
    try {
      download(await sync.exportPending(), datedName("pending"));
    } catch {
      showProblem("The file could not be made. Free some space on this device, then try again.");
    }
  };
  return (
    <div className={classes.full} role="alert">
      <IconAlertTriangle size={18} stroke={1.9} aria-hidden />
      <p>
        <strong>This device has no space left.</strong> New changes cannot be kept here. Save what waits as a file, then
        free some space.
      </p>
      <Button variant="default" size="xs" onClick={() => void save()}>
        Save as a file
      </Button>
      <Link to="/settings">Space on this device</Link>
    </div>
  );
}
