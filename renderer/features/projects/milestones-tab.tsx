// Milestones: the table, and beside it on wide screens the same rows on a day scale. On a phone they are cards.

import { Button, SegmentedControl, Switch, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { useCommands } from "#renderer/ui/commands.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { CircleBanner } from "./circle-banner.tsx";
import { MilestoneCards } from "./milestone-cards.tsx";
import { MilestoneGrid } from "./milestone-grid.tsx";
import { toRows } from "./milestone-rows.ts";
import classes from "./milestones-tab.module.css";
import { RecordDialog } from "./record-dialog.tsx";
import { moveTo, positionAtEnd } from "./row-moves.ts";
import { slackWords } from "./schedule.ts";
import { ShiftProposal } from "./shift-proposal.tsx";
import { zooms, type Zoom } from "./time-scale.ts";
import { useOpenRecord } from "./use-open-record.ts";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

const zoomChoices = Object.entries(zooms).map(([value, { label }]) => ({ value, label }));
const views = [
  { value: "timeline", label: "Timeline" },
  { value: "table", label: "Table" },
];
const zoomOrder: readonly Zoom[] = ["quarter", "month", "week"];

const toZoom = (value: string): Zoom => (value === "week" || value === "quarter" ? value : "month");

/** One step closer or further, as far as there is one. */
const zoomBy = (zoom: Zoom, step: number): Zoom => zoomOrder[zoomOrder.indexOf(zoom) + step] ?? zoom;

export function MilestonesTab({ context }: { readonly context: ProjectContext }) {
  const { edit } = useData();
  const save = useSave();
  const wide = useMediaQuery("(min-width: 1200px)", undefined, { getInitialValueInEffect: false });
  const phone = useMediaQuery("(max-width: 767px)", undefined, { getInitialValueInEffect: false });
  const [opened, setOpened] = useOpenRecord();
  const [view, setView] = useState("timeline");
  const [zoom, setZoom] = useState<Zoom>("month");
  const [showCritical, setShowCritical] = useState(true);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [adding, setAdding] = useState(false);
  const timeline = wide && view === "timeline";
  useCommands([
    ...(context.plans
      ? [{ id: "project.newMilestone", title: "New milestone", section: "Project", run: () => setAdding(true) }]
      : []),
    ...(timeline
      ? [
          {
            id: "timeline.in",
            title: "Timeline: closer",
            section: "Project",
            shortcut: "+",
            run: () => setZoom(zoomBy(zoom, 1)),
          },
          {
            id: "timeline.out",
            title: "Timeline: further away",
            section: "Project",
            shortcut: "-",
            run: () => setZoom(zoomBy(zoom, -1)),
          },
        ]
      : []),
  ]);

  const rows = useMemo(() => toRows(context.milestones, folded), [context.milestones, folded]);
  const fold = (id: string): void => {
    const next = new Set(folded);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
  };
  const move = async (id: string, index: number): Promise<void> => {
    if (index < 0 || index >= context.milestones.length) return;
    const moves = moveTo(context.milestones, id, index);
    await save(edit.setMany(moves.map(({ id: moved, position }) => ({ id: moved, values: { position } }))));
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
  const slack = context.team ? slackWords(context.schedule.slack) : undefined;

  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        {wide && <SegmentedControl size="xs" aria-label="View" data={views} value={view} onChange={setView} />}
        {slack !== undefined && <span className={classes.slack}>{slack}</span>}
        {timeline && (
          <span className={classes.scaleTools}>
            <Switch
              size="xs"
              label="Critical path"
              checked={showCritical}
              onChange={(event) => setShowCritical(event.currentTarget.checked)}
            />
            <SegmentedControl
              size="xs"
              aria-label="Zoom of the timeline"
              data={zoomChoices}
              value={zoom}
              onChange={(next) => setZoom(toZoom(next))}
            />
          </span>
        )}
        {context.plans && !adding && (
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
      <CircleBanner context={context} />
      <ShiftProposal context={context} />
      {context.milestones.length === 0 && !adding ? (
        <EmptyState
          kind="empty"
          title="No milestones yet"
          text={
            context.team
              ? "Milestones are the planks of this project's bridge: what is reached when."
              : "The team has not set milestones yet."
          }
          {...(context.plans
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
        <MilestoneGrid {...list} timeline={timeline} zoom={zoom} showCritical={showCritical} />
      )}
      <RecordDialog context={context} id={opened} onClose={() => setOpened(undefined)} />
    </div>
  );
}

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
