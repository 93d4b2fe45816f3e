// Facets: the fields of a record that share the same readers and the same writers. One facet of one record is one
// Yjs document, so these two functions are the whole of field-level permission (architecture, section 2).

import { isInternal, type Persona } from "./personas.ts";

/** Who may do something with a facet: the team, everybody in the space, or the team and one external persona. */
type Audience = "internal" | "everyone" | "partner" | "client";

export type FacetDefinition = { readonly readers: Audience; readonly writers: Audience; readonly label: string };

export const facets = {
  internal: { readers: "internal", writers: "internal", label: "Team only" },
  published: { readers: "everyone", writers: "internal", label: "Everyone in the space can see this" },
  shared: { readers: "everyone", writers: "everyone", label: "Everyone in the space can see and change this" },
  client: { readers: "client", writers: "internal", label: "Client can see this" },
  "client-shared": { readers: "client", writers: "client", label: "Client can see and change this" },
  partner: { readers: "partner", writers: "internal", label: "Partner can see this" },
  "partner-shared": { readers: "partner", writers: "partner", label: "Partner can see and change this" },
} as const satisfies Record<string, FacetDefinition>;

export type FacetName = keyof typeof facets;

export const facetNames = Object.keys(facets) as readonly FacetName[];

export const isKnownFacet = (name: string): name is FacetName => Object.hasOwn(facets, name);

function allows(audience: Audience, persona: Persona): boolean {
  switch (audience) {
    case "internal":
      return isInternal(persona);
    case "everyone":
      return true;
    case "partner":
    case "client":
      return isInternal(persona) || persona === audience;
  }
}

/** A facet this version does not know is read and written by the team only: unknown is carried, never shown. */
export const canReadFacet = (facet: string, persona: Persona): boolean =>
  allows(isKnownFacet(facet) ? facets[facet].readers : "internal", persona);

export const canWriteFacet = (facet: string, persona: Persona): boolean =>
  allows(isKnownFacet(facet) ? facets[facet].writers : "internal", persona);

/** External personas that may read a facet: what the audience mark on a field shows. Empty for the quiet, private state. */
export function outsideReaders(facet: string): readonly ("client" | "partner" | "everyone")[] {
  const readers = isKnownFacet(facet) ? facets[facet].readers : "internal";
  return readers === "internal" ? [] : [readers];
}
