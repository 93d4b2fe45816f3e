// What was brought in on this device, newest first. Undo happens on the import page, which knows what it touched.

import { Link } from "@tanstack/react-router";
import { useObserved } from "#renderer/data/hooks.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { when } from "#renderer/ui/when.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import classes from "./settings.module.css";

const SHOWN = 10;

export function ImportsPanel() {
  const imports = useObserved("imports", (data) => data.device.imports());
  if (imports === undefined) return null;
  return (
    <Panel flush title="Imports" aside={<Link to="/import">Import a file</Link>}>
      {imports.length === 0 ? (
        <EmptyState
          kind="empty"
          title="Nothing imported on this device"
          text="CSV and vCard files come in under Import. An import can be undone."
        />
      ) : (
        <ul className={classes.rows}>
          {imports.slice(0, SHOWN).map((batch) => (
            <li key={batch.id} className={classes.row}>
              <span className={classes.name}>{batch.fileName}</span>
              <span className={classes.second}>
                {batch.created.length.toLocaleString("en-GB")}{" "}
                {findRecordType(batch.type)?.label.many.toLowerCase() ?? "records"} made
                {batch.filled.length > 0 && `, ${batch.filled.length.toLocaleString("en-GB")} filled`}, {when(batch.at)}
              </span>
              {batch.undone === undefined ? <Link to="/import">Undo</Link> : <span>undone {when(batch.undone)}</span>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
