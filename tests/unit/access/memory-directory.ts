// The small tables of access as arrays: the same answers as SQLite's, without a disk.

import type { OfflineTerms } from "#shared/model/offline-term.ts";
import type {
  MailedHeads,
  DeviceKeyRow,
  DirectoryStorage,
  InvitationRow,
  LinkRow,
  FieldMoveRow,
  MemberRow,
  MembershipRow,
  OrganizationRow,
  PasswordResetRow,
  PolicyRow,
  SessionRow,
  ShareRuleRow,
  SpaceRow,
} from "#sync-server/storage/storage.ts";

export function createMemoryDirectory(): DirectoryStorage {
  let organization: OrganizationRow | undefined;
  let mailedHeads: MailedHeads | undefined;
  let offlineTerms: OfflineTerms | undefined;
  const members = new Map<string, MemberRow>();
  const spaces = new Map<string, SpaceRow>();
  const memberships = new Map<string, MembershipRow>();
  const policies = new Map<number, PolicyRow>();
  let moves: readonly FieldMoveRow[] = [];
  const sessions = new Map<string, SessionRow>();
  const links = new Map<string, LinkRow>();
  const former: MembershipRow[] = [];
  const shareRules = new Map<string, ShareRuleRow>();
  const grants = new Map<string, number>();
  let seq = 0;
  const resets = new Map<string, PasswordResetRow>();
  const invitations = new Map<string, InvitationRow>();
  const deviceKeys = new Map<string, DeviceKeyRow>();
  function keepFormer(spaceId: string, memberId: string): void {
    const before = memberships.get(`${spaceId} ${memberId}`);
    if (before !== undefined) former.push(before);
  }
  function withdraw(memberId: string): void {
    for (const [key, one] of invitations)
      if (one.invitedBy === memberId && one.state === "open") invitations.set(key, { ...one, state: "cancelled" });
    for (const [key, one] of resets) if (one.madeBy === memberId) resets.delete(key);
  }
  return {
    organization: () => organization,
    members: () => [...members.values()],
    spaces: () => [...spaces.values()],
    memberships: () => [...memberships.values()],
    sessions: () => [...sessions.values()],
    invitations: () => [...invitations.values()],
    deviceKeys: () => [...deviceKeys.values()],
    saveOrganization: async (row) => void (organization = row),
    mailedHeads: () => mailedHeads,
    saveMailedHeads: async (mailed) => void (mailedHeads = mailed),
    offlineTerms: () => offlineTerms,
    saveOfflineTerms: async (terms) => void (offlineTerms = terms),
    saveMember: async (row) => void members.set(row.id, row),
    saveSpace: async (row) => void spaces.set(row.id, row),
    saveMembership: async (row) => void memberships.set(`${row.spaceId} ${row.memberId}`, row),
    async changeMembership(row) {
      keepFormer(row.spaceId, row.memberId);
      memberships.set(`${row.spaceId} ${row.memberId}`, row);
      grants.set(row.memberId, ++seq);
      return seq;
    },
    async removeMembership(spaceId, memberId) {
      keepFormer(spaceId, memberId);
      memberships.delete(`${spaceId} ${memberId}`);
      grants.set(memberId, ++seq);
      return seq;
    },
    formerMemberships: () => former,
    quarantine: () => [],
    saveQuarantine: async () => undefined,
    removeQuarantine: async () => undefined,
    shareRules: () => [...shareRules.values()],
    saveShareRule: async (row) => void shareRules.set(row.id, row),
    removeShareRule: async (id) => void shareRules.delete(id),
    links: () => [...links.values()],
    async saveLinks(rows) {
      seq += 1;
      for (const row of rows) {
        const key = `${row.recordId} ${row.spaceId}`;
        const before = links.get(key);
        const isStill = before !== undefined && (before.sources.length === 0) === (row.sources.length === 0);
        links.set(key, { ...row, seq: isStill ? before.seq : seq });
      }
      return seq;
    },
    grants: () => grants,
    saveSession: async (row) => void sessions.set(row.tokenHash, row),
    saveDeviceKey: async (row) => void deviceKeys.set(row.id, row),
    removeSession: async (tokenHash) => void sessions.delete(tokenHash),
    async removeMember({ id, email }) {
      members.delete(id);
      for (const [key, row] of memberships) if (row.memberId === id) memberships.delete(key);
      for (const [key, row] of invitations) if (row.email === email) invitations.delete(key);
    },
    passwordResets: () => [...resets.values()],
    savePasswordReset: async (row) => void resets.set(row.memberId, row),
    removePasswordReset: async (memberId) => void resets.delete(memberId),
    async savePassword(memberId, passwordHash, keptSession) {
      const row = members.get(memberId);
      if (row !== undefined) members.set(memberId, { ...row, passwordHash });
      for (const [key, one] of sessions) if (one.memberId === memberId && key !== keptSession) sessions.delete(key);
      resets.delete(memberId);
    },
    async changeRole(memberId, persona, isWithdrawing) {
      if (isWithdrawing) withdraw(memberId);
      const row = members.get(memberId);
      if (row !== undefined) members.set(memberId, { ...row, persona });
      for (const [key, one] of memberships) {
        if (one.memberId !== memberId) continue;
        former.push(one);
        memberships.set(key, { ...one, persona });
      }
      grants.set(memberId, ++seq);
      return seq;
    },
    async endMember(memberId, endedAt) {
      const row = members.get(memberId);
      if (row !== undefined) members.set(memberId, { ...row, endedAt });
      for (const [key, one] of memberships) {
        if (one.memberId !== memberId) continue;
        former.push(one);
        memberships.delete(key);
      }
      withdraw(memberId);
      resets.delete(memberId);
      grants.set(memberId, ++seq);
      return seq;
    },
    async restoreMember(memberId, persona, rows) {
      const row = members.get(memberId);
      if (row !== undefined) {
        const { endedAt: _over, ...again } = row;
        members.set(memberId, { ...again, persona });
      }
      for (const [key, one] of sessions) if (one.memberId === memberId) sessions.delete(key);
      for (const one of rows) memberships.set(`${one.spaceId} ${one.memberId}`, one);
    },
    saveInvitation: async (row) => void invitations.set(row.id, row),
    async saveTogether({ space, member, invitation, memberships: rows }) {
      if (space !== undefined) spaces.set(space.id, space);
      if (member !== undefined) members.set(member.id, member);
      if (invitation !== undefined) invitations.set(invitation.id, invitation);
      for (const row of rows) memberships.set(`${row.spaceId} ${row.memberId}`, row);
    },
    policies: () => [...policies.values()].toSorted((left, right) => left.version - right.version),
    fieldMoves: () => moves,
    async savePolicy(row, next) {
      policies.set(row.version, row);
      moves = next ?? moves;
    },
    removePolicy: async (version) => void policies.delete(version),
    removeFieldMoves: async (done) =>
      void (moves = moves.filter((move) => !done.some((one) => one.field === move.field && one.from === move.from))),
  };
}
