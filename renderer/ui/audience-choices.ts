// Which audiences an author may pick in a space, and who each of them is by name.

import type { MemberRow } from "#renderer/data/types.ts";
import { audienceLabels, audiences, facetOfAudience, type AudienceChoice } from "#shared/model/audience.ts";
// Which audiences somebody has at all; what is offered is asked where the form is shown.
// oxlint-disable-next-line no-restricted-imports
import { canReadFacet, canWriteFacet } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";

export type AudienceOption = {
  readonly audience: AudienceChoice;
  /** How many of the team will see it. */
  readonly team: number;
  /** The outsiders of the space who will see it. */
  readonly names: readonly string[];
};

/** Outsiders have no team of ours to be private with; an audience nobody here belongs to is not offered to the team. */
export function audienceOptions(persona: Persona, members: readonly MemberRow[]): readonly AudienceOption[] {
  const outsiders = members.filter((member) => !isInternal(member.persona));
  return audiences
    .filter((audience) => canWriteFacet(facetOfAudience[audience], persona))
    .map((audience) => ({
      audience,
      team: members.length - outsiders.length,
      names: outsiders
        .filter((member) => canReadFacet(facetOfAudience[audience], member.persona))
        .map((member) => member.name),
    }))
    .filter(({ audience, names }) => audience === "internal" || audience === "everyone" || names.length > 0);
}

export const defaultAudience = (persona: Persona): AudienceChoice => (isInternal(persona) ? "internal" : "everyone");

/** Who from outside will see it, by name. */
export function audienceNames({ audience, names }: AudienceOption): string {
  if (audience === "internal") return "Nobody outside the team";
  return names.length === 0 ? "The team; nobody from outside is here yet" : names.join(", ");
}

/** "Team only, 3 people", "Team and client: Carla Meyer and Cem Aydin". */
export function audienceWords({ audience, team, names }: AudienceOption): string {
  const title = audienceLabels[audience];
  if (audience === "internal") return team === 0 ? title : `${title}, ${team === 1 ? "1 person" : `${team} people`}`;
  const [first, second, ...others] = names;
  if (first === undefined) return title;
  if (second === undefined) return `${title}: ${first}`;
  return `${title}: ${others.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${others.length} more`}`;
}
