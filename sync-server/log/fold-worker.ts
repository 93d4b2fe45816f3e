// Folds one document's updates into a garbage-collected snapshot, in a thread that may be ended when an update never ends.

import { parentPort } from "node:worker_threads";
import { compactUpdates } from "#shared/doc/update-bytes.ts";

export type FoldRequest = { readonly docId: string; readonly updates: readonly Uint8Array[] };
/** Undefined: an update of this document does not apply. */
export type FoldReply = { readonly bytes: Uint8Array | undefined };

function fold({ docId, updates }: FoldRequest): FoldReply {
  try {
    return { bytes: compactUpdates(docId, updates) };
  } catch {
    return { bytes: undefined };
  }
}

parentPort?.on("message", (request: FoldRequest) => parentPort?.postMessage(fold(request)));
