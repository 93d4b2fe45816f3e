// Tasks of the project: a board by status or a list, and one line to add the next.

import { usePlacement } from "#renderer/data/use-personas.ts";
import { SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { CalendarButton } from "./calendar-button.tsx";
import { projectDays } from "./project-calendar.ts";
import { RecordDialog } from "./record-dialog.tsx";
import { moveTo, positionAtEnd } from "./row-moves.ts";
import { TaskBoard } from "./task-board.tsx";
import { TaskList } from "./task-list.tsx";
import classes from "./tasks-tab.module.css";
import { taskStatus } from "./project-words.ts";
import { useOpenRecord } from "./use-open-record.ts";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

const views = [
  { value: "board", label: "Board" },
  { value: "list", label: "List" },
];

export type MoveTask = (id: string, status: string, index?: number) => void;

export function TasksTab({ context }: { readonly context: ProjectContext }) {
  const { edit } = useData();
  const save = useSave();
  const [view, setView] = useState("board");
  const [opened, setOpened] = useOpenRecord();

  const move = async (id: string, status: string, index?: number): Promise<void> => {
    const column = context.tasks.filter((task) => task.status === status);
    const others = column.filter((task) => task.id !== id);
    const task = context.tasks.find((one) => one.id === id);
    if (task === undefined) return;
    const [own, ...renumbered] = moveTo(
      [...others, task],
      id,
      Math.min(index ?? others.length, others.length),
    ).toSorted((left, right) => Number(right.id === id) - Number(left.id === id));
    const words =
      task.status === status ? undefined : `${task.title} moved to ${taskStatus(status)}. Saved on this device`;
    if (!context.team) {
      // Where a card stands among the others is the team's order.
      await save(edit.set(id, { status }), words);
      return;
    }
    await save(
      edit.setMany([
        { id, values: { status, position: own?.position ?? null } },
        ...renumbered.map(({ id: other, position }) => ({ id: other, values: { position } })),
      ]),
      words,
    );
  };
  const onMove: MoveTask = (id, status, index) => void move(id, status, index);

  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        {context.plans && <QuickAdd context={context} />}
        <CalendarButton
          name={context.project.title}
          days={projectDays(context.project, context.milestones, context.tasks, window.location.origin)}
        />
        <SegmentedControl size="xs" aria-label="Board or list" data={views} value={view} onChange={setView} />
      </div>
      {context.tasks.length === 0 ? (
        <EmptyState
          kind="empty"
          title="No tasks yet"
          text={
            context.team
              ? "Write what is to be done in the line above and press Enter."
              : "The team has not shared tasks yet."
          }
        />
      ) : view === "board" ? (
        <TaskBoard context={context} onMove={onMove} onOpen={setOpened} />
      ) : (
        <TaskList context={context} onOpen={setOpened} />
      )}
      <RecordDialog context={context} id={opened} onClose={() => setOpened(undefined)} />
    </div>
  );
}

function QuickAdd({ context }: { readonly context: ProjectContext }) {
  const { edit } = useData();
  const save = useSave();
  const placement = usePlacement();
  const [title, setTitle] = useState("");
  const add = async (): Promise<void> => {
    const written = title.trim();
    if (written === "") return;
    setTitle("");
    const position = positionAtEnd(context.tasks);
    const values = { title: written, status: "notStarted", about: context.spaceId, position };
    const made = await save(edit.create({ type: "task", space: context.spaceId, values }), `${written} added`);
    if (made === undefined) setTitle(written);
  };
  return (
    <form
      className={classes.quickAdd}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <TextInput
        aria-label="New task"
        placeholder="Add a task, Enter saves it"
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        rightSection={<AudienceMark facet={placement("task", "title")} />}
        rightSectionWidth={52}
      />
    </form>
  );
}
