// What this device keeps, whether the browser promised to keep it, and a copy of everything to take along.

import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { noteExport } from "#renderer/data/export-reports.ts";
import { useData } from "#renderer/data/hooks.tsx";
import { formatBytes } from "#renderer/ui/bytes.ts";
import { datedName, download } from "#renderer/ui/download.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { useStorage } from "#renderer/ui/use-storage.ts";
import classes from "./settings.module.css";

export function StoragePanel() {
  const data = useData();
  const { device } = data;
  const { info, refresh } = useStorage();
  const [exporting, setExporting] = useState(false);

  const ask = async (): Promise<void> => {
    const promised = await device.requestPersistence();
    await refresh();
    if (promised) showDone("The browser promised to keep this data.");
    else
      showProblem(
        window.desktop === undefined
          ? "The browser did not promise it. Install the app or add a bookmark, then ask again; a copy as a file is always safe."
          : "It was not promised. Free some space on this device, then ask again; a copy as a file is always safe.",
      );
  };
  const save = async (): Promise<void> => {
    setExporting(true);
    try {
      const all = await device.exportAll();
      await noteExport(data, { what: "everything on a device", records: info?.records ?? 0 });
      download(all, datedName("export"));
      showDone("Everything on this device is in your downloads.");
    } catch {
      showProblem("The file could not be made. Free some space on this device, then try again.");
    }
    setExporting(false);
  };

  return (
    <Panel title="On this device">
      {info !== undefined && (
        <>
          <dl className={classes.facts}>
            <dt>Records</dt>
            <dd>{info.records.toLocaleString("en-GB")}</dd>
            <dt>Space used</dt>
            <dd>
              {formatBytes(info.usage)} of {formatBytes(info.quota)}
            </dd>
            <dt>Kept by the browser</dt>
            <dd>{info.persisted ? "Yes, promised" : "No: it may be removed when space runs low"}</dd>
          </dl>
          <div className={classes.track} aria-hidden>
            <div style={{ width: `${info.quota === 0 ? 0 : Math.min(100, (info.usage / info.quota) * 100)}%` }} />
          </div>
        </>
      )}
      <div className={classes.buttons}>
        {info?.persisted === false && (
          <Button variant="default" onClick={() => void ask()}>
            Ask the browser to keep it
          </Button>
        )}
        <Button
          variant="default"
          loading={exporting}
          leftSection={<IconDownload size={17} stroke={1.7} aria-hidden />}
          onClick={() => void save()}
        >
          Export everything
        </Button>
      </div>
    </Panel>
  );
}
