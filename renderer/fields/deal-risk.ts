// Why a deal is at risk, in one plain sentence, from what this device really knows.

import { useState } from "react";
import { useObserved } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { dealStages } from "#shared/record-types/deal.ts";
import { daysFromToday, plainDate } from "./times.ts";

export const QUIET_DAYS = 30;
const DAY = 86_400_000;

export const isOpenDeal = (row: Pick<RecordRow, "fields">): boolean =>
  dealStages.find((stage) => stage.id === row.fields["stage"])?.outcome === "open" || row.fields["stage"] === undefined;

/** Ids of records with an activity in the last 30 days. */
export function useRecentlyTouched(): ReadonlySet<string> | undefined {
  const [since] = useState(() => new Date(new Date().setHours(0, 0, 0, 0) - QUIET_DAYS * DAY).toISOString());
  return useObserved(`touched ${since}`, async (data) => {
    const filters = [{ field: "startAt", op: "atLeast" as const, value: since }];
    const { rows } = await data.query.records({
      type: "activity",
      filters,
      sort: { field: "startAt", descending: true },
    });
    return new Set(rows.flatMap((row) => (typeof row.fields["about"] === "string" ? [row.fields["about"]] : [])));
  });
}

/** The worst first; undefined for a deal that is fine, won or lost. */
export function riskOf(
  row: RecordRow,
  touched: ReadonlySet<string> | undefined,
  now: number = Date.now(),
): string | undefined {
  if (!isOpenDeal(row)) return undefined;
  const close = row.fields["closeDate"];
  if (typeof close === "string") {
    const days = daysFromToday(plainDate(close), now);
    if (days < 0) return days === -1 ? "Close date was yesterday" : `Close date passed ${-days} days ago`;
  }
  const changed = Date.parse(row.updatedAt || row.createdAt);
  const quiet = touched !== undefined && !touched.has(row.id) && now - changed > QUIET_DAYS * DAY;
  return quiet ? `Quiet for over ${QUIET_DAYS} days` : undefined;
}
