// Milestones: the table, and beside it on wide screens the same rows on a day scale. On a phone they are cards.

import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { useCommands } from "#renderer/ui/commands.ts";
import { MilestoneCards } from "./milestone-cards.tsx";
import { MilestoneTable } from "./milestone-table.tsx";
import { MilestoneTimeline } from "./milestone-timeline.tsx";
import classes from "./milestones-tab.module.css";
import { slackDays, slackWords } from "./project-progress.ts";
import type { MilestoneView, TaskView } from "./project-view.ts";
import { RecordDialog } from "./record-dialog.tsx";
import { moveTo, positionAtEnd } from "./row-order.ts";
import { zooms, type Zoom } from "./time-scale.ts";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

export type MilestoneRow =
  | { readonly kind: "milestone"; readonly milestone: MilestoneView; readonly index: number }
  | { readonly kind: "task"; readonly task: TaskView };

const zoomChoices = Object.entries(zooms).map(([value, { label }]) => ({ value, label }));

export function MilestonesTab({ context }: { readonly context: ProjectContext }) {
  const { edit } = useData();
  const save = useSave();
  const wide = useMediaQuery("(min-width: 1200px)", undefined, { getInitialValueInEffect: false });
  const phone = useMediaQuery("(max-width: 767px)", undefined, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState<string | undefined>(undefined);
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const [zoom, setZoom] = useState<Zoom>("month");
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [adding, setAdding] = useState(false);
  useCommands(
    context.team
      ? [{ id: "project.newMilestone", title: "New milestone", section: "Project", run: () => setAdding(true) }]
      : [],
  );

  const rows: readonly MilestoneRow[] = context.milestones.flatMap((milestone, index) => [
    { kind: "milestone" as const, milestone, index },
    ...(folded.has(milestone.id) ? [] : milestone.tasks.map((task) => ({ kind: "task" as const, task }))),
  ]);
  const fold = (id: string): void => {
    const next = new Set(folded);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
  };
  const move = async (id: string, index: number): Promise<void> => {
    if (index < 0 || index >= context.milestones.length) return;
    for (const { id: moved, position } of moveTo(context.milestones, id, index))
      await save(edit.set(moved, { position }));
  };
  const add = async (title: string): Promise<void> => {
    const position = positionAtEnd(context.milestones);
    const values = { title, status: "planned", position };
    const made = await save(
      edit.create({ type: "milestone", space: context.spaceId, values }),
      `${title} added. Everyone in this project can see it.`,
    );
    if (made !== undefined) setAdding(false);
  };
  const list = {
    context,
    rows,
    folded,
    onFold: fold,
    onOpen: setOpened,
    onMove: (id: string, index: number) => void move(id, index),
  };
  const slack = context.team ? slackWords(slackDays(context.milestones, context.tasks, context.today)) : undefined;

  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        {wide && (
          <SegmentedControl
            size="xs"
            aria-label="Zoom of the timeline"
            data={zoomChoices}
            value={zoom}
            onChange={(next) => setZoom(toZoom(next))}
          />
        )}
        {slack !== undefined && <span className={classes.slack}>{slack}</span>}
        {context.team && !adding && (
          <Button
            className={classes.add ?? ""}
            color="amber"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            New milestone
          </Button>
        )}
      </div>
      {adding && <AddMilestone onAdd={(title) => void add(title)} onCancel={() => setAdding(false)} />}
      {context.milestones.length === 0 && !adding ? (
        <EmptyState
          kind="empty"
          title="No milestones yet"
          text={
            context.team
              ? "Milestones are the planks of this project's bridge: what is reached when."
              : "The team has not set milestones yet."
          }
          {...(context.team
            ? {
                action: (
                  <Button variant="default" onClick={() => setAdding(true)}>
                    Add the first milestone
                  </Button>
                ),
              }
            : {})}
        />
      ) : phone ? (
        <MilestoneCards {...list} />
      ) : (
        <div className={classes.halves}>
          <MilestoneTable {...list} selected={selected} onSelect={setSelected} />
          {wide && (
            <MilestoneTimeline context={context} rows={rows} zoom={zoom} selected={selected} onSelect={setSelected} />
          )}
        </div>
      )}
      <RecordDialog context={context} id={opened} onClose={() => setOpened(undefined)} />
    </div>
  );
}

const toZoom = (value: string): Zoom => (value === "week" || value === "quarter" ? value : "month");

function AddMilestone({ onAdd, onCancel }: { readonly onAdd: (title: string) => void; readonly onCancel: () => void }) {
  const [title, setTitle] = useState("");
  return (
    <form
      className={classes.adding}
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() !== "") onAdd(title.trim());
      }}
    >
      <TextInput
        aria-label="Title of the new milestone"
        placeholder="Title, for example M2 Structure"
        autoFocus
        className={classes.addInput ?? ""}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onCancel();
        }}
      />
      <Button type="submit" variant="default" disabled={title.trim() === ""}>
        Add
      </Button>
      <Button variant="subtle" onClick={onCancel}>
        Cancel
      </Button>
    </form>
  );
}
