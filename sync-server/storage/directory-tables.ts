// Organization, members, spaces and sessions over SQLite: read whole at start, written row by row.

import type { DatabaseSync } from "node:sqlite";
import { isPersona, type Persona } from "#shared/model/personas.ts";
import { assert } from "#shared/model/result.ts";
import type { DirectoryStorage } from "./storage.ts";
import type { SqlValue } from "./writer-jobs.ts";
import type { Writer } from "./writer.ts";

function personaOf(value: unknown): Persona {
  const text = String(value);
  assert(isPersona(text), `the directory knows the persona ${text}`);
  return text;
}

export function createDirectoryTables(database: DatabaseSync, writer: Writer): DirectoryStorage {
  const write = (sql: string, row: readonly SqlValue[]): Promise<void> => writer.run([{ sql, rows: [row] }]);
  return {
    organization() {
      const row = database.prepare("SELECT id, name FROM organization").get();
      return row === undefined ? undefined : { id: String(row["id"]), name: String(row["name"]) };
    },
    members: () =>
      database
        .prepare("SELECT id, name, email, password_hash, persona FROM members")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          name: String(row["name"]),
          email: String(row["email"]),
          passwordHash: String(row["password_hash"]),
          persona: personaOf(row["persona"]),
        })),
    spaces: () =>
      database
        .prepare("SELECT id, kind, name FROM spaces")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          kind: row["kind"] === "project" ? "project" : "crm",
          name: String(row["name"]),
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
    saveOrganization: (row) =>
      write("INSERT INTO organization VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name", [
        row.id,
        row.name,
      ]),
    saveMember: (row) =>
      write(
        `INSERT INTO members VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
           name = excluded.name, email = excluded.email, password_hash = excluded.password_hash, persona = excluded.persona`,
        [row.id, row.name, row.email, row.passwordHash, row.persona],
      ),
    saveSpace: (row) =>
      write(
        "INSERT INTO spaces VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name",
        [row.id, row.kind, row.name],
      ),
    saveMembership: (row) =>
      write(
        "INSERT INTO memberships VALUES (?, ?, ?) ON CONFLICT (space_id, member_id) DO UPDATE SET persona = excluded.persona",
        [row.spaceId, row.memberId, row.persona],
      ),
    removeMembership: (spaceId, memberId) =>
      write("DELETE FROM memberships WHERE space_id = ? AND member_id = ?", [spaceId, memberId]),
    saveSession: (row) =>
      write(
        "INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT (token_hash) DO UPDATE SET member_id = excluded.member_id, expires_at = excluded.expires_at",
        [row.tokenHash, row.memberId, row.expiresAt],
      ),
    removeSession: (tokenHash) => write("DELETE FROM sessions WHERE token_hash = ?", [tokenHash]),
  };
}
