// The cells of the matrix that somebody is changing and has not decided yet: kept while they look through the lens at what
// would come of it, and gone with the page.

import { create } from "zustand";
import { isPersona } from "#shared/model/personas.ts";
import type { PolicyEdit, Right } from "#shared/model/policy.ts";

/** `type field persona` -> wanted right. */
export type ProposedRights = ReadonlyMap<string, Right>;

type Proposed = { readonly rights: ProposedRights; readonly set: (rights: ProposedRights) => void };

export const useProposedPolicy = create<Proposed>((set) => ({
  rights: new Map(),
  set: (rights) => set({ rights }),
}));

export function toEdits(rights: ProposedRights): readonly PolicyEdit[] {
  return [...rights].flatMap(([key, right]): PolicyEdit[] => {
    const [type = "", field = "", persona = ""] = key.split(" ");
    return isPersona(persona) ? [{ type, field, persona, right }] : [];
  });
}
