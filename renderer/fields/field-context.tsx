// Names behind ids, and who is looking: what cells and editors need to show people and records as words.
// One provider serves a whole list or page with two live reads; a cell outside of one brings its own.

import { createContext, useContext, useMemo, useState, type ReactNode } from "react";
import { useMembers, useSession, useSpaces, useTitles } from "#renderer/data/hooks.tsx";
import type { MemberRow, RecordRow } from "#renderer/data/types.ts";
import type { FieldValue, FormatContext } from "#shared/model/field-value.ts";
import type { Persona } from "#shared/model/personas.ts";
import { findRecordType } from "#shared/record-types/index.ts";

export type FieldContextValue = FormatContext & {
  readonly space: string | undefined;
  /** The CRM space, for members who are in it: where companies, contacts and deals are made. */
  readonly crmSpace: string | undefined;
  readonly persona: Persona;
  readonly me: string;
  /** Members of the space: who can be chosen. */
  readonly members: readonly MemberRow[];
  /** False until the titles of all asked records have come back once. */
  readonly titlesReady: boolean;
};

const FieldContext = createContext<FieldContextValue | undefined>(undefined);

/** The words on screen are English, so dates and figures are written to match. */
export const LOCALE = "en-GB";

/** Ids of the records that the relation fields of these rows name. */
export function relatedIds(rows: readonly Pick<RecordRow, "type" | "fields">[]): readonly string[] {
  const ids = new Set<string>();
  for (const row of rows) {
    const fields = findRecordType(row.type)?.fields ?? {};
    for (const [name, spec] of Object.entries(fields)) {
      if (spec.kind !== "relation" && spec.kind !== "relations") continue;
      for (const id of idsIn(row.fields[name])) ids.add(id);
    }
  }
  return [...ids].sort();
}

export const idsIn = (value: FieldValue | null | undefined): readonly string[] =>
  typeof value === "string" ? [value] : Array.isArray(value) ? value : [];

type ProviderProps = {
  readonly space?: string | undefined;
  readonly ids: readonly string[];
  readonly children: ReactNode;
};

export function FieldContextProvider({ space, ids, children }: ProviderProps) {
  const session = useSession();
  const spaces = useSpaces();
  const everyone = useMembers();
  const inSpace = useMembers(space);
  const fresh = useTitles(ids);
  // Scrolling asks for other ids; titles already known stay on screen meanwhile.
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map());
  const [taken, setTaken] = useState(fresh);
  if (fresh !== undefined && fresh !== taken) {
    setTaken(fresh);
    setKnown(new Map([...known, ...fresh]));
  }
  const value = useMemo<FieldContextValue>(() => {
    const names = new Map([...(everyone ?? []), ...(inSpace ?? [])].map((member) => [member.id, member.name] as const));
    const me = session.kind === "signedIn" ? session.me : undefined;
    return {
      locale: LOCALE,
      space,
      crmSpace: spaces?.find((one) => one.kind === "crm")?.id,
      me: me?.id ?? "",
      persona: spaces?.find((one) => one.id === space)?.persona ?? me?.persona ?? "customer",
      members: inSpace ?? [],
      titlesReady: fresh !== undefined,
      personName: (id) => names.get(id) ?? (me?.id === id ? me.name : undefined),
      recordTitle: (id) => known.get(id),
    };
  }, [fresh, known, everyone, inSpace, spaces, session, space]);
  return <FieldContext value={value}>{children}</FieldContext>;
}

export const useFieldContext = (): FieldContextValue | undefined => useContext(FieldContext);

export function useRequiredFieldContext(): FieldContextValue {
  const context = useContext(FieldContext);
  if (context === undefined) throw new Error("FieldContextProvider is missing above this component");
  return context;
}

/** Provides a context only where none is above. */
export function EnsureFieldContext({ space, ids, children }: ProviderProps) {
  return useFieldContext() === undefined ? (
    <FieldContextProvider space={space} ids={ids}>
      {children}
    </FieldContextProvider>
  ) : (
    children
  );
}
