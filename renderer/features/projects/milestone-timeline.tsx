// The day scale beside the table: milestones as small bridges, tasks as thin bars, today as a line behind them. Only the
// rows in view are drawn; the table says the same in words.

import { useMemo, useState } from "react";
import { MilestoneBar, type MoveDays } from "./milestone-bar.tsx";
import classes from "./milestone-timeline.module.css";
import type { MilestoneRow } from "./milestone-rows.ts";
import { barOf, ROW_HEIGHT, type RowWindow } from "./milestone-rows.ts";
import { DependencyLines } from "./dependency-lines.tsx";
import { isTaskOpen } from "./project-progress.ts";
import type { TimeScale, Zoom } from "./time-scale.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = {
  readonly context: ProjectContext;
  readonly rows: readonly MilestoneRow[];
  readonly window: RowWindow;
  readonly scale: TimeScale;
  readonly zoom: Zoom;
  readonly selected: string | undefined;
  readonly showCritical: boolean;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onDays: MoveDays | undefined;
};

const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);

export function MilestoneTimeline({ context, rows, window, scale, zoom, selected, showCritical, ...does }: Props) {
  const { locale, today } = context;
  const [draft, setDraft] = useState("");
  const formats = useMemo(() => {
    const tick = new Intl.DateTimeFormat(locale, {
      month: "short",
      timeZone: "UTC",
      ...(zoom === "week" ? { day: "numeric" } : zoom === "quarter" ? { year: "2-digit" } : {}),
    });
    const day = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
    return { tick: (at: string) => tick.format(utc(at)), day: (at: string) => day.format(utc(at)) };
  }, [locale, zoom]);
  return (
    <section className={classes.canvas} style={{ width: scale.width }} aria-label="Timeline of the milestones">
      <div className={classes.head} aria-hidden="true">
        {scale.ticks.map((tick) => (
          <span key={tick.day} className={classes.tick} style={{ left: tick.x }}>
            {formats.tick(tick.day)}
          </span>
        ))}
        <span className={classes.todayWord} style={{ left: scale.x(today) }}>
          {formats.day(today)}
        </span>
      </div>
      <div className={classes.body} style={{ height: rows.length * ROW_HEIGHT }}>
        {scale.ticks.map((tick) => (
          <span key={tick.day} className={classes.grid} style={{ left: tick.x }} />
        ))}
        <span className={classes.today} style={{ left: scale.x(today) }} />
        <DependencyLines
          context={context}
          rows={rows}
          window={window}
          scale={scale}
          selected={selected}
          showCritical={showCritical}
        />
        {window.indexes.map((index) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={row.id}
              className={classes.row}
              data-kind={row.kind}
              data-selected={(row.kind === "milestone" && row.id === selected) || undefined}
              style={{ transform: `translateY(${index * ROW_HEIGHT}px)` }}
              onMouseDown={() => {
                if (row.kind === "milestone") does.onSelect(row.id);
              }}
            >
              <RowBar
                row={row}
                scale={scale}
                context={context}
                showCritical={showCritical}
                dayWords={formats.day}
                onDraft={setDraft}
                {...does}
              />
            </div>
          );
        })}
      </div>
      <p className={classes.said} role="status">
        {draft}
      </p>
    </section>
  );
}

type RowProps = Pick<Props, "context" | "scale" | "showCritical" | "onSelect" | "onOpen" | "onDays"> & {
  readonly row: MilestoneRow;
  readonly dayWords: (day: string) => string;
  readonly onDraft: (words: string) => void;
};

function RowBar({ row, scale, context, showCritical, dayWords, onDraft, onOpen, onDays }: RowProps) {
  const bar = barOf(row);
  if (bar === undefined) return null;
  if (row.kind === "task") {
    return (
      <span
        className={classes.bar}
        data-status={isTaskOpen(row.task) ? row.task.status : "completed"}
        data-late={row.task.late > 0 || undefined}
        style={scale.span(bar.from, bar.to)}
      />
    );
  }
  return (
    <MilestoneBar
      key={`${bar.from} ${bar.to} ${scale.start} ${scale.width}`}
      milestone={row.milestone}
      from={bar.from}
      to={bar.to}
      scale={scale}
      forecast={context.schedule.forecasts.get(row.id)}
      showCritical={showCritical}
      onDays={onDays}
      onOpen={onOpen}
      onDraft={onDraft}
      dayWords={dayWords}
    />
  );
}
