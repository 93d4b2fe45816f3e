// A data folder with a large log: many documents, each with a tail of updates, already projected, as a relay leaves it that was
// in use until it was stopped. Started as a process of its own: node fill-large-log.ts FOLDER GIGABYTES

import * as Y from "yjs";
import { assert } from "#shared/model/result.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { FACET, fanOutAccounts, mainAccount, RECORD_TYPE } from "./accounts.ts";
import { words } from "./documents.ts";
import { addAccount } from "./fill-folder.ts";

const UPDATE_BYTES = 2_000;
const TAIL = 5;
const BATCH_DOCUMENTS = 400;

function update(): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap("record").set("text", words(UPDATE_BYTES));
  return Y.encodeStateAsUpdate(doc);
}

const [folder = "", gigabytes = "1"] = process.argv.slice(2);
const opened = await openSqliteStorage(folder);
assert(opened.ok, opened.ok ? "" : opened.error.message);
const storage = opened.value;
const { directory, log, readModel } = storage;
await directory.saveOrganization({ id: "bench", name: "Bench" });
for (const account of [mainAccount, ...fanOutAccounts.slice(0, 1)]) await addAccount(directory, account);
const documents = Math.ceil((Number(gigabytes) * 1e9) / (UPDATE_BYTES * TAIL));
const updates = Array.from({ length: TAIL }, update);
const { id: author, space } = mainAccount;
for (let start = 0; start < documents; start += BATCH_DOCUMENTS) {
  const rooms = Array.from({ length: Math.min(BATCH_DOCUMENTS, documents - start) }, (_, index) => `r${start + index}`);
  for (const bytes of updates) {
    const meta = { space, type: RECORD_TYPE, facet: FACET };
    await log.append(
      rooms.map((recordId) => ({ docId: docIdOf(recordId, FACET), bytes, author, meta: { ...meta, recordId } })),
    );
  }
}
await readModel.saveFacets([], documents * TAIL);
await storage.close();
