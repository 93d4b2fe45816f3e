// Hocuspocus with its Database extension over node:sqlite: the statements of its own SQLite extension, whose driver has no
// binary for this Node. Copied into the folder where the peer is installed, and started there.

import { DatabaseSync } from "node:sqlite";
import { Database } from "@hocuspocus/extension-database";
import { Server } from "@hocuspocus/server";

const [port, file] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec(
  'CREATE TABLE IF NOT EXISTS "documents" ("name" varchar(255) NOT NULL, "data" blob NOT NULL, UNIQUE(name))',
);
const read = database.prepare('SELECT data FROM "documents" WHERE name = ?');
const write = database.prepare(
  'INSERT INTO "documents" ("name", "data") VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET data = excluded.data',
);
const extension = new Database({
  fetch: async ({ documentName }) => read.get(documentName)?.data ?? null,
  store: async ({ documentName, state }) => void write.run(documentName, state),
});
await new Server({ port: Number(port), address: "127.0.0.1", quiet: true, extensions: [extension] }).listen();
process.stdout.write("running\n");
