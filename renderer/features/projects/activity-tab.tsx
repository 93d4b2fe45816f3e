// Everything that happened in the project, newest first, and the line to add words of one's own.

import { Button } from "@mantine/core";
import { useState } from "react";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { ActivityLine } from "./activity-line.tsx";
import classes from "./activity-tab.module.css";
import { CommentCard } from "#renderer/ui/comment-card.tsx";
import { Composer } from "./composer.tsx";
import { useActivity } from "./use-activity.ts";
import type { ProjectContext } from "./use-project.ts";

const PAGE = 40;

export function ActivityTab({ context }: { readonly context: ProjectContext }) {
  const [shown, setShown] = useState(PAGE);
  const entries = useActivity(context.project, Math.max(200, shown));
  return (
    <div className={classes.tab}>
      <Composer context={context} about={context.spaceId} label="Write to this project" />
      {entries?.length === 0 && (
        <EmptyState kind="empty" title="Nothing yet" text="Changes and comments of this project appear here." />
      )}
      {entries !== undefined && entries.length > 0 && (
        <Panel title="Activity" flush>
          <ul className={classes.entries}>
            {entries.slice(0, shown).map((entry) =>
              entry.kind === "words" ? (
                <li key={entry.id} className={classes.words}>
                  <CommentCard
                    row={entry.row}
                    author={{ name: context.nameOf(entry.by), persona: context.personaOf(entry.by) }}
                    about={entry.about?.id === context.spaceId ? undefined : entry.about?.title}
                  />
                </li>
              ) : (
                <ActivityLine key={entry.id} entry={entry} context={context} />
              ),
            )}
          </ul>
          {entries.length > shown && (
            <Button variant="subtle" fullWidth onClick={() => setShown(shown + PAGE)}>
              Show older
            </Button>
          )}
        </Panel>
      )}
    </div>
  );
}
