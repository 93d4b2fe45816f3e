// What an update from outside deletes of a document's history. Nobody honest does: a history only grows, and the relay alone
// takes out of it what a move takes along.

import * as Y from "yjs";
import { keys } from "#shared/doc/keys.ts";

/** One sentence when the update deletes an entry of the history that is there now; asked before the update is applied. */
export function judgeDeletions(doc: Y.Doc, update: Uint8Array): string | undefined {
  const history = doc.getArray(keys.changes);
  for (const [client, ranges] of Y.decodeUpdate(update).ds.clients) {
    const structs = doc.store.clients.get(client) ?? [];
    for (const { clock, len } of ranges) {
      if (clock >= Y.getState(doc.store, client)) continue;
      for (let index = Y.findIndexSS(structs, clock); index < structs.length; index += 1) {
        const struct = structs[index];
        if (struct === undefined || struct.id.clock >= clock + len) break;
        if (struct instanceof Y.Item && !struct.deleted && struct.parent === history)
          return "it deletes what the history says";
      }
    }
  }
  return undefined;
}
