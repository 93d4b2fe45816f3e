// The small tables of access as arrays: the same answers as SQLite's, without a disk.

import type {
  DirectoryStorage,
  MemberRow,
  MembershipRow,
  OrganizationRow,
  SessionRow,
  SpaceRow,
} from "#sync-server/storage/storage.ts";

export function createMemoryDirectory(): DirectoryStorage {
  let organization: OrganizationRow | undefined;
  const members = new Map<string, MemberRow>();
  const spaces = new Map<string, SpaceRow>();
  const memberships = new Map<string, MembershipRow>();
  const sessions = new Map<string, SessionRow>();
  return {
    organization: () => organization,
    members: () => [...members.values()],
    spaces: () => [...spaces.values()],
    memberships: () => [...memberships.values()],
    sessions: () => [...sessions.values()],
    saveOrganization: async (row) => void (organization = row),
    saveMember: async (row) => void members.set(row.id, row),
    saveSpace: async (row) => void spaces.set(row.id, row),
    saveMembership: async (row) => void memberships.set(`${row.spaceId} ${row.memberId}`, row),
    removeMembership: async (spaceId, memberId) => void memberships.delete(`${spaceId} ${memberId}`),
    saveSession: async (row) => void sessions.set(row.tokenHash, row),
    removeSession: async (tokenHash) => void sessions.delete(tokenHash),
  };
}
