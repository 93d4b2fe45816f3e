// The people of the space in one short list, who is here now, and what those from outside cannot see.

import { usePersonaLabel, useUnseenFields } from "#renderer/data/use-personas.ts";
import { Link } from "@tanstack/react-router";
import type { PersonPresent } from "#renderer/data/types.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import classes from "./people-summary.module.css";
import { projectTabs, projectTypes, tabPath, type ProjectTab } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly present: readonly PersonPresent[] };

/** "Carla and Cem cannot see ..." for the team, what none of them gets; nothing when nobody is from outside. */
export function unseenWords(
  context: ProjectContext,
  unseenOf: (persona: Persona) => readonly string[],
): string | undefined {
  const outside = context.members.filter((member) => !isInternal(member.persona));
  const [first] = outside;
  if (first === undefined) return undefined;
  const names = outside.map((member) => member.name.split(" ")[0] ?? member.name);
  const who = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const fields = unseenOf(first.persona).filter((label) =>
    outside.every(({ persona }) => unseenOf(persona).includes(label)),
  );
  return `${who} cannot see ${[...fields, "or comments and documents marked team only"].join(", ")}.`;
}

/** "here now", or the page somebody is on. */
function hereWords(present: Props["present"], memberId: string): string {
  const page = present.find((person) => person.memberId === memberId)?.page;
  return page !== undefined && Object.hasOwn(projectTabs, page) ? `on ${projectTabs[page as ProjectTab]}` : "here now";
}

export function PeopleSummary({ context, present }: Props) {
  const labelOf = usePersonaLabel();
  const lead = context.project.fields["lead"];
  const here = new Set(present.map((person) => person.memberId));
  const unseenOf = useUnseenFields(projectTypes);
  const unseen = context.team ? unseenWords(context, unseenOf) : undefined;
  return (
    <Panel
      title="People"
      aside={<Link to={tabPath(context.spaceId, "people")}>{context.plans ? "Manage" : "All"}</Link>}
    >
      <ul className={classes.people}>
        {context.members.map((member) => (
          <li key={member.id} className={classes.person}>
            <PersonAvatar name={member.name} persona={member.persona} size={24} decorative />
            <span className={classes.name}>{member.name}</span>
            <span className={classes.role}>{member.id === lead ? "leads" : labelOf(member.persona).toLowerCase()}</span>
            {(here.has(member.id) || member.id === context.meId) && (
              <span className={classes.here}>{hereWords(present, member.id)}</span>
            )}
          </li>
        ))}
      </ul>
      {unseen !== undefined && <p className={classes.unseen}>{unseen}</p>}
    </Panel>
  );
}
