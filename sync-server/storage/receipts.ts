// What is left of updates when they are folded: who sent them and when, by client and clock.

import { soleStructOf } from "#shared/doc/sole-struct.ts";
import { clockRanges } from "#shared/doc/update-bytes.ts";
import type { Receipt } from "./storage.ts";

/** Keystrokes of a live document: one receipt a minute says enough. */
const TOGETHER_MS = 60_000;

export type ReceivedUpdate = { readonly at: number; readonly author: string; readonly bytes: Uint8Array };

/** Up to which clock it goes, by client. */
function endsOf({ bytes }: ReceivedUpdate): Iterable<readonly [client: number, until: number]> {
  try {
    const sole = soleStructOf(bytes);
    return sole === undefined ? clockRanges(bytes).to : [[sole.client, sole.clock + sole.length]];
  } catch {
    // Decodes as an update, but not by this reader: it leaves no receipt.
    return [];
  }
}

/** `updates`: of one document, in the order of the log. */
export function receiptsOf(updates: Iterable<ReceivedUpdate>): readonly Receipt[] {
  const receipts: Receipt[] = [];
  /** Where the newest receipt of a client stands. */
  const newest = new Map<number, number>();
  for (const update of updates) {
    for (const [client, until] of endsOf(update)) {
      const receipt: Receipt = { client, until, at: update.at, author: update.author };
      const index = newest.get(client);
      const before = index === undefined ? undefined : receipts[index];
      // Repeats what is known.
      if (before !== undefined && before.until >= until) continue;
      if (index !== undefined && before?.author === update.author && update.at - before.at < TOGETHER_MS)
        receipts[index] = receipt;
      else newest.set(client, receipts.push(receipt) - 1);
    }
  }
  return receipts;
}
