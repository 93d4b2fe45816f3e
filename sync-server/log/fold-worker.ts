// Folds updates into garbage-collected snapshots, from reading them to what is left of them, in a thread that may be ended
// when an update never ends.

import { parentPort } from "node:worker_threads";
import { compactUpdates } from "#shared/doc/update-bytes.ts";
import { receiptsOf, type ReceivedUpdate } from "#sync-server/storage/receipts.ts";
import { openTailReader, type ReadTail, type TailReader } from "#sync-server/storage/tail-reader.ts";
import type { FoldedSnapshot, StoredTails } from "#sync-server/storage/storage.ts";

export type FoldRequest = StoredTails;
export type FoldReply =
  | {
      readonly folded: readonly FoldedSnapshot[];
      /** Documents of which something is not what was written. */
      readonly damaged: readonly string[];
      /** Documents with an update that does not apply. */
      readonly unfoldable: readonly string[];
    }
  /** Nothing could be read. */
  | { readonly failed: string };

/** An update ends with its deletions; a list of none is the byte 0, and no other list ends with one. */
const mayDelete = ({ bytes }: ReceivedUpdate): boolean => bytes.at(-1) !== 0;

let reader: TailReader | undefined;

/** A single update that deletes nothing is as good as its snapshot. */
function isWorthFolding({ snapshot, updates }: ReadTail): boolean {
  return updates.length > 1 || (updates.length === 1 && (snapshot !== undefined || updates.received().some(mayDelete)));
}

function fold({ docId, lastSeq, snapshot, updates }: ReadTail): FoldedSnapshot {
  const received = updates.received();
  const parts = received.map(({ bytes }) => bytes);
  return {
    docId,
    seq: lastSeq,
    bytes: compactUpdates(docId, snapshot === undefined ? parts : [snapshot, ...parts]),
    receipts: receiptsOf(received),
  };
}

function foldAll({ path, tails }: FoldRequest): FoldReply {
  const folded: FoldedSnapshot[] = [];
  const damaged: string[] = [];
  const unfoldable: string[] = [];
  reader ??= openTailReader(path);
  for (const [index, tail] of reader.read(tails).entries()) {
    const docId = tails[index]?.docId ?? "";
    try {
      if (tail === undefined) damaged.push(docId);
      else if (isWorthFolding(tail)) folded.push(fold(tail));
    } catch {
      unfoldable.push(docId);
    }
  }
  return { folded, damaged, unfoldable };
}

function answer(request: FoldRequest): FoldReply {
  try {
    return foldAll(request);
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (request: FoldRequest) => parentPort?.postMessage(answer(request)));
