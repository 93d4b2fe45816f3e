// Step 4: three results that add up. The duplicates come first, because they need a decision.

import { Pagination, SegmentedControl } from "@mantine/core";
import { useEffect, useState } from "react";
import { findRecordType } from "#shared/record-types/index.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { ErrorRows } from "./error-rows.tsx";
import classes from "./import-page.module.css";
import { askDesk, chooseRow, useImportSession } from "./import-session.ts";
import type { DuplicateChoice, DuplicateView, ImportSummary, MergeView } from "./import-types.ts";
import { pageCount, useDeskRows } from "./use-desk-rows.ts";

type Result = "create" | "duplicate" | "error";

const choiceLabels: readonly { readonly value: DuplicateChoice; readonly label: string }[] = [
  { value: "fill", label: "Merge" },
  { value: "skip", label: "Skip" },
  { value: "create", label: "Create" },
];

const toChoice = (value: string): DuplicateChoice =>
  choiceLabels.find((choice) => choice.value === value)?.value ?? "fill";

const count = (number: number): string => number.toLocaleString("en-GB");

function Pager({
  rows,
  page,
  onPage,
  what,
}: {
  readonly rows: number;
  readonly page: number;
  readonly onPage: (page: number) => void;
  readonly what: string;
}) {
  const pages = pageCount(rows);
  return (
    pages > 1 && (
      <div className={classes.pager}>
        <Pagination
          size="sm"
          total={pages}
          value={page}
          onChange={onPage}
          getControlProps={(control) => ({ "aria-label": `${control} page of ${what}` })}
          getItemProps={(number) => ({ "aria-label": `Page ${number} of ${what}` })}
        />
      </div>
    )
  );
}

function DuplicateRow({
  row,
  isShown,
  onShow,
}: {
  readonly row: DuplicateView;
  readonly isShown: boolean;
  readonly onShow: () => void;
}) {
  return (
    <tr data-shown={isShown || undefined} onClick={onShow}>
      <td className={classes.number}>{count(row.number)}</td>
      <th scope="row">
        <button type="button" className={classes.show} aria-pressed={isShown} onClick={onShow}>
          {row.title}
        </button>
        <span className={classes.second}>{row.detail}</span>
      </th>
      <td>
        {row.match.row === undefined ? row.match.title : `Row ${count(row.match.row)} of this file`}
        <span className={classes.second}>{row.match.row === undefined ? row.match.detail : row.match.title}</span>
      </td>
      <td>{row.same}</td>
      <td>
        <SegmentedControl
          size="xs"
          className={classes.segments ?? ""}
          aria-label={`Row ${row.number}, ${row.title}`}
          value={row.choice}
          data={[...choiceLabels]}
          onChange={(value) => void chooseRow(toChoice(value), row.index)}
        />
      </td>
    </tr>
  );
}

function MergePanel({ index }: { readonly index: number }) {
  const version = useImportSession((session) => session.planVersion);
  const [held, setHeld] = useState<{ readonly version: number; readonly view: MergeView | undefined } | undefined>(
    undefined,
  );
  useEffect(() => {
    let isHere = true;
    askDesk()
      .merge(index)
      .then((view) => isHere && setHeld({ version, view }))
      // A desk that was closed in between has nothing to show; the page is leaving this step.
      .catch(() => setHeld(undefined));
    return () => {
      isHere = false;
    };
  }, [index, version]);
  const merge = held?.view;
  if (merge === undefined) return undefined;
  const fills = merge.lines.filter((line) => line.state === "filled").length;
  return (
    <Panel
      title={`Merge of row ${count(merge.number)}`}
      aside={fills === 0 ? "fills nothing" : `fills ${fills} empty ${fills === 1 ? "field" : "fields"}`}
    >
      <dl className={classes.merge}>
        {merge.lines.map((line) => (
          <div key={line.label}>
            <dt>{line.label}</dt>
            <dd>
              {line.state === "filled" ? <mark className={classes.filled}>{line.value}</mark> : line.value}
              {line.state === "kept" && (
                <span className={classes.kept}>
                  {" "}
                  kept{line.fileSays !== undefined && `, file says ${line.fileSays}`}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Duplicates({ summary }: { readonly summary: ImportSummary }) {
  const [page, setPage] = useState(1);
  const [all, setAll] = useState<DuplicateChoice | "">("");
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const rows = useDeskRows("duplicates", page);
  const shown = chosen ?? rows?.[0]?.index;
  if (summary.duplicate === 0) {
    return (
      <Panel>
        <EmptyState
          kind="nothingToDo"
          title="No duplicates"
          text="No row looks like a record on this device or like another row."
        />
      </Panel>
    );
  }
  return (
    <div className={classes.withAside}>
      <Panel
        flush
        title={`${count(summary.duplicate)} ${summary.duplicate === 1 ? "looks" : "look"} like ones you have`}
        aside={
          <>
            <span className={classes.wideOnly}>choose per row, or for all</span>
            <SegmentedControl
              size="xs"
              className={classes.segments ?? ""}
              aria-label="For all duplicates"
              value={all}
              data={choiceLabels.map(({ value, label }) => ({ value, label: `${label} all` }))}
              onChange={(value) => {
                setAll(toChoice(value));
                void chooseRow(toChoice(value));
              }}
            />
          </>
        }
      >
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Row</th>
              <th scope="col">In the file</th>
              <th scope="col">On this device</th>
              <th scope="col">Same</th>
              <th scope="col">Do</th>
            </tr>
          </thead>
          <tbody>
            {(rows ?? []).map((row) => (
              <DuplicateRow
                key={row.index}
                row={row}
                isShown={row.index === shown}
                onShow={() => setChosen(row.index)}
              />
            ))}
          </tbody>
        </table>
        <Pager rows={summary.duplicate} page={page} onPage={setPage} what="duplicates" />
      </Panel>
      <div className={classes.stack}>{shown !== undefined && <MergePanel index={shown} />}</div>
    </div>
  );
}

function Creates({ summary }: { readonly summary: ImportSummary }) {
  const [page, setPage] = useState(1);
  const rows = useDeskRows("creates", page);
  if (summary.create === 0) {
    return (
      <Panel>
        <EmptyState
          kind="nothingToDo"
          title="Nothing new"
          text="Every row that can be read looks like a record on this device."
        />
      </Panel>
    );
  }
  return (
    <Panel flush title={`${count(summary.create)} will be created`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Name</th>
            <th scope="col">What tells it apart</th>
          </tr>
        </thead>
        <tbody>
          {(rows ?? []).map((row) => (
            <tr key={row.index}>
              <td className={classes.number}>{count(row.number)}</td>
              <th scope="row">{row.title}</th>
              <td>{row.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pager rows={summary.create} page={page} onPage={setPage} what="new records" />
    </Panel>
  );
}

const firstResult = ({ duplicate, error }: ImportSummary): Result =>
  duplicate > 0 ? "duplicate" : error > 0 ? "error" : "create";

export function PreviewStep() {
  const plan = useImportSession((session) => session.plan);
  const type = useImportSession((session) => session.type);
  const [result, setResult] = useState<Result | undefined>(undefined);
  if (plan === undefined) return undefined;
  const { summary } = plan;
  const shown = result ?? firstResult(summary);
  const tabs: readonly { readonly id: Result; readonly number: number; readonly words: string }[] = [
    { id: "create", number: summary.create, words: "will be created" },
    { id: "duplicate", number: summary.duplicate, words: "look like ones you have" },
    { id: "error", number: summary.error, words: "cannot be read" },
  ];
  const many = findRecordType(type)?.label.many.toLowerCase() ?? "records";
  const notes = [
    ...summary.notes,
    ...(summary.newCompanies > 0
      ? [
          `${count(summary.newCompanies)} ${summary.newCompanies === 1 ? "company" : "companies"} named in the file will be created too.`,
        ]
      : []),
    ...(summary.unchanged > 0
      ? [
          `${count(summary.unchanged)} ${summary.unchanged === 1 ? "row fills" : "rows fill"} nothing: what it says is filled already.`,
        ]
      : []),
  ];
  return (
    <div className={classes.stack}>
      <div className={classes.results}>
        <div className={classes.resultTabs} role="group" aria-label="Results">
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              className={classes.result}
              data-bad={(tab.id === "error" && tab.number > 0) || undefined}
              aria-pressed={shown === tab.id}
              onClick={() => setResult(tab.id)}
            >
              <strong>{count(tab.number)}</strong> {tab.words}
            </button>
          ))}
        </div>
        <p className={classes.sum}>
          {count(summary.create)} + {count(summary.duplicate)} + {count(summary.error)} = {count(summary.rows)} rows.
          Nothing is written before you press the button.
        </p>
      </div>
      {shown === "create" && <Creates summary={summary} />}
      {shown === "duplicate" && <Duplicates summary={summary} />}
      {shown === "error" && (summary.error === 0 ? <Panel title="Every row can be read" /> : <ErrorRows />)}
      <div className={classes.foot}>
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        <p>
          New {many} are kept in the CRM, and <strong>only the team has the CRM</strong>. The whole import can be undone
          for 30 days.
        </p>
      </div>
    </div>
  );
}
