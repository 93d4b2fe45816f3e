// One task on the board. M, or the button, opens "Move to..."; late days are the only red on it.

import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { ActionIcon, Menu } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconArrowsMove,
  IconCalendar,
  IconListCheck,
  IconRepeat,
} from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { singleKeysEnabled } from "#renderer/ui/single-keys.ts";
import { dayWords } from "./project-days.ts";
import { lateWords, taskStatuses } from "./project-words.ts";
import classes from "./task-card.module.css";
import type { MoveTask } from "./tasks-tab.tsx";
import { mayChangeTask, type TaskView } from "./project-view.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = {
  readonly task: TaskView;
  readonly context: ProjectContext;
  readonly onMove: MoveTask;
  readonly onOpen: (id: string) => void;
};

export function TaskCard({ task, context, onMove, onOpen }: Props) {
  const ref = useRef<HTMLLIElement>(null);
  const [dragging, setDragging] = useState(false);
  const [over, setOver] = useState(false);
  const [menu, setMenu] = useState(false);
  const mayMove = mayChangeTask(task, context);
  useEffect(() => {
    const element = ref.current;
    if (element === null || !mayMove) return;
    const stopDragging = draggable({
      element,
      getInitialData: () => ({ taskId: task.id }),
      onDragStart: () => setDragging(true),
      onDrop: () => setDragging(false),
    });
    const stopTarget = dropTargetForElements({
      element,
      getData: () => ({ beforeId: task.id }),
      canDrop: ({ source }) => source.data["taskId"] !== task.id,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => setOver(false),
    });
    return () => {
      stopDragging();
      stopTarget();
    };
  }, [task.id, mayMove]);
  const milestone = context.milestones.find((one) => one.id === task.milestone);
  const persona = context.personaOf(task.assignee);
  return (
    <li
      ref={ref}
      className={classes.card}
      data-dragging={dragging || undefined}
      data-over={over || undefined}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !singleKeysEnabled()) return;
        if (event.key.toLowerCase() !== "m" || !mayMove || menu) return;
        event.preventDefault();
        setMenu(true);
      }}
    >
      <div className={classes.top}>
        <button type="button" className={classes.title} onClick={() => onOpen(task.id)}>
          {task.title}
        </button>
        <RowGlyph row={task.row} />
        {mayMove && <MoveMenu task={task} context={context} opened={menu} onOpened={setMenu} onMove={onMove} />}
      </div>
      <div className={classes.meta}>
        {task.dueDate !== undefined && (
          <span className={task.late > 0 ? classes.late : classes.due}>
            <IconCalendar size={14} stroke={1.7} aria-hidden />
            {task.late > 0 ? lateWords(task.late) : dayWords(task.dueDate, context.today, context.locale)}
          </span>
        )}
        {task.checklist.length > 0 && (
          <span className={classes.due} title="Points of the checklist that are done">
            <IconListCheck size={14} stroke={1.7} aria-hidden />
            {task.checklist.filter((item) => item.done).length}/{task.checklist.length}
          </span>
        )}
        {task.repeat !== undefined && (
          <span className={classes.due} role="img" aria-label="Repeats" title="Repeats">
            <IconRepeat size={14} stroke={1.7} aria-hidden />
          </span>
        )}
        {milestone !== undefined && <span className={classes.milestone}>{milestone.title}</span>}
        {task.assignee !== undefined && (
          <span className={classes.who}>
            <PersonAvatar
              name={context.nameOf(task.assignee)}
              size={22}
              {...(persona === undefined ? {} : { persona })}
            />
          </span>
        )}
      </div>
    </li>
  );
}

type MenuProps = Omit<Props, "onOpen"> & { readonly opened: boolean; readonly onOpened: (opened: boolean) => void };

function MoveMenu({ task, context, opened, onOpened, onMove }: MenuProps) {
  const column = context.tasks.filter((one) => one.status === task.status);
  const index = column.findIndex((one) => one.id === task.id);
  return (
    <Menu opened={opened} onChange={onOpened} position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" size={28} className={classes.move ?? ""} aria-label={`Move ${task.title} to...`}>
          <IconArrowsMove size={16} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {taskStatuses
          .filter(({ id }) => id !== task.status)
          .map(({ id, label }) => (
            <Menu.Item key={id} onClick={() => onMove(task.id, id)}>
              {label}
            </Menu.Item>
          ))}
        {context.plans && <Menu.Divider />}
        {context.plans && (
          <>
            <Menu.Item
              leftSection={<IconArrowUp size={15} aria-hidden />}
              disabled={index <= 0}
              onClick={() => onMove(task.id, task.status, index - 1)}
            >
              Up
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowDown size={15} aria-hidden />}
              disabled={index === column.length - 1}
              onClick={() => onMove(task.id, task.status, index + 1)}
            >
              Down
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
