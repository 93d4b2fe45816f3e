// One page of rows from the desk, asked again with every new plan. Shows the page before until the next has come.

import { useEffect, useState } from "react";
import { askDesk, useImportSession } from "./import-session.ts";
import type { ImportDesk } from "./import-desk.ts";

export const ROWS_PER_PAGE = 25;

type Paged = "creates" | "duplicates" | "errors";
type RowsOf<Kind extends Paged> = Awaited<ReturnType<ImportDesk[Kind]>>;

export function useDeskRows<Kind extends Paged>(kind: Kind, page: number): RowsOf<Kind> | undefined {
  const version = useImportSession((session) => session.planVersion);
  const hasPlan = useImportSession((session) => session.plan !== undefined && session.busy === undefined);
  const [rows, setRows] = useState<{ kind: Kind; version: number; rows: RowsOf<Kind> } | undefined>(undefined);
  useEffect(() => {
    if (!hasPlan) return undefined;
    let shown = true;
    const read = async (): Promise<void> => {
      const answer = (await askDesk()[kind]((page - 1) * ROWS_PER_PAGE, ROWS_PER_PAGE)) as RowsOf<Kind>;
      if (shown) setRows({ kind, version, rows: answer });
    };
    // A desk that was closed in between has nothing to show; the page is leaving this step.
    read().catch(() => setRows(undefined));
    return () => {
      shown = false;
    };
  }, [kind, page, version, hasPlan]);
  return rows?.kind === kind ? rows.rows : undefined;
}

export const pageCount = (rows: number): number => Math.max(1, Math.ceil(rows / ROWS_PER_PAGE));
