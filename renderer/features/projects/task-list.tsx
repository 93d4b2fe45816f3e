// All tasks in one table, edited in place; on phones a stacked list.

import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { EditCell } from "./edit-cell.tsx";
import { DayCell } from "./milestone-table.tsx";
import { statusTone, taskStatus } from "./project-words.ts";
import classes from "./task-list.module.css";
import { mayChangeTask, type TaskView } from "./project-view.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly onOpen: (id: string) => void };

export function TaskList({ context, onOpen }: Props) {
  return (
    <div className={classes.frame}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Status</th>
            <th scope="col">Assignee</th>
            <th scope="col">Due</th>
            <th scope="col">Milestone</th>
          </tr>
        </thead>
        <tbody>
          {context.tasks.map((task) => (
            <TaskRow key={task.id} task={task} context={context} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TaskRow({ task, context, onOpen }: Props & { readonly task: TaskView }) {
  const cell = { row: task.row, persona: context.persona };
  const milestone = context.milestones.find((one) => one.id === task.milestone);
  const assigneePersona = context.personaOf(task.assignee);
  return (
    <tr>
      <th scope="row">
        <button type="button" className={classes.title} onClick={() => onOpen(task.id)}>
          {task.title}
        </button>
        <RowGlyph row={task.row} />
      </th>
      <td data-label="Status">
        <EditCell {...cell} field="status" readOnly={!mayChangeTask(task, context)}>
          <StatusChip tone={statusTone(task.status)}>{taskStatus(task.status)}</StatusChip>
        </EditCell>
      </td>
      <td data-label="Assignee">
        <EditCell {...cell} field="assignee">
          {task.assignee === undefined ? (
            <span className={classes.none}>{context.plans ? "add" : "Nobody yet"}</span>
          ) : (
            <span className={classes.person}>
              <PersonAvatar
                name={context.nameOf(task.assignee)}
                size={22}
                decorative
                {...(assigneePersona === undefined ? {} : { persona: assigneePersona })}
              />
              {context.nameOf(task.assignee)}
            </span>
          )}
        </EditCell>
      </td>
      <td data-label="Due">
        <EditCell {...cell} field="dueDate">
          <DayCell day={task.dueDate} late={task.late} context={context} />
        </EditCell>
      </td>
      <td data-label="Milestone">
        <button type="button" className={classes.milestone} onClick={() => onOpen(task.id)}>
          {milestone?.title ?? (context.plans ? "add" : "")}
        </button>
      </td>
    </tr>
  );
}
