// Everything that waits for me, over all projects and the CRM: late first, then by day.

import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useData, useRecords, useSession, useTitles } from "#renderer/data/hooks.tsx";
import { LOCALE } from "#renderer/fields/field-context.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { CalendarButton } from "./calendar-button.tsx";
import classes from "./my-tasks-page.module.css";
import { groupByDue, mineOpen } from "./my-tasks.ts";
import { taskDays } from "./project-calendar.ts";
import { countWords } from "#renderer/ui/count-words.ts";
import { dayWords } from "./project-days.ts";
import { toTasks, type TaskView } from "./project-view.ts";
import { lateWords, tabPath } from "./project-words.ts";
import { useProjectShelf } from "./use-project-shelf.ts";
import { useToday } from "./use-project.ts";
import { useSave } from "./use-save.ts";

const ALL = 5_000;

export function MyTasksPage() {
  const session = useSession();
  const meId = session.kind === "signedIn" ? session.me.id : "";
  const today = useToday();
  const shelf = useProjectShelf();
  const rows = useRecords({ type: "task", filters: [{ field: "assignee", op: "is", value: meId }], limit: ALL })?.rows;
  const tasks = useMemo(() => {
    if (rows === undefined || shelf === undefined) return undefined;
    const away = new Set([...shelf.archived, ...shelf.templates].map((project) => project.id));
    return mineOpen(toTasks(rows, today), away);
  }, [rows, shelf, today]);
  const titles = useTitles([...new Set((tasks ?? []).map((task) => task.row.space))].toSorted());
  const projectOf = (task: TaskView): string => titles?.get(task.row.space) ?? "CRM";
  return (
    <Page
      title="My tasks"
      meta={tasks === undefined ? undefined : countWords(tasks.length, "open task")}
      actions={
        tasks !== undefined && (
          <CalendarButton name="My tasks" days={taskDays(tasks, projectOf, window.location.origin)} />
        )
      }
    >
      {tasks?.length === 0 && (
        <EmptyState
          kind="nothingToDo"
          title="Nothing waits for you"
          text="Tasks that somebody gives you in a project appear here, and in your inbox."
        />
      )}
      <div className={classes.groups}>
        {groupByDue(tasks ?? [], today).map(({ name, tasks: own }) => (
          <Panel key={name} title={name} aside={String(own.length)} flush>
            <ul className={classes.tasks}>
              {own.map((task) => (
                <MyTask key={task.id} task={task} project={titles?.get(task.row.space)} today={today} />
              ))}
            </ul>
          </Panel>
        ))}
      </div>
    </Page>
  );
}

type TaskProps = { readonly task: TaskView; readonly project: string | undefined; readonly today: string };

function MyTask({ task, project, today }: TaskProps) {
  const { edit } = useData();
  const save = useSave();
  const target = project === undefined ? `/record/${task.id}` : tabPath(task.row.space, "tasks");
  return (
    <li className={classes.task}>
      <Checkbox
        aria-label={`${task.title} is done`}
        checked={false}
        onChange={() => void save(edit.set(task.id, { status: "completed" }), `${task.title} done`)}
      />
      <span className={classes.words}>
        <Link className={classes.title} to={target} search={project === undefined ? {} : { open: task.id }}>
          {task.title}
        </Link>
        <span className={classes.project}>{project ?? "CRM"}</span>
      </span>
      <RowGlyph row={task.row} />
      {task.dueDate !== undefined && (
        <span className={classes.due} data-late={task.late > 0 || undefined}>
          {task.late > 0 ? lateWords(task.late) : dayWords(task.dueDate, today, LOCALE)}
        </span>
      )}
    </li>
  );
}
