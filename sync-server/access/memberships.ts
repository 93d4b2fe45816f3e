// Who is in which space, and as what: found from either side, because a right is asked for far more often than it changes.

import type { Persona } from "#shared/model/personas.ts";
import type { MembershipRow } from "#sync-server/storage/storage.ts";

export type Memberships = {
  personaIn(spaceId: string, memberId: string): Persona | undefined;
  /** Everybody in a space. */
  in(spaceId: string): ReadonlyMap<string, Persona>;
  /** By the spaces a member is in. */
  of(memberId: string): ReadonlyMap<string, Persona>;
  /** Each once. */
  personasOf(memberId: string): readonly Persona[];
  put(row: MembershipRow): void;
  remove(spaceId: string, memberId: string): void;
};

type Side = Map<string, Map<string, Persona>>;

const nobody: ReadonlyMap<string, Persona> = new Map();

function putOn(side: Side, key: string, other: string, persona: Persona): void {
  const found = side.get(key);
  if (found === undefined) side.set(key, new Map([[other, persona]]));
  else found.set(other, persona);
}

export function createMemberships(rows: readonly MembershipRow[]): Memberships {
  const bySpace: Side = new Map();
  const byMember: Side = new Map();
  const distinct = new Map<string, readonly Persona[]>();

  function put({ spaceId, memberId, persona }: MembershipRow): void {
    putOn(bySpace, spaceId, memberId, persona);
    putOn(byMember, memberId, spaceId, persona);
    distinct.delete(memberId);
  }

  for (const row of rows) put(row);

  return {
    personaIn: (spaceId, memberId) => bySpace.get(spaceId)?.get(memberId),
    in: (spaceId) => bySpace.get(spaceId) ?? nobody,
    of: (memberId) => byMember.get(memberId) ?? nobody,
    personasOf(memberId) {
      const known = distinct.get(memberId);
      if (known !== undefined) return known;
      const personas = [...new Set(byMember.get(memberId)?.values())];
      distinct.set(memberId, personas);
      return personas;
    },
    put,
    remove(spaceId, memberId) {
      bySpace.get(spaceId)?.delete(memberId);
      byMember.get(memberId)?.delete(spaceId);
      distinct.delete(memberId);
    },
  };
}
