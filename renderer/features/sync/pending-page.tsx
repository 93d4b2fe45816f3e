// Everything that lives only on this device: what was not accepted first, then what waits. Nothing here is lost by
// itself; what the person takes back can be undone while its record exists.

import { Button } from "@mantine/core";
import { IconDownload, IconRefresh } from "@tabler/icons-react";
import { noteExport } from "#renderer/data/export-reports.ts";
import { useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import { datedName, download } from "#renderer/ui/download.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { when } from "#renderer/ui/when.ts";
import { NotAcceptedTray } from "./not-accepted-tray.tsx";
import classes from "./pending-page.module.css";
import { adviceOf } from "./sync-words.ts";
import { TakeInButton } from "./take-in-button.tsx";
import { useWaiting } from "./use-waiting.ts";
import { WaitingTable } from "./waiting-table.tsx";

function summary(count: number): string {
  if (count === 0) return "Nothing lives only on this device.";
  const records = count === 1 ? "1 record has" : `${count} records have`;
  return `${records} changes that live only on this device. They go by themselves; you can keep working.`;
}

export function PendingPage() {
  const data = useData();
  const { sync } = data;
  const status = useSyncStatus();
  const waiting = useWaiting();
  const pending = waiting?.pending ?? [];
  const refused = waiting?.refused ?? [];
  const save = async (): Promise<void> => {
    try {
      const file = await sync.exportPending();
      await noteExport(data, { what: "pending changes", records: pending.length + refused.length });
      download(file, datedName("pending"));
      showDone("The pending changes are in your downloads.");
    } catch {
      showProblem("The file could not be made. Reload the page and try again.");
    }
  };
  return (
    <Page
      title="Pending changes"
      meta={waiting === undefined ? " " : summary(pending.length + refused.length)}
      actions={
        <>
          <TakeInButton />
          <Button
            variant="default"
            leftSection={<IconDownload size={17} stroke={1.7} aria-hidden />}
            onClick={() => void save()}
          >
            Export
          </Button>
          <Button
            color="amber"
            leftSection={<IconRefresh size={17} stroke={1.7} aria-hidden />}
            onClick={() => sync.syncNow()}
          >
            Sync now
          </Button>
        </>
      }
    >
      <div className={classes.stack}>
        {refused.length > 0 && <NotAcceptedTray refused={refused} />}
        {pending.length > 0 && (
          <Panel
            flush
            title={
              <>
                Waiting to sync{" "}
                <span className={classes.aside}>{pending.length === 1 ? "1 record" : `${pending.length} records`}</span>
              </>
            }
          >
            <WaitingTable pending={pending} />
          </Panel>
        )}
        {waiting !== undefined && pending.length + refused.length === 0 && (
          <Panel>
            <EmptyState
              kind="nothingToDo"
              title="All your changes are in"
              text={`${adviceOf(status)}${status.lastSyncedAt === undefined ? "" : ` Last synced ${when(status.lastSyncedAt)}.`}`}
            />
          </Panel>
        )}
      </div>
    </Page>
  );
}
