// The words an update brings, as plain text: for showing what somebody typed when the update itself could not be taken.

import * as Y from "yjs";

/** Text in the order it was written, a line per paragraph or place. Empty for bytes that are no update. */
export function wordsOfUpdate(update: Uint8Array): string {
  let structs: ReturnType<typeof Y.decodeUpdate>["structs"];
  try {
    ({ structs } = Y.decodeUpdate(update));
  } catch {
    return "";
  }
  let words = "";
  let end: Y.ID | undefined;
  for (const struct of structs) {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
    // Typed right behind what came before: one word, not two lines.
    const { origin } = struct;
    const goesOn = end !== undefined && origin !== null && origin.client === end.client && origin.clock === end.clock;
    words += (words === "" || goesOn ? "" : "\n") + struct.content.str;
    end = Y.createID(struct.id.client, struct.id.clock + struct.length - 1);
  }
  return words.trim();
}
