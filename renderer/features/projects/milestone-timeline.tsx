// The day scale beside the table: milestones as small bridges, tasks as thin bars, today as a line behind them. Everything
// in it is said in the table as well, so it is one picture to assistive technology.

import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import classes from "./milestone-timeline.module.css";
import type { MilestoneRow } from "./milestones-tab.tsx";
import { isTaskOpen } from "./project-progress.ts";
import { createTimeScale, type TimeScale, type Zoom } from "./time-scale.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = {
  readonly context: ProjectContext;
  readonly rows: readonly MilestoneRow[];
  readonly zoom: Zoom;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
};

const ROW = 44;

type Bar = { readonly from: string; readonly to: string };

function barOf(row: MilestoneRow): Bar | undefined {
  const [start, end] =
    row.kind === "milestone"
      ? [row.milestone.startDate, row.milestone.targetDate]
      : [row.task.startDate, row.task.dueDate];
  const from = start ?? end;
  const to = end ?? start;
  if (from === undefined || to === undefined) return undefined;
  return from <= to ? { from, to } : { from: to, to: from };
}

export function MilestoneTimeline({ context, rows, zoom, selected, onSelect }: Props) {
  const { ref, width } = useElementSize();
  const scale = useMemo(() => {
    const days = rows.flatMap((row) => {
      const bar = barOf(row);
      return bar === undefined ? [] : [bar.from, bar.to];
    });
    return createTimeScale(days, context.today, zoom, width);
  }, [rows, context.today, zoom, width]);
  const tickWords = new Intl.DateTimeFormat(context.locale, {
    month: "short",
    timeZone: "UTC",
    ...(zoom === "week" ? { day: "numeric" } : zoom === "quarter" ? { year: "2-digit" } : {}),
  });
  const todayWords = new Intl.DateTimeFormat(context.locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  return (
    <div
      ref={ref}
      className={classes.scroll}
      role="img"
      aria-label="Timeline of the milestones; the table has the same days"
      tabIndex={0}
    >
      <div className={classes.canvas} style={{ width: scale.width, height: 48 + rows.length * ROW }}>
        <div className={classes.head}>
          {scale.ticks.map((tick) => (
            <span key={tick.day} className={classes.tick} style={{ left: tick.x }}>
              {tickWords.format(new Date(`${tick.day}T00:00:00Z`))}
            </span>
          ))}
          <span className={classes.todayWord} style={{ left: scale.x(context.today) }}>
            {todayWords.format(new Date(`${context.today}T00:00:00Z`))}
          </span>
        </div>
        <div className={classes.body}>
          {scale.ticks.map((tick) => (
            <span key={tick.day} className={classes.grid} style={{ left: tick.x }} />
          ))}
          <span className={classes.today} style={{ left: scale.x(context.today) }} />
          <Dependencies rows={rows} scale={scale} selected={selected} />
          {rows.map((row, index) => (
            <TimelineRow
              key={row.kind === "milestone" ? row.milestone.id : row.task.id}
              row={row}
              top={index * ROW}
              scale={scale}
              selected={selected}
              onSelect={onSelect}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

type RowProps = {
  readonly row: MilestoneRow;
  readonly top: number;
  readonly scale: TimeScale;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
};

function TimelineRow({ row, top, scale, selected, onSelect }: RowProps) {
  const bar = barOf(row);
  const own = row.kind === "milestone" ? row.milestone.id : undefined;
  const span = bar === undefined ? undefined : scale.span(bar.from, bar.to);
  return (
    <div
      className={classes.row}
      data-kind={row.kind}
      data-selected={(own !== undefined && own === selected) || undefined}
      style={{ top }}
      onMouseDown={() => {
        if (own !== undefined) onSelect(own);
      }}
    >
      {span === undefined ? null : row.kind === "milestone" ? (
        <span
          className={classes.bridge}
          data-state={row.milestone.state}
          data-late={row.milestone.late > 0 || undefined}
          style={span}
        >
          <span
            className={classes.fill}
            style={{ width: row.milestone.state === "done" ? "100%" : `${row.milestone.progress * 100}%` }}
          />
          <span className={classes.label}>{row.milestone.title}</span>
        </span>
      ) : (
        <span
          className={classes.bar}
          data-status={isTaskOpen(row.task) ? row.task.status : "completed"}
          data-late={row.task.late > 0 || undefined}
          style={span}
        />
      )}
    </div>
  );
}

/** Lines only to and from the selected milestone: more would be a web. */
function Dependencies({
  rows,
  scale,
  selected,
}: {
  readonly rows: readonly MilestoneRow[];
  readonly scale: TimeScale;
  readonly selected: string | undefined;
}) {
  const placed = new Map(
    rows.flatMap((row, index) => {
      const bar = barOf(row);
      if (row.kind !== "milestone" || bar === undefined) return [];
      const { left, width } = scale.span(bar.from, bar.to);
      return [
        [
          row.milestone.id,
          { start: left, end: left + width, y: index * ROW + ROW / 2, dependsOn: row.milestone.dependsOn },
        ] as const,
      ];
    }),
  );
  const lines = [...placed].flatMap(([id, to]) =>
    to.dependsOn.flatMap((beforeId) => {
      const from = placed.get(beforeId);
      if (from === undefined || (id !== selected && beforeId !== selected)) return [];
      const bend = from.end + 8;
      return [{ key: `${beforeId} ${id}`, path: `M${from.end} ${from.y}H${bend}V${to.y}H${to.start}` }];
    }),
  );
  return (
    <svg className={classes.lines} width={scale.width} height={rows.length * ROW} aria-hidden="true">
      {lines.map((line) => (
        <path key={line.key} d={line.path} />
      ))}
    </svg>
  );
}
