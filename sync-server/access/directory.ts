// Members, spaces and memberships in memory, written through to storage before memory changes: what a crash leaves on
// disk is what the next start knows. Knows no rules; open-access.ts decides who may do what.

import type { Persona } from "#shared/model/personas.ts";
import type { SpaceInfo } from "#shared/protocol/frames.ts";
import type {
  DirectoryStorage,
  InvitationRow,
  MemberRow,
  RowsTogether,
  SpaceRow,
} from "#sync-server/storage/storage.ts";

export type Directory = {
  memberById(id: string): MemberRow | undefined;
  memberByEmail(email: string): MemberRow | undefined;
  members(): readonly MemberRow[];
  /** A space that people share; nobody but its member has anything to do with a personal one. */
  space(id: string): SpaceRow | undefined;
  /** Whether there is one by that id, somebody's own included. */
  hasSpace(id: string): boolean;
  spaces(): readonly SpaceRow[];
  personaIn(spaceId: string, memberId: string): Persona | undefined;
  memberIdsOf(spaceId: string): readonly string[];
  /** What a member is, over all spaces. */
  personasOf(memberId: string): readonly Persona[];
  spacesOf(memberId: string): readonly SpaceInfo[];
  saveMember(row: MemberRow): Promise<void>;
  saveSpace(row: SpaceRow): Promise<void>;
  join(spaceId: string, memberId: string, persona: Persona): Promise<void>;
  leave(spaceId: string, memberId: string): Promise<void>;
  forget(member: MemberRow): Promise<void>;
  /** Personas a member had in a space and has no more. */
  formerPersonas(spaceId: string, memberId: string): Iterable<Persona>;
  /** When a member last lost a membership or had a persona changed: a sequence number of the log, 0 when never. */
  grantSeq(memberId: string): number;
  invitations(): readonly InvitationRow[];
  saveInvitation(row: InvitationRow): Promise<void>;
  /** One transaction; asked for its rows when it is its turn, so that a new space and a new member know of each other. */
  saveTogether(rows: () => RowsTogether): Promise<void>;
};

export function openDirectory(storage: DirectoryStorage, stamped: (seq: number) => void): Directory {
  const membersById = new Map(storage.members().map((row) => [row.id, row]));
  const membersByEmail = new Map(storage.members().map((row) => [row.email, row]));
  const spacesById = new Map(storage.spaces().map((row) => [row.id, row]));
  const former = new Map<string, Set<Persona>>();
  const formerKey = (spaceId: string, memberId: string): string => `${spaceId} ${memberId}`;
  function keepFormer(spaceId: string, memberId: string, persona: Persona | undefined): void {
    const key = formerKey(spaceId, memberId);
    if (persona !== undefined) former.set(key, (former.get(key) ?? new Set()).add(persona));
  }
  for (const row of storage.formerMemberships()) keepFormer(row.spaceId, row.memberId, row.persona);
  const grantSeqs = new Map(storage.grants());
  const invitationsById = new Map(storage.invitations().map((row) => [row.id, row]));
  let turn: Promise<void> = Promise.resolve();
  const personasBySpace = new Map<string, Map<string, Persona>>();
  for (const row of storage.memberships()) personasOf(row.spaceId).set(row.memberId, row.persona);

  function personasOf(spaceId: string): Map<string, Persona> {
    const personas = personasBySpace.get(spaceId) ?? new Map<string, Persona>();
    personasBySpace.set(spaceId, personas);
    return personas;
  }

  function grant(memberId: string, seq: number): void {
    grantSeqs.set(memberId, seq);
    stamped(seq);
  }

  async function saveNow(rows: RowsTogether): Promise<void> {
    await storage.saveTogether(rows);
    const { space, member, invitation, memberships } = rows;
    if (invitation !== undefined) invitationsById.set(invitation.id, invitation);
    if (space !== undefined) spacesById.set(space.id, space);
    if (member !== undefined) {
      membersById.set(member.id, member);
      membersByEmail.set(member.email, member);
    }
    for (const { spaceId, memberId, persona } of memberships) personasOf(spaceId).set(memberId, persona);
  }

  const spaceInfo = (space: SpaceRow, persona: Persona): SpaceInfo => ({
    id: space.id,
    kind: space.kind,
    name: space.name,
    ...(space.archived === true ? { archived: true } : {}),
    persona,
    members: [...personasOf(space.id)].flatMap(([id, itsPersona]) => {
      const member = membersById.get(id);
      return member === undefined ? [] : [{ id, name: member.name, persona: itsPersona }];
    }),
  });

  return {
    memberById: (id) => membersById.get(id),
    memberByEmail: (email) => membersByEmail.get(email),
    members: () => [...membersById.values()],
    space(id) {
      const space = spacesById.get(id);
      return space?.kind === "personal" ? undefined : space;
    },
    hasSpace: (id) => spacesById.has(id),
    spaces: () => [...spacesById.values()].filter(({ kind }) => kind !== "personal"),
    personaIn: (spaceId, memberId) => personasBySpace.get(spaceId)?.get(memberId),
    personasOf: (memberId) => [
      ...new Set([...personasBySpace.values()].flatMap((personas) => personas.get(memberId) ?? [])),
    ],
    memberIdsOf: (spaceId) => [...(personasBySpace.get(spaceId)?.keys() ?? [])],
    spacesOf(memberId) {
      const infos = [...spacesById.values()].flatMap((space) => {
        const persona = personasBySpace.get(space.id)?.get(memberId);
        return persona === undefined ? [] : [spaceInfo(space, persona)];
      });
      return infos.toSorted((left, right) => rank(left) - rank(right) || left.name.localeCompare(right.name, "en"));
    },
    async saveMember(row) {
      await storage.saveMember(row);
      membersById.set(row.id, row);
      membersByEmail.set(row.email, row);
    },
    async saveSpace(row) {
      await storage.saveSpace(row);
      spacesById.set(row.id, row);
    },
    async join(spaceId, memberId, persona) {
      const before = personasOf(spaceId).get(memberId);
      const row = { spaceId, memberId, persona };
      if (before === undefined) await storage.saveMembership(row);
      else if (before !== persona) {
        grant(memberId, await storage.changeMembership(row));
        keepFormer(spaceId, memberId, before);
      }
      personasOf(spaceId).set(memberId, persona);
    },
    async leave(spaceId, memberId) {
      const seq = await storage.removeMembership(spaceId, memberId);
      keepFormer(spaceId, memberId, personasOf(spaceId).get(memberId));
      personasOf(spaceId).delete(memberId);
      grant(memberId, seq);
    },
    async forget(member) {
      await storage.removeMember(member);
      membersById.delete(member.id);
      membersByEmail.delete(member.email);
      for (const personas of personasBySpace.values()) personas.delete(member.id);
      for (const { id, email } of invitationsById.values()) if (email === member.email) invitationsById.delete(id);
    },
    formerPersonas: (spaceId, memberId) => former.get(formerKey(spaceId, memberId)) ?? [],
    grantSeq: (memberId) => grantSeqs.get(memberId) ?? 0,
    invitations: () => [...invitationsById.values()],
    async saveInvitation(row) {
      await storage.saveInvitation(row);
      invitationsById.set(row.id, row);
    },
    saveTogether(rows) {
      const saved = turn.then(() => saveNow(rows()));
      turn = saved.catch(() => undefined);
      return saved;
    },
  };
}

const rank = ({ kind }: SpaceInfo): number => (kind === "crm" ? 0 : kind === "personal" ? 2 : 1);
