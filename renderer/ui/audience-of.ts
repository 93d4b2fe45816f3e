// Which marks stand beside something, by the facet it lies in. They are for the team, who may have made it for somebody
// else's eyes: whoever is from outside sees only what is theirs to see anyway.

import { outsideReaders } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";

export type Mark = "client" | "partner";

/** None for what only the team sees: the quiet state is the private one. */
export function marksOf(facet: string, viewer: Persona): readonly Mark[] {
  if (!isInternal(viewer)) return [];
  const readers = outsideReaders(facet);
  return [
    ...(readers.some((reader) => reader !== "partner") ? (["client"] as const) : []),
    ...(readers.some((reader) => reader === "partner" || reader === "everyone") ? (["partner"] as const) : []),
  ];
}
