// Loading a document from updates of which some may be hostile: they decode, and throw when a Y.Doc applies them, at once
// or when a later update makes a parked part of them due. Such an update is left out; the words of the others are not.

import * as Y from "yjs";

/** In one go. False when one of them threw: half of what they say may be in the document then. */
export function applyAll(doc: Y.Doc, updates: readonly Uint8Array[]): boolean {
  try {
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
    return true;
  } catch {
    return false;
  }
}

function load(make: () => Y.Doc, updates: readonly Uint8Array[]): Y.Doc | undefined {
  const doc = make();
  if (applyAll(doc, updates)) return doc;
  doc.destroy();
  return undefined;
}

/** What of a document is in place; what only waits for missing parts is left behind. */
function settledPart(doc: Y.Doc): Uint8Array {
  doc.store.pendingStructs = null;
  doc.store.pendingDs = null;
  return Y.encodeStateAsUpdate(doc);
}

/**
 * The document, and how many updates were left out of it. An update that threw may have changed half of the document, so
 * each step starts from bytes that are known to be good. Costs next to nothing when all of them apply.
 */
export function loadSoundly(make: () => Y.Doc, updates: readonly Uint8Array[]): { doc: Y.Doc; leftOut: number } {
  const whole = load(make, updates);
  if (whole !== undefined) return { doc: whole, leftOut: 0 };
  let good: Uint8Array[] = [];
  let doc = make();
  const parked: Uint8Array[] = [];
  let leftOut = 0;
  for (const update of updates) {
    if (!applyAll(doc, [update])) {
      leftOut += 1;
      doc.destroy();
      doc = load(make, good) ?? make();
      good = [Y.encodeStateAsUpdate(doc)];
    } else if (doc.store.pendingStructs === null && doc.store.pendingDs === null) good.push(update);
    else {
      // Parked parts make later updates throw: they are tried when everybody else is in.
      parked.push(update);
      good = [settledPart(doc)];
    }
  }
  for (const update of parked) {
    const next = load(make, [...good, update]);
    if (next === undefined) {
      leftOut += 1;
      continue;
    }
    good = [Y.encodeStateAsUpdate(next)];
    doc.destroy();
    doc = next;
  }
  return { doc, leftOut };
}
