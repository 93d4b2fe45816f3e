// The board: one column per status. Cards are dragged, or moved with "Move to..." by keyboard and on phones.

import { dropTargetForElements, monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { NativeSelect } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import classes from "./task-board.module.css";
import { taskStatuses } from "./project-words.ts";
import { TaskCard } from "./task-card.tsx";
import type { MoveTask } from "./tasks-tab.tsx";
import type { TaskView } from "./project-view.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly onMove: MoveTask; readonly onOpen: (id: string) => void };

export function TaskBoard({ context, onMove, onOpen }: Props) {
  const phone = useMediaQuery("(max-width: 767px)", undefined, { getInitialValueInEffect: false });
  const [column, setColumn] = useState("notStarted");
  const latest = useRef({ tasks: context.tasks, onMove });
  useEffect(() => {
    latest.current = { tasks: context.tasks, onMove };
  });
  useEffect(
    () =>
      monitorForElements({
        onDrop: ({ source, location }) => {
          const id = source.data["taskId"];
          const over = location.current.dropTargets;
          const status = over.find((target) => typeof target.data["status"] === "string")?.data["status"];
          const before = over.find((target) => typeof target.data["beforeId"] === "string")?.data["beforeId"];
          if (typeof id !== "string" || typeof status !== "string" || before === id) return;
          const others = latest.current.tasks.filter((task) => task.status === status && task.id !== id);
          const index = others.findIndex((task) => task.id === before);
          latest.current.onMove(id, status, index === -1 ? others.length : index);
        },
      }),
    [],
  );
  const byStatus = (status: string): readonly TaskView[] => context.tasks.filter((task) => task.status === status);
  const shown = taskStatuses.filter(
    ({ id }) => id === "notStarted" || id === "started" || id === "completed" || byStatus(id).length > 0,
  );
  const columns = phone ? taskStatuses.filter(({ id }) => id === column) : shown;
  return (
    <>
      {phone && (
        <NativeSelect
          aria-label="Status shown"
          size="md"
          data={taskStatuses.map(({ id, label }) => ({ value: id, label: `${label} (${byStatus(id).length})` }))}
          value={column}
          onChange={(event) => setColumn(event.currentTarget.value)}
        />
      )}
      <div className={classes.board} style={{ gridTemplateColumns: `repeat(${columns.length}, minmax(0, 1fr))` }}>
        {columns.map(({ id, label }) => (
          <Column
            key={id}
            status={id}
            label={label}
            tasks={byStatus(id)}
            context={context}
            onMove={onMove}
            onOpen={onOpen}
          />
        ))}
      </div>
    </>
  );
}

type ColumnProps = Props & { readonly status: string; readonly label: string; readonly tasks: readonly TaskView[] };

function Column({ status, label, tasks, context, onMove, onOpen }: ColumnProps) {
  const ref = useRef<HTMLElement>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    return dropTargetForElements({
      element,
      getData: () => ({ status }),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => setOver(false),
    });
  }, [status]);
  return (
    <section
      ref={ref}
      className={classes.column}
      data-over={over || undefined}
      aria-label={`${label}, ${tasks.length}`}
    >
      <h2 className={classes.head}>
        {label} <span className={classes.count}>{tasks.length}</span>
      </h2>
      {tasks.length === 0 && <p className={classes.none}>No tasks here</p>}
      <ul className={classes.cards}>
        {tasks.map((task) => (
          <TaskCard key={task.id} task={task} context={context} onMove={onMove} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  );
}
