// Who has which field in hand, and saying so of oneself. Pages with a presence provide it; elsewhere nobody is named.

import { createContext, useContext, useEffect, type ReactNode } from "react";
import type { PersonPresent } from "#renderer/data/types.ts";

type Announce = (
  field: { readonly record: string; readonly field: string; readonly facet: string } | undefined,
) => void;

type Editing = { readonly people: readonly PersonPresent[]; readonly announce: Announce };

const EditingContext = createContext<Editing>({ people: [], announce: () => undefined });

export const EditingProvider = ({ value, children }: { readonly value: Editing; readonly children: ReactNode }) => (
  <EditingContext value={value}>{children}</EditingContext>
);

/** Others who have this field in hand. While `active`, the others are told that I have. */
export function useEditing(record: string, field: string, facet: string, active: boolean): readonly PersonPresent[] {
  const { people, announce } = useContext(EditingContext);
  useEffect(() => {
    if (!active) return;
    announce({ record, field, facet });
    return () => announce(undefined);
  }, [announce, record, field, facet, active]);
  return people.filter((person) => person.editing?.record === record && person.editing.field === field);
}
