// Rows that cannot be read: put right in place, left out column by column, or taken along as CSV.

import { Button, Pagination, TextInput } from "@mantine/core";
import { useState } from "react";
import { download } from "#renderer/ui/download.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import classes from "./import-page.module.css";
import { askDesk, fixCell, leaveOutColumn, useImportSession } from "./import-session.ts";
import type { CellProblem, ErrorView } from "./import-types.ts";
import { pageCount, useDeskRows } from "./use-desk-rows.ts";

async function downloadErrors(fileName: string): Promise<void> {
  const csv = await askDesk().errorCsv();
  download(
    new Blob([csv], { type: "text/csv;charset=utf-8" }),
    `${fileName.replace(/\.\w+$/, "")}-unreadable-rows.csv`,
  );
}

function ProblemField({ row, problem }: { readonly row: ErrorView; readonly problem: CellProblem }) {
  const [text, setText] = useState(problem.text);
  const save = (): void => {
    if (text !== problem.text) void fixCell(row.index, problem.column, text);
  };
  if (problem.column === -1) {
    return (
      <div className={classes.fix}>
        <p className={classes.sentence}>{problem.message}</p>
        {problem.label === "Row" && (
          <Button size="compact-sm" variant="default" onClick={() => void fixCell(row.index, -1, "")}>
            Take it as it is
          </Button>
        )}
      </div>
    );
  }
  return (
    <TextInput
      size="xs"
      className={classes.fix ?? ""}
      label={problem.label}
      value={text}
      error={problem.message}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === "Enter") save();
        if (event.key === "Escape") setText(problem.text);
      }}
    />
  );
}

export function ErrorRows() {
  const plan = useImportSession((session) => session.plan);
  const fileName = useImportSession((session) => session.chosen?.name ?? "import");
  const [page, setPage] = useState(1);
  const pages = pageCount(plan?.summary.error ?? 0);
  const shownPage = Math.min(page, pages);
  const rows = useDeskRows("errors", shownPage);
  if (plan === undefined) return undefined;
  const { error } = plan.summary;
  return (
    <Panel
      flush
      title={`${error.toLocaleString("en-GB")} cannot be read`}
      aside={
        <Button size="compact-sm" variant="subtle" onClick={() => void downloadErrors(fileName)}>
          CSV of these rows
        </Button>
      }
    >
      <p className={classes.lede}>
        Rows that stay unreadable are not imported. Put them right here, or download them, correct the file and import
        it again.
      </p>
      <ul className={classes.groups}>
        {plan.problems.map((problem) => (
          <li key={`${problem.column} ${problem.label}`} className={classes.group}>
            <span className={classes.words}>
              <strong>{problem.label}</strong> in {problem.count.toLocaleString("en-GB")}{" "}
              {problem.count === 1 ? "row" : "rows"}
              <span className={classes.second}>
                {problem.example === "" ? problem.message : `“${problem.example}”: ${problem.message}`}
              </span>
            </span>
            {!problem.required && (
              <Button size="compact-sm" variant="default" onClick={() => void leaveOutColumn(problem.column)}>
                Leave {problem.label} empty there
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ul className={classes.errors} aria-label="Rows that cannot be read">
        {(rows ?? []).map((row) => (
          <li key={row.index} className={classes.errorRow}>
            <span className={classes.rowName}>
              <strong>Row {row.number.toLocaleString("en-GB")}</strong>
              <span className={classes.second}>{row.title}</span>
            </span>
            <div className={classes.fixes}>
              {row.problems.map((problem) => (
                <ProblemField key={`${problem.column} ${problem.text}`} row={row} problem={problem} />
              ))}
            </div>
          </li>
        ))}
      </ul>
      {pages > 1 && (
        <div className={classes.pager}>
          <Pagination
            size="sm"
            total={pages}
            value={shownPage}
            onChange={setPage}
            getControlProps={(control) => ({ "aria-label": `${control} page of unreadable rows` })}
            getItemProps={(number) => ({ "aria-label": `Page ${number} of unreadable rows` })}
          />
        </div>
      )}
    </Panel>
  );
}
