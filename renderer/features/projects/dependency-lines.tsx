// Lines from what a milestone waits for to itself: those of the selected one and its neighbours, and the critical path.
// More would be a web.

import { useMemo } from "react";
import { barOf, ROW_HEIGHT, type MilestoneRow, type RowWindow } from "./milestone-rows.ts";
import classes from "./milestone-timeline.module.css";
import type { TimeScale } from "./time-scale.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = {
  readonly context: ProjectContext;
  readonly rows: readonly MilestoneRow[];
  readonly window: RowWindow;
  readonly scale: TimeScale;
  readonly selected: string | undefined;
  readonly showCritical: boolean;
};

export function DependencyLines({ context, rows, window, scale, selected, showCritical }: Props) {
  const { forecasts } = context.schedule;
  const placed = useMemo(
    () =>
      new Map(
        rows.flatMap((row, index) => {
          const bar = barOf(row);
          if (row.kind !== "milestone" || bar === undefined) return [];
          const { left, width } = scale.span(bar.from, bar.to);
          return [[row.id, { start: left, end: left + width, index, dependsOn: row.milestone.dependsOn }] as const];
        }),
      ),
    [rows, scale],
  );
  const first = window.indexes[0] ?? 0;
  const last = window.indexes.at(-1) ?? 0;
  const isCritical = (id: string): boolean => showCritical && forecasts.get(id)?.critical === true;
  const lines = [...placed].flatMap(([id, to]) =>
    to.dependsOn.flatMap((beforeId) => {
      const from = placed.get(beforeId);
      if (from === undefined) return [];
      if (Math.max(from.index, to.index) < first || Math.min(from.index, to.index) > last) return [];
      const critical = isCritical(id) && isCritical(beforeId);
      if (!critical && id !== selected && beforeId !== selected) return [];
      const y = (index: number): number => index * ROW_HEIGHT + ROW_HEIGHT / 2;
      const bend = Math.max(from.end + 8, Math.min(to.start - 8, from.end + 8));
      return [
        {
          key: `${beforeId} ${id}`,
          critical,
          path: `M${from.end} ${y(from.index)}H${bend}V${y(to.index)}H${to.start}`,
        },
      ];
    }),
  );
  return (
    <svg className={classes.lines} width={scale.width} height={rows.length * ROW_HEIGHT} aria-hidden="true">
      {lines.map((line) => (
        <path key={line.key} d={line.path} data-critical={line.critical || undefined} />
      ))}
    </svg>
  );
}
