// One line of what happened: who, what, to which record, who outside can see it, when.

import { Link } from "@tanstack/react-router";
import { approvalPath } from "#renderer/fields/approval-paths.ts";
import { decisionWords } from "#renderer/fields/approval-words.ts";
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

function outsideFacet(entry: ActivityEntry): string {
  if (entry.kind === "signed") return entry.facet;
  return entry.kind === "words" || entry.row.type === "document" ? chosenFacet(entry.row) : "internal";
}

const SYNC_GAP_MS = 2 * 60_000;

function timeOf(entry: ActivityEntry): string {
  const received = entry.kind === "words" || entry.kind === "signed" ? undefined : entry.receivedAt;
  const apart = received !== undefined && Date.parse(received) - Date.parse(entry.at) > SYNC_GAP_MS;
  return apart ? `offline ${when(entry.at)}, synced ${when(received)}` : when(entry.at);
}

type Line = {
  readonly verb: string;
  readonly title: string;
  readonly to: string;
  readonly quote: string | undefined;
};

function lineOf(entry: ActivityEntry, context: ProjectContext): Line {
  const { spaceId } = context;
  if (entry.kind === "signed") {
    const { request, decision } = entry;
    const verb =
      decision === undefined ? "asked for approval of" : `${decisionWords(decision, (id) => context.nameOf(id))} of`;
    const quote = decision === undefined ? request.message : decision.reason;
    return { verb, title: request.title, to: approvalPath({ space: spaceId, request }), quote };
  }
  if (entry.kind !== "words")
    return { verb: deedWords(entry), title: entry.row.title, to: pathOf(entry.row, spaceId), quote: undefined };
  const target = entry.about ?? entry.row;
  const words = textField(entry.row, "body") ?? textField(entry.row, "subject") ?? "";
  const quote = target.id === entry.row.id ? undefined : words;
  return { verb: "wrote about", title: target.title, to: pathOf(target, spaceId), quote };
}

export function ActivityLine({ entry, context }: { readonly entry: ActivityEntry; readonly context: ProjectContext }) {
  const name = entry.by === context.meId ? "You" : context.nameOf(entry.by);
  const persona = context.personaOf(entry.by);
  const { verb, title, to, quote } = lineOf(entry, context);
  return (
    <li className={classes.line}>
      <PersonAvatar
        name={context.nameOf(entry.by)}
        size={24}
        decorative
        {...(persona === undefined ? {} : { persona })}
      />
      <span className={classes.words}>
        <strong>{name}</strong> {verb}{" "}
        <Link className={classes.target} to={to}>
          {title === "" ? "Untitled" : title}
        </Link>{" "}
        <AudienceMark facet={outsideFacet(entry)} />
        {quote !== undefined && <span className={classes.quote}>{quote}</span>}
      </span>
      <time className={classes.time} dateTime={entry.at}>
        {timeOf(entry)}
      </time>
    </li>
  );
}
