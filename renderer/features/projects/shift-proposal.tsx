// When I moved the end of a milestone others wait for: a proposal to move them along. It waits, it forces nothing, and it
// comes by whatever way the date was changed (drag, keys, table, dialog).

import { Button } from "@mantine/core";
import { IconArrowsRight } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { countWords } from "#renderer/ui/count-words.ts";
import { daysBetween } from "./project-days.ts";
import { dependentShift } from "./schedule.ts";
import classes from "./shift-proposal.module.css";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

type Moved = { readonly id: string; readonly days: number };

/** The one milestone whose end I have just moved. Several at once are a shift that was already made. */
export function movedEnd(
  before: ReadonlyMap<string, string | undefined>,
  context: Pick<ProjectContext, "milestones" | "meId">,
): Moved | undefined {
  const moved = context.milestones.flatMap((one) => {
    const was = before.get(one.id);
    if (was === undefined || one.targetDate === undefined || was === one.targetDate) return [];
    return one.row.updatedBy === context.meId ? [{ id: one.id, days: daysBetween(was, one.targetDate) }] : [];
  });
  return moved.length === 1 ? moved[0] : undefined;
}

const endsOf = (context: ProjectContext): ReadonlyMap<string, string | undefined> =>
  new Map(context.milestones.map((one) => [one.id, one.targetDate] as const));

export function ShiftProposal({ context }: { readonly context: ProjectContext }) {
  const { edit } = useData();
  const save = useSave();
  const seen = useRef<ReadonlyMap<string, string | undefined>>(endsOf(context));
  const [moved, setMoved] = useState<Moved | undefined>(undefined);
  useEffect(() => {
    const latest = movedEnd(seen.current, context);
    seen.current = endsOf(context);
    if (latest === undefined || !context.plans) return;
    setMoved((before) => {
      const days = before?.id === latest.id ? before.days + latest.days : latest.days;
      return days === 0 ? undefined : { id: latest.id, days };
    });
  }, [context]);
  const milestone = context.milestones.find((one) => one.id === moved?.id);
  const edits = moved === undefined ? [] : dependentShift(context.milestones, moved.id, moved.days);
  if (moved === undefined || milestone === undefined || edits.length === 0) return null;
  const by = countWords(Math.abs(moved.days), "day");
  const one = edits.length === 1;
  return (
    <section className={classes.proposal} aria-label="Milestones that depend on it" role="status">
      <IconArrowsRight size={18} stroke={1.7} aria-hidden />
      <p className={classes.words}>
        {countWords(edits.length, "milestone")} {one ? "depends" : "depend"} on {milestone.title}: move{" "}
        {one ? "it" : "them"} {moved.days > 0 ? `by ${by}` : `${by} earlier`}?
      </p>
      <Button
        variant="filled"
        size="compact-sm"
        onClick={() => {
          setMoved(undefined);
          void save(edit.setMany(edits), `${countWords(edits.length, "milestone")} moved by ${by}`);
        }}
      >
        Move {one ? "it" : "them"}
      </Button>
      <Button variant="default" size="compact-sm" onClick={() => setMoved(undefined)}>
        Leave {one ? "it" : "them"}
      </Button>
    </section>
  );
}
