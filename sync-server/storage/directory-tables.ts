// Organization, members, spaces and sessions over SQLite: read whole at start, written row by row.

import type { DatabaseSync } from "node:sqlite";
import type { OfflineTerms } from "#shared/model/offline-term.ts";
import { isPersona, type Persona } from "#shared/model/personas.ts";
import { spaceKinds, type SpaceKind } from "#shared/protocol/frames.ts";
import type { ShareFilter } from "#shared/model/share-filter.ts";
import { assert } from "#shared/model/result.ts";
import type {
  DirectoryStorage,
  InvitationRow,
  MailedHeads,
  MemberRow,
  MembershipRow,
  PolicyRow,
  SpaceRow,
} from "./storage.ts";
import type { Stamp } from "./log-tables.ts";
import type { SqlValue, Statement } from "./writer-jobs.ts";
import type { Writer } from "./writer.ts";

function personaOf(value: unknown): Persona {
  const text = String(value);
  assert(isPersona(text), `the directory knows the persona ${text}`);
  return text;
}

const SAVE_MEMBER = `INSERT INTO members (id, name, email, password_hash, persona) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
  name = excluded.name, email = excluded.email, password_hash = excluded.password_hash, persona = excluded.persona`;
const SAVE_SPACE = `INSERT INTO spaces VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
  kind = excluded.kind, name = excluded.name, archived = excluded.archived`;
const SAVE_MEMBERSHIP =
  "INSERT INTO memberships VALUES (?, ?, ?) ON CONFLICT (space_id, member_id) DO UPDATE SET persona = excluded.persona";
const SAVE_INVITATION = `INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state`;

// The last value of each of these is the sequence number.
const STAMP_GRANT = "INSERT INTO grants VALUES (?, ?) ON CONFLICT (member_id) DO UPDATE SET seq = excluded.seq";
const KEEP_FORMER = `INSERT OR IGNORE INTO former_memberships
  SELECT space_id, member_id, persona FROM memberships WHERE space_id = ? AND member_id = ? AND ? > 0`;
const KEEP_ALL_FORMER = `INSERT OR IGNORE INTO former_memberships
  SELECT space_id, member_id, persona FROM memberships WHERE member_id = ? AND ? > 0`;
const CHANGE_MEMBERSHIP = "UPDATE memberships SET persona = ? WHERE space_id = ? AND member_id = ? AND ? > 0";
const REMOVE_MEMBERSHIP = "DELETE FROM memberships WHERE space_id = ? AND member_id = ? AND ? > 0";
const SAVE_LINK = `INSERT INTO links VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (record_id, space_id) DO UPDATE SET sources = excluded.sources,
  seq = CASE WHEN (links.sources = '[]') = (excluded.sources = '[]') THEN links.seq ELSE excluded.seq END`;

/** Links that somebody handed out, for a password or for an account: who takes them back has no other way in. */
const withdrawing = (memberId: string): readonly Statement[] => [
  { sql: "DELETE FROM password_resets WHERE made_by = ? AND ? > 0", rows: [[memberId]] },
  {
    sql: "UPDATE invitations SET state = 'cancelled' WHERE invited_by = ? AND state = 'open' AND ? > 0",
    rows: [[memberId]],
  },
];

const kindOf = (value: unknown): SpaceKind => spaceKinds.find((kind) => kind === value) ?? "crm";

const memberValues = (row: MemberRow): SqlValue[] => [row.id, row.name, row.email, row.passwordHash, row.persona];
const spaceValues = (row: SpaceRow): SqlValue[] => [row.id, row.kind, row.name, row.archived === true ? 1 : 0];
const membershipValues = (row: MembershipRow): SqlValue[] => [row.spaceId, row.memberId, row.persona];
const invitationValues = (row: InvitationRow): SqlValue[] => [
  row.id,
  row.secretHash,
  row.email,
  row.persona,
  row.spaceId,
  row.invitedBy,
  row.createdAt,
  row.expiresAt,
  row.state,
];

const invitationState = (value: unknown): InvitationRow["state"] =>
  value === "open" || value === "accepted" ? value : "cancelled";

export function createDirectoryTables(database: DatabaseSync, writer: Writer, stamp: Stamp): DirectoryStorage {
  const write = (sql: string, row: readonly SqlValue[]): Promise<void> => writer.run([{ sql, rows: [row] }]);
  return {
    organization() {
      const row = database.prepare("SELECT id, name FROM organization").get();
      return row === undefined ? undefined : { id: String(row["id"]), name: String(row["name"]) };
    },
    members: () =>
      database
        .prepare("SELECT id, name, email, password_hash, persona, ended_at FROM members")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          name: String(row["name"]),
          email: String(row["email"]),
          passwordHash: String(row["password_hash"]),
          persona: personaOf(row["persona"]),
          ...(row["ended_at"] === 0 ? {} : { endedAt: Number(row["ended_at"]) }),
        })),
    spaces: () =>
      database
        .prepare("SELECT id, kind, name, archived FROM spaces")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          kind: kindOf(row["kind"]),
          name: String(row["name"]),
          ...(row["archived"] === 1 ? { archived: true } : {}),
        })),
    memberships: () =>
      database
        .prepare("SELECT space_id, member_id, persona FROM memberships")
        .all()
        .map((row) => ({
          spaceId: String(row["space_id"]),
          memberId: String(row["member_id"]),
          persona: personaOf(row["persona"]),
        })),
    sessions: () =>
      database
        .prepare("SELECT token_hash, member_id, expires_at FROM sessions")
        .all()
        .map((row) => ({
          tokenHash: String(row["token_hash"]),
          memberId: String(row["member_id"]),
          expiresAt: Number(row["expires_at"]),
        })),
    invitations: () =>
      database
        .prepare("SELECT * FROM invitations ORDER BY created_at")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          secretHash: String(row["secret_hash"]),
          email: String(row["email"]),
          persona: personaOf(row["persona"]),
          spaceId: String(row["space_id"]),
          invitedBy: String(row["invited_by"]),
          createdAt: Number(row["created_at"]),
          expiresAt: Number(row["expires_at"]),
          state: invitationState(row["state"]),
        })),
    deviceKeys: () =>
      database
        .prepare("SELECT id, member_id, alg, public_key, device, registered_at, revoked_at FROM device_keys")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          memberId: String(row["member_id"]),
          alg: row["alg"] === "p256" ? "p256" : "ed25519",
          publicKey: String(row["public_key"]),
          device: String(row["device"]),
          registeredAt: Number(row["registered_at"]),
          ...(row["revoked_at"] === null ? {} : { revokedAt: Number(row["revoked_at"]) }),
        })),
    saveOrganization: (row) =>
      write("INSERT INTO organization VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name", [
        row.id,
        row.name,
      ]),
    mailedHeads() {
      const row = database.prepare("SELECT value FROM settings WHERE key = 'mailedHeads'").get();
      return row === undefined ? undefined : (JSON.parse(String(row["value"])) as MailedHeads);
    },
    saveMailedHeads: (mailed) =>
      write("INSERT INTO settings VALUES ('mailedHeads', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [
        JSON.stringify(mailed),
      ]),
    offlineTerms() {
      const row = database.prepare("SELECT value FROM settings WHERE key = 'offlineTerms'").get();
      return row === undefined ? undefined : (JSON.parse(String(row["value"])) as OfflineTerms);
    },
    saveOfflineTerms: (terms) =>
      write("INSERT INTO settings VALUES ('offlineTerms', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [
        JSON.stringify(terms),
      ]),
    saveMember: (row) => write(SAVE_MEMBER, memberValues(row)),
    saveSpace: (row) => write(SAVE_SPACE, spaceValues(row)),
    saveMembership: (row) => write(SAVE_MEMBERSHIP, membershipValues(row)),
    changeMembership: (row) =>
      stamp([
        { sql: STAMP_GRANT, rows: [[row.memberId]] },
        { sql: KEEP_FORMER, rows: [[row.spaceId, row.memberId]] },
        { sql: CHANGE_MEMBERSHIP, rows: [[row.persona, row.spaceId, row.memberId]] },
      ]),
    removeMembership: (spaceId, memberId) =>
      stamp([
        { sql: STAMP_GRANT, rows: [[memberId]] },
        { sql: KEEP_FORMER, rows: [[spaceId, memberId]] },
        { sql: REMOVE_MEMBERSHIP, rows: [[spaceId, memberId]] },
      ]),
    formerMemberships: () =>
      database
        .prepare("SELECT space_id, member_id, persona FROM former_memberships")
        .all()
        .map((row) => ({
          spaceId: String(row["space_id"]),
          memberId: String(row["member_id"]),
          persona: personaOf(row["persona"]),
        })),
    quarantine: () =>
      database
        .prepare("SELECT * FROM quarantine ORDER BY at, id")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          memberId: String(row["member_id"]),
          docId: String(row["doc_id"]),
          meta: {
            space: String(row["space"]),
            type: String(row["type"]),
            recordId: String(row["record_id"]),
            facet: String(row["facet"]),
          },
          hash: String(row["hash"]),
          at: Number(row["at"]),
          bytes: row["bytes"] as Uint8Array,
        })),
    saveQuarantine: (row) =>
      write("INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [
        row.id,
        row.memberId,
        row.docId,
        row.hash,
        row.at,
        row.bytes,
        row.meta.space,
        row.meta.type,
        row.meta.recordId,
        row.meta.facet,
      ]),
    removeQuarantine: (id) => write("DELETE FROM quarantine WHERE id = ?", [id]),
    shareRules: () =>
      database
        .prepare("SELECT * FROM share_rules ORDER BY at")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          spaceId: String(row["space_id"]),
          type: String(row["type"]),
          filter: JSON.parse(String(row["filter"])) as ShareFilter,
          by: String(row["by"]),
          at: Number(row["at"]),
        })),
    saveShareRule: (row) =>
      write("INSERT INTO share_rules VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", [
        row.id,
        row.spaceId,
        row.type,
        JSON.stringify(row.filter),
        row.by,
        row.at,
      ]),
    removeShareRule: (id) => write("DELETE FROM share_rules WHERE id = ?", [id]),
    links: () =>
      database
        .prepare("SELECT * FROM links ORDER BY seq")
        .all()
        .map((row) => ({
          recordId: String(row["record_id"]),
          spaceId: String(row["space_id"]),
          home: String(row["home"]),
          sources: JSON.parse(String(row["sources"])) as string[],
          seq: Number(row["seq"]),
        })),
    saveLinks: (rows) =>
      stamp([
        {
          sql: SAVE_LINK,
          rows: rows.map((row) => [row.recordId, row.spaceId, row.home, JSON.stringify(row.sources)]),
        },
      ]),
    grants: () =>
      new Map(
        database
          .prepare("SELECT member_id, seq FROM grants")
          .all()
          .map((row) => [String(row["member_id"]), Number(row["seq"])]),
      ),
    saveSession: (row) =>
      write(
        "INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT (token_hash) DO UPDATE SET member_id = excluded.member_id, expires_at = excluded.expires_at",
        [row.tokenHash, row.memberId, row.expiresAt],
      ),
    saveDeviceKey: (row) =>
      write(
        `INSERT INTO device_keys VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
           device = excluded.device, revoked_at = excluded.revoked_at`,
        [row.id, row.memberId, row.alg, row.publicKey, row.device, row.registeredAt, row.revokedAt ?? null],
      ),
    policies: () =>
      database
        .prepare("SELECT version, at, author, live_at, is_live, body FROM policies ORDER BY version")
        .all()
        .map((row) => ({
          version: Number(row["version"]),
          at: Number(row["at"]),
          author: String(row["author"]),
          liveAt: Number(row["live_at"]),
          isLive: row["is_live"] === 1,
          ...(JSON.parse(String(row["body"])) as Pick<PolicyRow, "personas" | "placements">),
        })),
    fieldMoves: () =>
      database
        .prepare("SELECT type, field, from_facet, to_facet, since FROM field_moves ORDER BY type, field, from_facet")
        .all()
        .map((row) => ({
          type: String(row["type"]),
          field: String(row["field"]),
          from: String(row["from_facet"]),
          to: String(row["to_facet"]),
          since: Number(row["since"]),
        })),
    savePolicy: ({ version, at, author, liveAt, isLive, personas, placements }, moves) =>
      writer.run([
        {
          sql: `INSERT INTO policies VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (version) DO UPDATE SET
            at = excluded.at, author = excluded.author, live_at = excluded.live_at, is_live = excluded.is_live, body = excluded.body`,
          rows: [[version, at, author, liveAt, isLive ? 1 : 0, JSON.stringify({ personas, placements })]],
        },
        { sql: "DELETE FROM field_moves", rows: moves === undefined ? [] : [[]] },
        {
          sql: "INSERT INTO field_moves VALUES (?, ?, ?, ?, ?)",
          rows: (moves ?? []).map((move) => [move.type, move.field, move.from, move.to, move.since]),
        },
      ]),
    removePolicy: (version) => write("DELETE FROM policies WHERE version = ?", [version]),
    removeFieldMoves: (moves) =>
      writer.run([
        {
          sql: "DELETE FROM field_moves WHERE type = ? AND field = ? AND from_facet = ? AND to_facet = ?",
          rows: moves.map((move) => [move.type, move.field, move.from, move.to]),
        },
      ]),
    removeSession: (tokenHash) => write("DELETE FROM sessions WHERE token_hash = ?", [tokenHash]),
    removeMember: ({ id, email }) =>
      writer.run([
        { sql: "DELETE FROM memberships WHERE member_id = ?", rows: [[id]] },
        { sql: "DELETE FROM invitations WHERE email = ?", rows: [[email]] },
        { sql: "DELETE FROM password_resets WHERE member_id = ? OR made_by = ?", rows: [[id, id]] },
        { sql: "DELETE FROM quarantine WHERE member_id = ?", rows: [[id]] },
        { sql: "DELETE FROM members WHERE id = ?", rows: [[id]] },
      ]),
    passwordResets: () =>
      database
        .prepare("SELECT * FROM password_resets")
        .all()
        .map((row) => ({
          memberId: String(row["member_id"]),
          secretHash: String(row["secret_hash"]),
          madeBy: String(row["made_by"]),
          expiresAt: Number(row["expires_at"]),
        })),
    savePasswordReset: (row) =>
      write("INSERT OR REPLACE INTO password_resets VALUES (?, ?, ?, ?)", [
        row.memberId,
        row.secretHash,
        row.madeBy,
        row.expiresAt,
      ]),
    removePasswordReset: (memberId) => write("DELETE FROM password_resets WHERE member_id = ?", [memberId]),
    savePassword: (memberId, passwordHash, keptSession) =>
      writer.run([
        { sql: "UPDATE members SET password_hash = ? WHERE id = ?", rows: [[passwordHash, memberId]] },
        {
          sql: "DELETE FROM sessions WHERE member_id = ? AND token_hash <> ?",
          rows: [[memberId, keptSession ?? ""]],
        },
        { sql: "DELETE FROM password_resets WHERE member_id = ?", rows: [[memberId]] },
      ]),
    changeRole: (memberId, persona, isWithdrawing) =>
      stamp([
        { sql: STAMP_GRANT, rows: [[memberId]] },
        { sql: KEEP_ALL_FORMER, rows: [[memberId]] },
        { sql: "UPDATE memberships SET persona = ? WHERE member_id = ? AND ? > 0", rows: [[persona, memberId]] },
        { sql: "UPDATE members SET persona = ? WHERE id = ? AND ? > 0", rows: [[persona, memberId]] },
        ...(isWithdrawing ? withdrawing(memberId) : []),
      ]),
    endMember: (memberId, endedAt) =>
      stamp([
        { sql: STAMP_GRANT, rows: [[memberId]] },
        { sql: KEEP_ALL_FORMER, rows: [[memberId]] },
        { sql: "DELETE FROM memberships WHERE member_id = ? AND ? > 0", rows: [[memberId]] },
        { sql: "DELETE FROM password_resets WHERE member_id = ? AND ? > 0", rows: [[memberId]] },
        ...withdrawing(memberId),
        { sql: "UPDATE members SET ended_at = ? WHERE id = ? AND ? > 0", rows: [[endedAt, memberId]] },
      ]),
    restoreMember: (memberId, persona, memberships) =>
      writer.run([
        { sql: "UPDATE members SET ended_at = 0, persona = ? WHERE id = ?", rows: [[persona, memberId]] },
        { sql: "DELETE FROM sessions WHERE member_id = ?", rows: [[memberId]] },
        { sql: SAVE_MEMBERSHIP, rows: memberships.map(membershipValues) },
      ]),
    saveInvitation: (row) => write(SAVE_INVITATION, invitationValues(row)),
    saveTogether: ({ space, member, invitation, memberships }) =>
      writer.run([
        { sql: SAVE_SPACE, rows: space === undefined ? [] : [spaceValues(space)] },
        { sql: SAVE_MEMBER, rows: member === undefined ? [] : [memberValues(member)] },
        { sql: SAVE_MEMBERSHIP, rows: memberships.map(membershipValues) },
        { sql: SAVE_INVITATION, rows: invitation === undefined ? [] : [invitationValues(invitation)] },
      ]),
  };
}
