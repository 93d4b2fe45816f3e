// Today: planned activities along a line, then tasks one can tick off.

import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { clockTime, daysFromToday, plainDate } from "#renderer/fields/times.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { Waiting } from "#renderer/ui/waiting.tsx";
import { activity } from "#shared/record-types/activity.ts";
import classes from "./home.module.css";
import type { Today } from "./use-today.ts";

const SHOWN = 8;

const channelOf = (row: RecordRow): string => {
  const channel = row.fields["channel"];
  const options: Readonly<Record<string, string>> = activity.fields.channel.options;
  return typeof channel === "string" ? (options[channel] ?? "") : "";
};

export function TodayPanel({ today }: { readonly today: Today | undefined }) {
  const { recordTitle } = useRequiredFieldContext();
  const [all, setAll] = useState(false);
  if (today === undefined) {
    return (
      <Panel title="Today">
        <Waiting lines={3} />
      </Panel>
    );
  }
  const tasks = all ? today.tasks : today.tasks.slice(0, SHOWN);
  return (
    <Panel title="Today" aside={<Link to="/tasks">All tasks</Link>}>
      {today.activities.length === 0 ? (
        <p className={classes.nothing}>
          Nothing planned.{" "}
          <Link to="/activities" search={{ new: 1 }}>
            Plan a visit
          </Link>
        </p>
      ) : (
        <ol className={classes.agenda}>
          {today.activities.map((row) => {
            const start = row.fields["startAt"];
            const whom = [row.fields["contact"], row.fields["about"]].flatMap((id) =>
              typeof id === "string" ? [recordTitle?.(id) ?? ""] : [],
            );
            return (
              <li key={row.id} className={classes.agendaRow}>
                <time className={classes.agendaTime}>{typeof start === "string" ? clockTime(start) : ""}</time>
                <span className={classes.agendaPost} aria-hidden />
                <span className={classes.agendaWords}>
                  <Link to="/record/$id" params={{ id: row.id }} className={classes.title}>
                    {row.title || channelOf(row)}
                  </Link>
                  <span className={classes.second}>
                    {[channelOf(row), ...new Set(whom)].filter((part) => part !== "").join(", ")}
                  </span>
                </span>
                <RowGlyph row={row} />
              </li>
            );
          })}
        </ol>
      )}
      <ul className={classes.tasks}>
        {tasks.map((task) => (
          <TaskLine key={task.id} task={task} />
        ))}
      </ul>
      {today.tasks.length > tasks.length ? (
        <button type="button" className={classes.showAll} onClick={() => setAll(true)}>
          Show all {today.tasks.length}
        </button>
      ) : null}
      {today.tasks.length === 0 ? (
        <p className={classes.nothing}>No task is due{today.later > 0 ? `, ${today.later} later` : ""}.</p>
      ) : null}
    </Panel>
  );
}

function TaskLine({ task }: { readonly task: RecordRow }) {
  const { edit } = useData();
  const due = task.fields["dueDate"];
  const days = typeof due === "string" ? daysFromToday(plainDate(due)) : undefined;
  const words = days === undefined ? "" : days === 0 ? "today" : `late by ${-days} ${days === -1 ? "day" : "days"}`;
  const complete = async () => {
    const result = await edit.set(task.id, { status: "completed" });
    if (!result.ok) return showProblem(saveProblem(result.error));
    showDone(`${task.title} completed. Saved on this device.`, () => void result.value.undo());
  };
  return (
    <li className={classes.task}>
      <label className={classes.tick}>
        <Checkbox aria-label={`Complete ${task.title}`} checked={false} onChange={() => void complete()} />
      </label>
      <Link to="/record/$id" params={{ id: task.id }} className={classes.taskTitle}>
        {task.title}
      </Link>
      <RowGlyph row={task} />
      <span className={days !== undefined && days < 0 ? classes.late : classes.due}>{words}</span>
    </li>
  );
}
