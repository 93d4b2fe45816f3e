// Step 2: what the file holds, and which column becomes which field.

import { Checkbox, SegmentedControl, Select } from "@mantine/core";
import { useShallow } from "zustand/react/shallow";
import { findRecordType } from "#shared/record-types/index.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { encodings } from "./decode-file.ts";
import classes from "./import-page.module.css";
import { chooseTarget, chooseType, readAgain, useImportSession } from "./import-session.ts";
import { importTargets, missingTarget } from "./import-targets.ts";
import { importTypes } from "./import-types.ts";

const delimiters = [
  { value: ",", label: "Comma" },
  { value: ";", label: "Semicolon" },
  { value: "\t", label: "Tab" },
  { value: "|", label: "Vertical bar" },
];

function ReadingPanel() {
  const table = useImportSession((session) => session.table);
  const isBusy = useImportSession((session) => session.busy !== undefined);
  if (table === undefined || table.kind === "vcard") return undefined;
  return (
    <Panel title="How the file was read">
      <div className={classes.stack}>
        <Checkbox
          label="The first row names the columns"
          checked={table.header}
          disabled={isBusy}
          onChange={(event) => void readAgain({ header: event.currentTarget.checked })}
        />
        <Select
          label="Columns are divided by"
          data={delimiters}
          value={table.delimiter ?? ","}
          allowDeselect={false}
          disabled={isBusy}
          onChange={(delimiter) => delimiter !== null && void readAgain({ delimiter })}
        />
        {table.encoding !== undefined && (
          <Select
            label="Letters are written in"
            description="Choose another one if names look wrong."
            data={[...encodings]}
            value={table.encoding}
            allowDeselect={false}
            disabled={isBusy}
            onChange={(value) => {
              const encoding = encodings.find((one) => one.value === value)?.value;
              if (encoding !== undefined) void readAgain({ encoding });
            }}
          />
        )}
      </div>
    </Panel>
  );
}

export function ColumnsStep() {
  const { table, type, choices, isBusy } = useImportSession(
    useShallow(({ table, type, choices, busy }) => ({ table, type, choices, isBusy: busy !== undefined })),
  );
  if (table === undefined) return undefined;
  const targets = importTargets(type).map(({ key, label }) => ({ value: key, label }));
  const missing = missingTarget(
    type,
    choices.map((choice) => choice.target),
  );
  const taken = choices.filter((choice) => choice.target !== null).length;
  return (
    <div className={classes.withAside}>
      <Panel
        flush
        title={`${taken} of ${table.columns.length} columns are taken`}
        aside={
          <SegmentedControl
            size="xs"
            className={classes.segments ?? ""}
            aria-label="What the rows are"
            value={type}
            disabled={isBusy}
            onChange={(value) => {
              const chosen = importTypes.find((one) => one === value);
              if (chosen !== undefined) void chooseType(chosen);
            }}
            data={importTypes.map((one) => ({ value: one, label: findRecordType(one)?.label.many ?? one }))}
          />
        }
      >
        {missing !== undefined && (
          <p role="status" className={classes.needs}>
            {missing}
          </p>
        )}
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">In the file</th>
              <th scope="col">For example</th>
              <th scope="col">Becomes</th>
            </tr>
          </thead>
          <tbody>
            {table.columns.map((column, index) => (
              <tr key={column.name} data-quiet={choices[index]?.target === null || undefined}>
                <th scope="row">
                  {column.name}
                  <span className={classes.second}>
                    {column.filled === 0 ? "empty" : `${column.filled.toLocaleString("en-GB")} filled`}
                  </span>
                </th>
                <td className={classes.sample}>{column.samples.join(" · ")}</td>
                <td>
                  <Select
                    aria-label={`${column.name} becomes`}
                    size="xs"
                    data={targets}
                    value={choices[index]?.target ?? null}
                    placeholder="Leave out"
                    clearable
                    searchable
                    disabled={isBusy}
                    clearButtonProps={{ "aria-label": `Leave out ${column.name}` }}
                    onChange={(target) => chooseTarget(index, target)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      <div className={classes.stack}>
        <ReadingPanel />
        {table.notes.length > 0 && (
          <Panel title="Good to know">
            <ul className={classes.notes}>
              {table.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </div>
  );
}
