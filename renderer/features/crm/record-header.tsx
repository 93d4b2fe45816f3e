// Where a record stands among others: its list, the records it belongs to, what it is.

import { IconBuilding, IconColumns3, IconFolders, IconTargetArrow, IconUser } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSpaces } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { choiceWords } from "./record-words.ts";
import classes from "./record.module.css";

const lists: Readonly<Record<string, string>> = {
  company: "/companies",
  contact: "/contacts",
  deal: "/deals",
  task: "/tasks",
  activity: "/activities",
};

const icons: Readonly<Record<string, ReactNode>> = {
  company: <IconBuilding size={14} aria-hidden />,
  contact: <IconUser size={14} aria-hidden />,
  deal: <IconTargetArrow size={14} aria-hidden />,
  project: <IconFolders size={14} aria-hidden />,
  milestone: <IconColumns3 size={14} aria-hidden />,
};

type Props = { readonly row: RecordRow; readonly definition: RecordTypeDefinition };

export function Breadcrumb({ row, definition, referring }: Props & { readonly referring: readonly RecordRow[] }) {
  const { recordTitle, crmSpace } = useRequiredFieldContext();
  const place = useSpaces()?.find(({ id }) => id === row.space);
  const named = Object.entries(definition.fields).flatMap(([name, spec]) => {
    const id = row.fields[name];
    if (spec.kind !== "relation" || typeof id !== "string") return [];
    const title = recordTitle?.(id);
    return title === undefined ? [] : [{ id, title, to: spec.to, project: false }];
  });
  const projects = referring
    .filter((other) => other.type === "project")
    .map((other) => ({ id: other.id, title: `Project ${other.title}`, to: "project", project: true }));
  return (
    <>
      {crmSpace === undefined && place !== undefined ? (
        // Somebody from outside has no lists: they came from the space it is shared into.
        <Link to={place.kind === "project" ? `/projects/${place.id}` : `/spaces/${place.id}`} className={classes.crumb}>
          {place.name}
        </Link>
      ) : (
        <Link to={lists[definition.type] ?? "/"} className={classes.crumb}>
          {definition.label.many}
        </Link>
      )}
      <span aria-hidden>/</span>
      {[...named, ...projects].map((one) =>
        one.project ? (
          <Link key={one.id} to="/projects/$spaceId" params={{ spaceId: one.id }} className={classes.relatedChip}>
            {icons["project"]}
            {one.title}
          </Link>
        ) : (
          <Link key={one.id} to="/record/$id" params={{ id: one.id }} className={classes.relatedChip}>
            {icons[one.to] ?? null}
            {one.title}
          </Link>
        ),
      )}
    </>
  );
}

export function RecordMeta({ row, definition }: Props) {
  const status = definition.fields["status"] === undefined ? "" : choiceWords(row, "status");
  return (
    <span className={classes.meta}>
      <StatusChip tone="neutral">{definition.label.one}</StatusChip>
      {status === "" ? null : (
        <StatusChip tone={row.fields["status"] === "completed" ? "done" : "neutral"}>{status}</StatusChip>
      )}
      {definition.type === "deal" && row.fields["stage"] === "lost" ? <StatusChip tone="bad">Lost</StatusChip> : null}
      {row.fields["emailOptOut"] === true ? <StatusChip tone="bad">No e-mail</StatusChip> : null}
      {row.fields["callOptOut"] === true ? <StatusChip tone="bad">No calls</StatusChip> : null}
      {row.state === "deleted" ? <StatusChip tone="bad">Deleted</StatusChip> : null}
      <RowGlyph row={row} />
    </span>
  );
}

export function Owner({ row, definition }: Props) {
  const { personName, members } = useRequiredFieldContext();
  const field = ["owner", "assignee", "lead"].find((name) => definition.fields[name]?.kind === "person");
  const id = field === undefined ? undefined : row.fields[field];
  if (field === undefined || typeof id !== "string") return null;
  const name = personName?.(id) ?? "Someone";
  const persona = members.find((member) => member.id === id)?.persona;
  return (
    <span className={classes.owner}>
      <span className={classes.ownerLabel}>{definition.fields[field]?.label}</span>
      <PersonAvatar name={name} size={20} decorative {...(persona === undefined ? {} : { persona })} />
      {name}
    </span>
  );
}
