// Rows of one record type: chosen between table and phone lines, with selection, bulk deeds, and the four ways of "nothing here".

import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useSyncStatus } from "#renderer/data/hooks.tsx";
import type { Filter, RecordQuery } from "#renderer/data/types.ts";
import { FieldContextProvider, relatedIds } from "#renderer/fields/field-context.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { toColumns, type ColumnChoice } from "./list-columns.ts";
import { parseSort } from "./list-search.ts";
import classes from "./list.module.css";
import { PhoneRows } from "./phone-rows.tsx";
import { RecordGrid } from "./record-grid.tsx";
import { useRowWindow } from "./row-window.ts";
import { useSelection } from "./use-selection.ts";

const BulkBar = lazy(async () => ({ default: (await import("./bulk-bar.tsx")).BulkBar }));

type Props = {
  readonly definition: RecordTypeDefinition;
  readonly space: string | undefined;
  readonly filters: readonly Filter[];
  readonly sort: string | undefined;
  /** How many there are without filters. */
  readonly all: number | undefined;
  readonly choice: ColumnChoice;
  readonly onChoice: (choice: ColumnChoice) => void;
  readonly onSort: (sort: string | undefined) => void;
  readonly onCount: (total: number) => void;
  readonly onNew: () => void;
  readonly onClear: () => void;
};

export function RecordList({
  definition,
  space,
  filters,
  sort,
  all,
  choice,
  onChoice,
  onSort,
  onCount,
  onNew,
  onClear,
}: Props) {
  const phone = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const status = useSyncStatus();
  const columns = useMemo(() => toColumns(definition, choice), [definition, choice]);
  const parsed = parseSort(sort);
  const sortable =
    parsed !== undefined &&
    (definition.list.includes(parsed.field) || parsed.field === "updatedAt" || parsed.field === "createdAt");
  const query: RecordQuery = { type: definition.type, filters, ...(sortable ? { sort: parsed } : {}) };
  const [first, setFirst] = useState(0);
  const window = useRowWindow(query, first);
  const selection = useSelection(query);
  const { total } = window;

  useEffect(() => {
    if (total !== undefined) onCount(total);
  }, [total, onCount]);

  const many = definition.label.many.toLowerCase();
  const one = definition.label.one.toLowerCase();
  if (total === 0) {
    if (filters.length > 0 && all !== 0) {
      return (
        <EmptyState
          kind="noMatch"
          title={`No ${many} match`}
          text={`${filters.length === 1 ? "1 filter is" : `${filters.length} filters are`} on. ${all ?? 0} ${many} without them.`}
          action={
            <Button variant="default" onClick={onClear}>
              Clear filters
            </Button>
          }
        />
      );
    }
    if (status.progress !== undefined || (status.lastSyncedAt === undefined && status.state !== "synced")) {
      return (
        <EmptyState
          kind="notOnDevice"
          title={`No ${many} on this device yet`}
          text="They come with the first sync. You can already write new ones; they wait here until then."
          action={
            <Button variant="default" onClick={onNew}>
              New {one}
            </Button>
          }
        />
      );
    }
    return (
      <EmptyState
        kind="empty"
        title={`No ${many} yet`}
        text={`Make the first ${one}, or bring a list you already have.`}
        action={
          <>
            <Button variant="default" onClick={onNew}>
              New {one}
            </Button>{" "}
            <Link to="/import">or import a list</Link>
          </>
        }
      />
    );
  }

  return (
    <FieldContextProvider space={space} ids={relatedIds(window.rows)}>
      <div className={classes.listBox}>
        {phone ? (
          <PhoneRows definition={definition} window={window} selection={selection} onFirst={setFirst} />
        ) : (
          <RecordGrid
            definition={definition}
            columns={columns}
            window={window}
            sort={sortable ? parsed : undefined}
            choice={choice}
            selection={selection}
            onFirst={setFirst}
            onSort={onSort}
            onChoice={onChoice}
          />
        )}
        {selection.ids.size === 0 ? null : (
          <Suspense fallback={null}>
            <BulkBar definition={definition} selection={selection} />
          </Suspense>
        )}
      </div>
    </FieldContextProvider>
  );
}
