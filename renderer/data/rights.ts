// What can be changed from here: the one place a screen asks before it offers a field or a button that changes something.

import { canWriteFacet } from "#shared/model/facets.ts";
import { useData } from "./hooks.tsx";

export type Rights = {
  /** Why nothing can be changed here, such as the lens; absent where things can. */
  readonly readOnly: string | undefined;
  /** Whether a persona may write a facet, from here. */
  readonly canWrite: typeof canWriteFacet;
};

const nothing = (): boolean => false;

export function useRights(): Rights {
  const { readOnly } = useData();
  return { readOnly, canWrite: readOnly === undefined ? canWriteFacet : nothing };
}
