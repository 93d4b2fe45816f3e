// A data folder with a large log: documents of 10 kB, folded, a quarter of them with updates since, all of it projected, as a
// relay leaves it that was in use until it was stopped. Started as a process of its own: node fill-large-log.ts FOLDER GIGABYTES

import * as Y from "yjs";
import { assert } from "#shared/model/result.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { FACET, fanOutAccounts, mainAccount, RECORD_TYPE } from "./accounts.ts";
import { words } from "./documents.ts";
import { addAccount } from "./fill-folder.ts";
import { emptyUpdate } from "./session.ts";

/** A document that was folded, and the updates that came since for some of them. */
const SNAPSHOT_BYTES = 10_000;
const UPDATE_BYTES = 500;
const TAIL = 4;
const WITH_TAIL = 0.25;
const BATCH_DOCUMENTS = 200;

function update(characters: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap("record").set("text", words(characters));
  return Y.encodeStateAsUpdate(doc);
}

const [folder = "", gigabytes = "1"] = process.argv.slice(2);
const opened = await openSqliteStorage(folder);
assert(opened.ok, opened.ok ? "" : opened.error.message);
const storage = opened.value;
const { directory } = storage;
await directory.saveOrganization({ id: "bench", name: "Bench" });
for (const account of [mainAccount, ...fanOutAccounts.slice(0, 1)]) await addAccount(directory, account);
const documents = Math.ceil((Number(gigabytes) * 1e9) / (SNAPSHOT_BYTES + WITH_TAIL * TAIL * UPDATE_BYTES));
const folded = update(SNAPSHOT_BYTES);
const updates = Array.from({ length: TAIL }, () => update(UPDATE_BYTES));
const { id: author, space } = mainAccount;
let seq = 0;
for (let start = 0; start < documents; start += BATCH_DOCUMENTS) {
  const rooms = Array.from({ length: Math.min(BATCH_DOCUMENTS, documents - start) }, (_, index) => `r${start + index}`);
  const append = async (some: readonly string[], bytes: Uint8Array): Promise<readonly { seq: number }[]> => {
    const meta = { space, type: RECORD_TYPE, facet: FACET };
    const places = await storage.log.append(
      some.map((recordId) => ({ docId: docIdOf(recordId, FACET), bytes, author, meta: { ...meta, recordId } })),
    );
    seq = places.at(-1)?.seq ?? seq;
    return places;
  };
  const places = await append(rooms, emptyUpdate);
  await storage.log.writeSnapshots(
    rooms.map((room, index) => ({
      docId: docIdOf(room, FACET),
      seq: places[index]?.seq ?? 0,
      bytes: folded,
      receipts: [],
    })),
  );
  await storage.log.removeReplaced();
  for (const bytes of updates) await append(rooms.slice(0, Math.floor(rooms.length * WITH_TAIL)), bytes);
}
await storage.readModel.saveFacets([], seq);
await storage.close();
