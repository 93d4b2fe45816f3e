// Leased client ids over SQLite. The first lease counts.

import type { DatabaseSync } from "node:sqlite";
import type { LeaseStorage } from "./storage.ts";
import type { Writer } from "./writer.ts";

export function createLeaseTables(database: DatabaseSync, writer: Writer): LeaseStorage {
  const select = database.prepare("SELECT client, member_id FROM leases WHERE doc_id = ?");
  return {
    of: (docId) => new Map(select.all(docId).map((row) => [Number(row["client"]), String(row["member_id"])])),
    save: (docId, clients, memberId) =>
      writer.run([
        {
          sql: "INSERT OR IGNORE INTO leases VALUES (?, ?, ?)",
          rows: clients.map((client) => [docId, client, memberId]),
        },
      ]),
  };
}
