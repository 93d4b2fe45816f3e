// Milestones on a phone: one card each, with the same facts and moves as the table.

import { usePlacement } from "#renderer/data/use-personas.ts";
import { Button } from "@mantine/core";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import classes from "./milestone-cards.module.css";
import type { MilestoneListProps } from "./milestone-table.tsx";
import { countWords } from "#renderer/ui/count-words.ts";
import { dayWords } from "./project-days.ts";
import { isTaskOpen } from "./project-progress.ts";
import { lateWords, milestoneStatus, percentWords, statusTone } from "./project-words.ts";

export function MilestoneCards({ context, onOpen, onMove }: MilestoneListProps) {
  const placement = usePlacement();
  const day = (date: string): string => dayWords(date, context.today, context.locale);
  return (
    <ol className={classes.cards}>
      {context.milestones.map((milestone, index) => (
        <li key={milestone.id} className={classes.card}>
          <button type="button" className={classes.open} onClick={() => onOpen(milestone.id)}>
            <span className={classes.title}>{milestone.title}</span>
            <span className={classes.line}>
              <StatusChip tone={statusTone(milestone.status)}>{milestoneStatus(milestone.status)}</StatusChip>
              {context.team && <AudienceMark facet={placement("milestone", "title")} />}
              {milestone.targetDate !== undefined && (
                <span className={milestone.late > 0 ? classes.late : undefined}>
                  {day(milestone.targetDate)}
                  {milestone.late > 0 && `, ${lateWords(milestone.late)}`}
                </span>
              )}
            </span>
            <span className={classes.deck} data-state={milestone.state} aria-hidden="true">
              <span style={{ width: milestone.state === "done" ? "100%" : `${milestone.progress * 100}%` }} />
            </span>
            <span className={classes.detail}>
              {percentWords(milestone.progress)} done
              {milestone.tasks.length > 0 && `, ${countWords(milestone.tasks.filter(isTaskOpen).length, "open task")}`}
            </span>
          </button>
          {context.plans && (
            <div className={classes.moves}>
              <Button
                variant="subtle"
                size="compact-sm"
                disabled={index === 0}
                onClick={() => onMove(milestone.id, index - 1)}
              >
                Move up
              </Button>
              <Button
                variant="subtle"
                size="compact-sm"
                disabled={index === context.milestones.length - 1}
                onClick={() => onMove(milestone.id, index + 1)}
              >
                Move down
              </Button>
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
