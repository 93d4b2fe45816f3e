// Step 5: what is in, what is not, and the way back. While it runs the page may be left.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useShallow } from "zustand/react/shallow";
import { findRecordType } from "#shared/record-types/index.ts";
import { useData } from "#renderer/data/hooks.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import classes from "./import-page.module.css";
import { undoBatch, useImportSession } from "./import-session.ts";

const places = { company: "/companies", contact: "/contacts", deal: "/deals" } as const;

export function RunStep() {
  const data = useData();
  const { outcome, type, isBusy, plan } = useImportSession(
    useShallow(({ outcome, type, busy, plan }) => ({ outcome, type, isBusy: busy !== undefined, plan })),
  );
  if (outcome === undefined) {
    return (
      <Panel>
        <p className={classes.quiet}>You can leave this page: the import goes on, and says so when it is done.</p>
      </Panel>
    );
  }
  const { batch, state, message } = outcome;
  const many = findRecordType(type)?.label.many ?? "records";
  const words = {
    done: "Imported, saved on this device",
    stopped: "Stopped. What is in stays in",
    failed: "Not all of it is in",
  }[state];
  const notTaken = plan?.summary.error ?? 0;
  return (
    <Panel
      title={batch.undone === undefined ? words : "Taken back"}
      aside={
        <StatusChip tone={state === "failed" ? "bad" : state === "done" ? "done" : "waits"}>
          {batch.undone === undefined ? state : "undone"}
        </StatusChip>
      }
    >
      <p className={classes.lead}>
        {batch.created.length.toLocaleString("en-GB")} created, {batch.filled.length.toLocaleString("en-GB")} merged
        {notTaken > 0 && `, ${notTaken.toLocaleString("en-GB")} could not be read`}
      </p>
      {message !== undefined && <p className={classes.sentence}>{message}</p>}
      <div className={classes.rowStart}>
        <Button component={Link} to={places[type]} variant="filled">
          Open {many.toLowerCase()}
        </Button>
        {batch.undone === undefined && batch.created.length + batch.filled.length > 0 && (
          <Button variant="default" disabled={isBusy} onClick={() => void undoBatch(data, batch)}>
            Undo this import
          </Button>
        )}
      </div>
    </Panel>
  );
}
