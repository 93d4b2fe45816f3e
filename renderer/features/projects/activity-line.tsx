// One line of what happened: who, what, to which record, who outside can see it, when.

import { Link } from "@tanstack/react-router";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { when } from "#renderer/ui/when.ts";
import type { RecordRow } from "#renderer/data/types.ts";
import { deedWords, type ActivityEntry } from "./activity-entries.ts";
import classes from "./activity-line.module.css";
import { chosenFacet, textField } from "./project-view.ts";
import { documentPath, tabPath } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";

function pathOf(row: RecordRow, spaceId: string): string {
  if (row.type === "document") return documentPath(spaceId, row.id);
  if (row.type === "milestone") return tabPath(spaceId, "milestones");
  return tabPath(spaceId, row.type === "task" ? "tasks" : row.type === "project" ? "overview" : "activity");
}

const outsideFacet = (entry: ActivityEntry): string =>
  entry.kind === "words" || entry.row.type === "document" ? chosenFacet(entry.row) : "internal";

const SYNC_GAP_MS = 2 * 60_000;

function timeOf(entry: ActivityEntry): string {
  const received = entry.kind === "words" ? undefined : entry.receivedAt;
  const apart = received !== undefined && Date.parse(received) - Date.parse(entry.at) > SYNC_GAP_MS;
  return apart ? `offline ${when(entry.at)}, synced ${when(received)}` : when(entry.at);
}

export function ActivityLine({ entry, context }: { readonly entry: ActivityEntry; readonly context: ProjectContext }) {
  const name = entry.by === context.meId ? "You" : context.nameOf(entry.by);
  const persona = context.personaOf(entry.by);
  const target = entry.kind === "words" ? (entry.about ?? entry.row) : entry.row;
  const words =
    entry.kind === "words" ? (textField(entry.row, "body") ?? textField(entry.row, "subject") ?? "") : undefined;
  return (
    <li className={classes.line}>
      <PersonAvatar
        name={context.nameOf(entry.by)}
        size={24}
        decorative
        {...(persona === undefined ? {} : { persona })}
      />
      <span className={classes.words}>
        <strong>{name}</strong> {entry.kind === "words" ? "wrote about" : deedWords(entry)}{" "}
        <Link className={classes.target} to={pathOf(target, context.spaceId)}>
          {target.title === "" ? "Untitled" : target.title}
        </Link>{" "}
        <AudienceMark facet={outsideFacet(entry)} />
        {words !== undefined && target.id !== entry.row.id && <span className={classes.quote}>{words}</span>}
      </span>
      <time className={classes.time} dateTime={entry.at}>
        {timeOf(entry)}
      </time>
    </li>
  );
}
