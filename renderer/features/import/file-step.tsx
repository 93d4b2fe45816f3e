// Step 1: a file dropped, chosen, or rows pasted.

import { Button, Textarea } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import "@mantine/dropzone/styles.layer.css";
import { IconFileImport } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { Panel } from "#renderer/ui/panel.tsx";
import classes from "./import-page.module.css";
import { readSource, useImportSession } from "./import-session.ts";

export function FileStep() {
  const isBusy = useImportSession((session) => session.busy !== undefined);
  const [pasted, setPasted] = useState("");
  const openDialog = useRef<() => void>(null);
  const take = (files: readonly File[]): void => {
    const file = files[0];
    if (file !== undefined) void readSource(file.name, { file });
  };
  return (
    <div className={classes.two}>
      <Panel title="Choose a file">
        <Dropzone
          openRef={openDialog}
          onDrop={take}
          multiple={false}
          disabled={isBusy}
          activateOnClick={false}
          activateOnKeyboard={false}
          enablePointerEvents
          className={classes.drop ?? ""}
          inputProps={{ "aria-label": "File to import" }}
        >
          <div className={classes.dropWords}>
            <IconFileImport size={28} stroke={1.7} aria-hidden />
            <p className={classes.lead}>Drop a CSV or vCard file here</p>
            <p className={classes.quiet}>
              Exports of Salesforce, HubSpot, Twenty, EspoCRM, Frappe, Outlook, Google and phones. Up to 100 MB.
            </p>
            <Button color="amber" onClick={() => openDialog.current?.()} disabled={isBusy}>
              Choose a file
            </Button>
          </div>
        </Dropzone>
      </Panel>
      <Panel title="Or paste rows">
        <Textarea
          label="Rows with their header, as copied from a spreadsheet"
          value={pasted}
          onChange={(event) => setPasted(event.currentTarget.value)}
          minRows={6}
          maxRows={12}
          autosize
          spellCheck={false}
        />
        <div className={classes.rowEnd}>
          <Button
            variant="default"
            disabled={isBusy || pasted.trim() === ""}
            onClick={() => void readSource("pasted rows", { text: pasted })}
          >
            Read pasted rows
          </Button>
        </div>
      </Panel>
    </div>
  );
}
