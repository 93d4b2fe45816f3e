// The table half: one row per milestone and per task of it, edited in place. Alt with the arrow keys moves a milestone.

import { ActionIcon, UnstyledButton } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconChevronDown,
  IconChevronRight,
  IconInfoCircle,
  IconRoute,
} from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { EditCell } from "./edit-cell.tsx";
import classes from "./milestone-table.module.css";
import type { MilestoneRow, RowWindow } from "./milestone-rows.ts";
import { countWords } from "#renderer/ui/count-words.ts";
import { dayWords } from "./project-days.ts";
import { mayChangeTask, type MilestoneView, type TaskView } from "./project-view.ts";
import { lateWords, milestoneStatus, percentWords, statusTone, taskStatus } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";

export type MilestoneListProps = {
  readonly context: ProjectContext;
  readonly rows: readonly MilestoneRow[];
  readonly folded: ReadonlySet<string>;
  readonly onFold: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onMove: (id: string, index: number) => void;
};

type Props = MilestoneListProps & {
  readonly window: RowWindow;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
};

export function MilestoneTable(props: Props) {
  return (
    <table className={classes.table} aria-rowcount={props.rows.length + 1}>
      <thead>
        <tr>
          <th scope="col">Milestone, task</th>
          <th scope="col" className={classes.statusColumn}>
            Status
          </th>
          <th scope="col" className={classes.dateColumn}>
            Start
          </th>
          <th scope="col" className={classes.dateColumn}>
            Target
          </th>
          <th scope="col" className={classes.shareColumn}>
            Done
          </th>
          <th scope="col" className={props.context.plans ? classes.toolColumn : classes.infoColumn}>
            <span className={classes.hidden}>Tools</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <Spacer height={props.window.before} />
        {props.window.indexes.map((at) => {
          const row = props.rows[at];
          if (row === undefined) return null;
          // The head is row 1.
          const rowIndex = at + 2;
          return row.kind === "milestone" ? (
            <MilestoneCells key={row.id} {...props} milestone={row.milestone} index={row.index} rowIndex={rowIndex} />
          ) : (
            <TaskCells key={row.id} {...props} task={row.task} rowIndex={rowIndex} />
          );
        })}
        <Spacer height={props.window.after} />
      </tbody>
    </table>
  );
}

/** Stands for the rows that are out of view. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" className={classes.spacer}>
      <td colSpan={6} style={{ height }} />
    </tr>
  );
}

type DayProps = { readonly day: string | undefined; readonly late?: number; readonly context: ProjectContext };

/** A day as words; a missed target says how late it is. */
export function DayCell({ day, late = 0, context }: DayProps) {
  if (day === undefined) return context.plans ? <span className={classes.quiet}>add</span> : null;
  return (
    <span className={late > 0 ? classes.late : undefined} title={late > 0 ? lateWords(late) : undefined}>
      {dayWords(day, context.today, context.locale)}
      {late > 0 && <span className={classes.hidden}>, {lateWords(late)}</span>}
    </span>
  );
}

type MilestoneProps = Props & {
  readonly milestone: MilestoneView;
  readonly index: number;
  readonly rowIndex: number;
};

function MilestoneCells(props: MilestoneProps) {
  const { milestone, index, context, folded, selected, onSelect, onFold, onOpen, onMove } = props;
  const isFolded = folded.has(milestone.id);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.altKey || !context.plans) return;
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    onMove(milestone.id, index + (event.key === "ArrowUp" ? -1 : 1));
  };
  const cell = { row: milestone.row, persona: context.persona };
  const forecast = context.schedule.forecasts.get(milestone.id);
  const slip = context.team ? (forecast?.slip ?? 0) : 0;
  const Chevron = isFolded ? IconChevronRight : IconChevronDown;
  return (
    <tr
      aria-rowindex={props.rowIndex}
      className={classes.milestone}
      data-selected={selected === milestone.id || undefined}
      onFocus={() => onSelect(milestone.id)}
      onMouseDown={() => onSelect(milestone.id)}
      onKeyDown={onKeyDown}
    >
      <th scope="row">
        <span className={classes.titleCell}>
          <UnstyledButton
            className={classes.fold}
            aria-expanded={!isFolded}
            aria-label={`Tasks of ${milestone.title}`}
            data-none={milestone.tasks.length === 0 || undefined}
            onClick={() => onFold(milestone.id)}
          >
            <Chevron size={16} aria-hidden />
          </UnstyledButton>
          <EditCell {...cell} field="title" />
          {forecast?.critical === true && (
            <span
              className={classes.critical}
              role="img"
              aria-label="On the critical path"
              title="On the critical path"
            >
              <IconRoute size={15} stroke={1.8} aria-hidden />
            </span>
          )}
          <RowGlyph row={milestone.row} />
        </span>
      </th>
      <td>
        <EditCell {...cell} field="status">
          <StatusChip
            tone={statusTone(milestone.status)}
            {...(milestone.status === milestone.set ? {} : { title: "Follows from its tasks and approvals" })}
          >
            {milestoneStatus(milestone.status)}
          </StatusChip>
        </EditCell>
      </td>
      <td>
        <EditCell {...cell} field="startDate">
          <DayCell day={milestone.startDate} context={context} />
        </EditCell>
      </td>
      <td>
        <EditCell {...cell} field="targetDate">
          <DayCell day={milestone.targetDate} late={milestone.late} context={context} />
        </EditCell>
        {slip > 0 && milestone.late === 0 && <span className={classes.slip}>{countWords(slip, "day")} behind</span>}
      </td>
      <td className={classes.share}>{percentWords(milestone.progress)}</td>
      <td>
        <span className={classes.tools}>
          {context.plans && (
            <>
              <ActionIcon
                variant="subtle"
                size={28}
                aria-label={`Move ${milestone.title} up`}
                disabled={index === 0}
                onClick={() => onMove(milestone.id, index - 1)}
              >
                <IconArrowUp size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size={28}
                aria-label={`Move ${milestone.title} down`}
                disabled={index === context.milestones.length - 1}
                onClick={() => onMove(milestone.id, index + 1)}
              >
                <IconArrowDown size={16} aria-hidden />
              </ActionIcon>
            </>
          )}
          <ActionIcon
            variant="subtle"
            size={28}
            aria-label={`Details of ${milestone.title}`}
            onClick={() => onOpen(milestone.id)}
          >
            <IconInfoCircle size={17} aria-hidden />
          </ActionIcon>
        </span>
      </td>
    </tr>
  );
}

function TaskCells({
  task,
  rowIndex,
  context,
  onOpen,
}: Props & { readonly task: TaskView; readonly rowIndex: number }) {
  const persona = context.personaOf(task.assignee);
  const cell = { row: task.row, persona: context.persona };
  return (
    <tr className={classes.task} aria-rowindex={rowIndex}>
      <th scope="row">
        <span className={classes.taskTitle}>
          <UnstyledButton className={classes.taskOpen} onClick={() => onOpen(task.id)}>
            {task.title}
          </UnstyledButton>
        </span>
      </th>
      <td>
        <EditCell {...cell} field="status" readOnly={!mayChangeTask(task, context)}>
          <span className={classes.taskStatus}>{taskStatus(task.status)}</span>
        </EditCell>
      </td>
      <td>
        <EditCell {...cell} field="startDate">
          <DayCell day={task.startDate} context={context} />
        </EditCell>
      </td>
      <td>
        <EditCell {...cell} field="dueDate">
          <DayCell day={task.dueDate} late={task.late} context={context} />
        </EditCell>
      </td>
      <td className={classes.share}>
        {task.assignee !== undefined && (
          <PersonAvatar
            name={context.nameOf(task.assignee)}
            size={22}
            {...(persona === undefined ? {} : { persona })}
          />
        )}
      </td>
      <td />
    </tr>
  );
}
