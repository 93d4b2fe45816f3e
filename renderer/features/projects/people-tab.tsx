// Who is in this project, as what, and what those from outside cannot see.

import type { MemberRow, PersonPresent } from "#renderer/data/types.ts";
import { useUnseenFields } from "#renderer/data/use-personas.ts";
import { SpacePeople } from "#renderer/ui/space-people.tsx";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { unseenWords } from "./people-summary.tsx";
import { projectTypes } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly present: readonly PersonPresent[] };

export function PeopleTab({ context, present }: Props) {
  const unseenOf = useUnseenFields(projectTypes);
  const here = new Set([context.meId, ...present.map((person) => person.memberId)]);
  const noteOf = ({ id }: MemberRow): string =>
    `${context.project.fields["lead"] === id ? ", leads" : ""}${here.has(id) ? ", here now" : ""}`;
  const explain = (persona: Persona): string =>
    isInternal(persona)
      ? "They will see everything in this project, money and internal notes included."
      : `They will see milestones, tasks, people, and what is marked for them. Never ${[...unseenOf(persona), "or what is team only"].join(", ")}.`;
  return (
    <div style={{ maxWidth: 860 }}>
      <SpacePeople
        title={`${context.members.length} in this project`}
        spaceId={context.spaceId}
        spaceName={context.project.title}
        members={context.members}
        meId={context.meId}
        manages={!context.readOnly && (context.persona === "owner" || context.persona === "manager")}
        usual="client"
        explain={explain}
        noteOf={noteOf}
        foot={context.team ? unseenWords(context, unseenOf) : undefined}
      />
    </div>
  );
}
