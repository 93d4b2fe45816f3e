// Imports of the last 30 days on this device, each with its undo.

import { Button } from "@mantine/core";
import { findRecordType } from "#shared/record-types/index.ts";
import { useData, useObserved } from "#renderer/data/hooks.tsx";
import type { ImportBatch } from "#renderer/data/types.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { when } from "#renderer/ui/when.ts";
import classes from "./import-page.module.css";
import { undoBatch, useImportSession } from "./import-session.ts";

const UNDO_DAYS = 30;

const isRecent = (batch: ImportBatch): boolean => Date.now() - Date.parse(batch.at) < UNDO_DAYS * 86_400_000;

const typeWords = (batch: ImportBatch): string => findRecordType(batch.type)?.label.many.toLowerCase() ?? "records";

export function PastImports() {
  const data = useData();
  const isBusy = useImportSession((session) => session.busy !== undefined);
  const batches = useObserved("imports", (source) => source.device.imports());
  const recent = (batches ?? []).filter((batch) => isRecent(batch) && batch.created.length + batch.filled.length > 0);
  if (recent.length === 0) return undefined;
  return (
    <Panel flush title="Imports on this device" aside="can be undone for 30 days">
      <ul className={classes.groups}>
        {recent.map((batch) => (
          <li key={batch.id} className={classes.group}>
            <span className={classes.words}>
              <strong>{batch.fileName}</strong>
              <span className={classes.second}>
                {typeWords(batch)}, {batch.created.length.toLocaleString("en-GB")} created,{" "}
                {batch.filled.length.toLocaleString("en-GB")} merged, {when(batch.at)}
              </span>
            </span>
            {batch.undone === undefined ? (
              <Button
                size="compact-sm"
                variant="default"
                disabled={isBusy}
                onClick={() => void undoBatch(data, batch)}
                aria-label={`Undo the import of ${batch.fileName}`}
              >
                Undo
              </Button>
            ) : (
              <StatusChip tone="neutral">undone {when(batch.undone)}</StatusChip>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
