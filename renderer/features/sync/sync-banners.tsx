// Under the top bar, only when there is something to say: the first download, and a device that is out of space.

import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import { datedName, download } from "#renderer/ui/download.ts";
import { ProgressBar } from "#renderer/ui/progress-bar.tsx";
import { showProblem } from "#renderer/ui/toast.ts";
import classes from "./sync-banners.module.css";

export function SyncBanners() {
  const { progress, storageFull, lastSyncedAt } = useSyncStatus();
  return (
    <>
      {storageFull === true && <StorageFullBanner />}
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
