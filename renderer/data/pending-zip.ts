// The pending changes with the bytes of attached files beside them, as one zip file, and back in.

import { hexOf } from "#shared/model/canonical-json.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { Database } from "./database.ts";
import { takePendingFile, writePendingFile } from "./pending-file.ts";
import { writing, type Replica } from "./replica.ts";
import type { EditApi, PendingChange, TakenIn } from "./types.ts";
import type { UnkeptEdit } from "./unkept-edits.ts";
import { createZipFile, idOfPath, pathOfBytes, readZipFile, textOf } from "./zip-file.ts";

const NAME = "pending.json";
/** Years of offline work; more than that is no file that this app made. */
const MOST_BYTES = 500_000_000;

/** Files that nobody else has the bytes of: on their way, or in the tray. */
async function bytesToTake({ files, refused }: Database): Promise<readonly string[]> {
  const waiting = await files.where("waits").equals(1).primaryKeys();
  const inTray = (await refused.toArray()).map((row) => row.recordId);
  const held = await files
    .where("id")
    .anyOf([...new Set(inTray)])
    .primaryKeys();
  return [...new Set([...waiting, ...held])];
}

export async function writePendingZip(
  replica: Replica,
  waiting: readonly PendingChange[],
  notKept: readonly UnkeptEdit[],
): Promise<Blob> {
  const { database } = replica;
  const zip = createZipFile();
  await zip.text(NAME, [await writePendingFile(replica, waiting, notKept)]);
  for (const id of await bytesToTake(database)) {
    const row = await database.files.get(id);
    const record = await database.records.get(id);
    if (row !== undefined) zip.bytes(pathOfBytes(id, record?.fields["name"]), row.bytes);
  }
  return zip.end();
}

/** Bytes of a file that is here, or in the tray here; true when they are news. What is not the file that it says is left out. */
async function takeBytes(replica: Replica, id: string, bytes: Uint8Array): Promise<boolean | "leftOut"> {
  const { database } = replica;
  const sha256 = hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))));
  return writing(replica, async () => {
    if ((await database.files.get(id)) !== undefined) return false;
    const record = await database.records.get(id);
    const inTray = (await database.refused.where("recordId").equals(id).count()) > 0;
    if (record === undefined ? !inTray : record.fields["sha256"] !== sha256) return "leftOut";
    await database.files.put(inTray ? { id, bytes } : { id, bytes, waits: 1 });
    return true;
  });
}

/** Takes in what `writePendingZip` made; the text alone too, as older versions made it. */
export async function takePendingZip(
  replica: Replica,
  content: Uint8Array,
  edit: EditApi,
  onProgress?: (done: number, total: number) => void,
): Promise<Result<TakenIn, { readonly message: string }>> {
  const isZip = content[0] === 0x50 && content[1] === 0x4b;
  const entries = isZip ? readZipFile(content, MOST_BYTES) : new Map([[NAME, content]]);
  if (entries === undefined)
    return err({ message: "This file is damaged or not complete. Export it again on the other device." });
  const text = entries.get(NAME);
  if (text === undefined)
    return err({ message: "This is not a file of pending changes. Choose the one that Export on this page made." });
  const taken = await takePendingFile(replica, textOf(text), onProgress, edit);
  if (!taken.ok) return taken;
  const outcome = { ...taken.value };
  for (const [path, bytes] of entries) {
    const id = idOfPath(path);
    if (id === undefined || bytes.length > limits.fileBytes) continue;
    const came = await takeBytes(replica, id, bytes);
    if (came === "leftOut") outcome.leftOut += 1;
    // Only the bytes were missing: that is a record as well.
    else if (came && taken.value.records === 0) outcome.records += 1;
  }
  return ok(outcome);
}
