// Members, spaces and memberships in memory, written through to storage before memory changes: what a crash leaves on
// disk is what the next start knows. Knows no rules; open-access.ts decides who may do what.

import { personalSpaceOf } from "#shared/model/ids.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import type { SpaceInfo } from "#shared/protocol/frames.ts";
import type {
  DirectoryStorage,
  InvitationRow,
  MemberRow,
  MembershipRow,
  PasswordResetRow,
  RowsTogether,
  SpaceRow,
} from "#sync-server/storage/storage.ts";
import { createMemberships } from "./memberships.ts";

export type Directory = {
  memberById(id: string): MemberRow | undefined;
  memberByEmail(email: string): MemberRow | undefined;
  /** Those whose access has not ended. */
  members(): readonly MemberRow[];
  endedMembers(): readonly MemberRow[];
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
  /** False when, at its turn, nobody may be given the persona any more. */
  join(spaceId: string, memberId: string, persona: Persona, mayBeGiven: () => boolean): Promise<boolean>;
  leave(spaceId: string, memberId: string): Promise<void>;
  forget(member: MemberRow): Promise<void>;
  /** Personas a member had in a space and has no more. */
  formerPersonas(spaceId: string, memberId: string): Iterable<Persona>;
  /** When a member last lost a membership or had a persona changed: a sequence number of the log, 0 when never. */
  grantSeq(memberId: string): number;
  invitations(): readonly InvitationRow[];
  saveInvitation(row: InvitationRow): Promise<void>;
  /**
   * One transaction; asked for its rows when it is its turn, so that a new space and a new member know of each other. False
   * when there are none by then.
   */
  saveTogether(rows: () => RowsTogether | undefined): Promise<boolean>;
  passwordResets(): readonly PasswordResetRow[];
  /** False when, at its turn, it may not be made any more. */
  savePasswordReset(row: PasswordResetRow, mayBeMade: () => boolean): Promise<boolean>;
  removePasswordReset(memberId: string): Promise<void>;
  savePassword(memberId: string, passwordHash: string, keptSession: string | undefined): Promise<void>;
  /**
   * `isWithdrawing`: links for passwords and accounts that the member handed out hold no more. False when, at its turn, nobody
   * may be given the persona any more.
   */
  changeRole(memberId: string, persona: Persona, isWithdrawing: boolean, mayBeGiven: () => boolean): Promise<boolean>;
  end(memberId: string, at: number): Promise<void>;
  /** False when, at its turn, nobody may be given the persona any more. */
  restore(memberId: string, persona: Persona, mayBeGiven: () => boolean): Promise<boolean>;
  /** While it runs nobody comes into a space, is invited, or is given a persona. */
  readonly inTurn: <Outcome>(act: () => Promise<Outcome>) => Promise<Outcome>;
};

export function openDirectory(storage: DirectoryStorage, stamped: (seq: number) => void): Directory {
  const membersById = new Map(storage.members().map((row) => [row.id, row]));
  const membersByEmail = new Map(storage.members().map((row) => [row.email, row]));
  const spacesById = new Map(storage.spaces().map((row) => [row.id, row]));
  const former = new Map<string, Set<Persona>>();
  const formerBySpace = new Map<string, Map<string, Persona>>();
  const formerKey = (spaceId: string, memberId: string): string => `${spaceId} ${memberId}`;
  function keepFormer(spaceId: string, memberId: string, persona: Persona | undefined): void {
    const key = formerKey(spaceId, memberId);
    if (persona === undefined) return;
    former.set(key, (former.get(key) ?? new Set()).add(persona));
    formerBySpace.set(spaceId, (formerBySpace.get(spaceId) ?? new Map<string, Persona>()).set(memberId, persona));
  }
  for (const row of storage.formerMemberships()) keepFormer(row.spaceId, row.memberId, row.persona);
  const grantSeqs = new Map(storage.grants());
  const invitationsById = new Map(storage.invitations().map((row) => [row.id, row]));
  let turn: Promise<void> = Promise.resolve();
  const memberships = createMemberships(storage.memberships());

  const resetsByMember = new Map(storage.passwordResets().map((row) => [row.memberId, row]));

  function putMember(row: MemberRow): void {
    membersById.set(row.id, row);
    membersByEmail.set(row.email, row);
  }

  function changeMember(id: string, change: Partial<MemberRow>): void {
    const row = membersById.get(id);
    if (row !== undefined) putMember({ ...row, ...change });
  }

  /** The team is in every space; a personal space is its member's, team or not. */
  const placesOf = ({ id, persona }: MemberRow): readonly MembershipRow[] =>
    [...spacesById.values()]
      .filter((space) => (space.kind === "personal" ? space.id === personalSpaceOf(id) : isInternal(persona)))
      .map((space) => ({ spaceId: space.id, memberId: id, persona }));

  function grant(memberId: string, seq: number): void {
    grantSeqs.set(memberId, seq);
    stamped(seq);
  }

  /** What says who is where is decided one after the other, each knowing what came of the one before. */
  function inTurn<Outcome>(act: () => Promise<Outcome>): Promise<Outcome> {
    const done = turn.then(act);
    turn = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  function dropResetsMadeBy(memberId: string): void {
    for (const reset of resetsByMember.values()) if (reset.madeBy === memberId) resetsByMember.delete(reset.memberId);
  }

  /** What is on disk already: links that a member handed out. */
  function withdraw(memberId: string): void {
    dropResetsMadeBy(memberId);
    for (const invitation of invitationsById.values())
      if (invitation.invitedBy === memberId && invitation.state === "open")
        invitationsById.set(invitation.id, { ...invitation, state: "cancelled" });
  }

  async function saveNow(rows: RowsTogether): Promise<void> {
    await storage.saveTogether(rows);
    const { space, member, invitation } = rows;
    if (invitation !== undefined) invitationsById.set(invitation.id, invitation);
    if (space !== undefined) spacesById.set(space.id, space);
    if (member !== undefined) putMember(member);
    for (const row of rows.memberships) memberships.put(row);
  }

  /** Who left it, for the names on what they did. Somebody from outside learns of no other outsider who was there before. */
  function formerOf(spaceId: string, reader: Persona): SpaceInfo["former"] & object {
    return [...(formerBySpace.get(spaceId) ?? [])].flatMap(([id, persona]) => {
      const member = membersById.get(id);
      const isTold = member !== undefined && (isInternal(reader) || isInternal(persona));
      return !isTold || memberships.personaIn(spaceId, id) !== undefined ? [] : [{ id, name: member.name, persona }];
    });
  }

  const spaceInfo = (space: SpaceRow, persona: Persona): SpaceInfo => ({
    id: space.id,
    kind: space.kind,
    name: space.name,
    ...(space.archived === true ? { archived: true } : {}),
    persona,
    members: [...memberships.in(space.id)].flatMap(([id, itsPersona]) => {
      const member = membersById.get(id);
      return member === undefined ? [] : [{ id, name: member.name, persona: itsPersona }];
    }),
    ...withFormer(formerOf(space.id, persona)),
  });

  return {
    memberById: (id) => membersById.get(id),
    memberByEmail: (email) => membersByEmail.get(email),
    members: () => [...membersById.values()].filter(({ endedAt }) => endedAt === undefined),
    endedMembers: () => [...membersById.values()].filter(({ endedAt }) => endedAt !== undefined),
    space(id) {
      const space = spacesById.get(id);
      return space?.kind === "personal" ? undefined : space;
    },
    hasSpace: (id) => spacesById.has(id),
    spaces: () => [...spacesById.values()].filter(({ kind }) => kind !== "personal"),
    personaIn: (spaceId, memberId) => memberships.personaIn(spaceId, memberId),
    personasOf: (memberId) => memberships.personasOf(memberId),
    memberIdsOf: (spaceId) => [...memberships.in(spaceId).keys()],
    spacesOf(memberId) {
      const infos = [...spacesById.values()].flatMap((space) => {
        const persona = memberships.personaIn(space.id, memberId);
        return persona === undefined ? [] : [spaceInfo(space, persona)];
      });
      return infos.toSorted((left, right) => rank(left) - rank(right) || left.name.localeCompare(right.name, "en"));
    },
    async saveMember(row) {
      await storage.saveMember(row);
      putMember(row);
    },
    async saveSpace(row) {
      await storage.saveSpace(row);
      spacesById.set(row.id, row);
    },
    join: (spaceId, memberId, persona, mayBeGiven) =>
      inTurn(async () => {
        if (!mayBeGiven()) return false;
        // Ended while it waited for its turn: nobody comes into a space after that.
        if (membersById.get(memberId)?.endedAt !== undefined) return true;
        const before = memberships.personaIn(spaceId, memberId);
        const row = { spaceId, memberId, persona };
        if (before === undefined) await storage.saveMembership(row);
        else if (before !== persona) {
          grant(memberId, await storage.changeMembership(row));
          keepFormer(spaceId, memberId, before);
        }
        memberships.put(row);
        return true;
      }),
    async leave(spaceId, memberId) {
      const seq = await storage.removeMembership(spaceId, memberId);
      keepFormer(spaceId, memberId, memberships.personaIn(spaceId, memberId));
      memberships.remove(spaceId, memberId);
      grant(memberId, seq);
    },
    async forget(member) {
      await storage.removeMember(member);
      resetsByMember.delete(member.id);
      dropResetsMadeBy(member.id);
      membersById.delete(member.id);
      membersByEmail.delete(member.email);
      for (const spaceId of memberships.of(member.id).keys()) memberships.remove(spaceId, member.id);
      for (const { id, email } of invitationsById.values()) if (email === member.email) invitationsById.delete(id);
    },
    formerPersonas: (spaceId, memberId) => former.get(formerKey(spaceId, memberId)) ?? [],
    grantSeq: (memberId) => grantSeqs.get(memberId) ?? 0,
    invitations: () => [...invitationsById.values()],
    async saveInvitation(row) {
      await storage.saveInvitation(row);
      invitationsById.set(row.id, row);
    },
    saveTogether: (rowsNow) =>
      inTurn(async () => {
        const rows = rowsNow();
        if (rows !== undefined) await saveNow(rows);
        return rows !== undefined;
      }),
    passwordResets: () => [...resetsByMember.values()],
    savePasswordReset: (row, mayBeMade) =>
      inTurn(async () => {
        if (!mayBeMade()) return false;
        await storage.savePasswordReset(row);
        resetsByMember.set(row.memberId, row);
        return true;
      }),
    async removePasswordReset(memberId) {
      // At once, so that nobody uses it a second time while the first is being written.
      resetsByMember.delete(memberId);
      await storage.removePasswordReset(memberId);
    },
    async savePassword(memberId, passwordHash, keptSession) {
      await storage.savePassword(memberId, passwordHash, keptSession);
      resetsByMember.delete(memberId);
      changeMember(memberId, { passwordHash });
    },
    changeRole: (memberId, persona, isWithdrawing, mayBeGiven) =>
      inTurn(async () => {
        if (!mayBeGiven()) return false;
        const seq = await storage.changeRole(memberId, persona, isWithdrawing);
        changeMember(memberId, { persona });
        if (isWithdrawing) withdraw(memberId);
        for (const [spaceId, before] of memberships.of(memberId)) {
          keepFormer(spaceId, memberId, before);
          memberships.put({ spaceId, memberId, persona });
        }
        grant(memberId, seq);
        return true;
      }),
    end: (memberId, at) =>
      inTurn(async () => {
        const seq = await storage.endMember(memberId, at);
        changeMember(memberId, { endedAt: at });
        for (const [spaceId, before] of memberships.of(memberId)) {
          keepFormer(spaceId, memberId, before);
          memberships.remove(spaceId, memberId);
        }
        withdraw(memberId);
        resetsByMember.delete(memberId);
        grant(memberId, seq);
      }),
    restore: (memberId, itsPersona, mayBeGiven) =>
      inTurn(async () => {
        const known = membersById.get(memberId);
        if (!mayBeGiven()) return false;
        if (known === undefined) return true;
        const row = { ...known, persona: itsPersona };
        const places = placesOf(row);
        await storage.restoreMember(memberId, itsPersona, places);
        const { endedAt: _over, ...again } = row;
        putMember(again);
        for (const place of places) memberships.put(place);
        return true;
      }),
    inTurn,
  };
}

const withFormer = (former: SpaceInfo["former"] & object): Pick<SpaceInfo, "former"> =>
  former.length === 0 ? {} : { former };

const rank = ({ kind }: SpaceInfo): number => (kind === "crm" ? 0 : kind === "personal" ? 2 : 1);
