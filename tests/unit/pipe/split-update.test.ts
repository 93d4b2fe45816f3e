// L1: what is larger than a push goes in pieces, which together say exactly the same.

import fc from "fast-check";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { fitsInOne, splitUpdate } from "#shared/doc/split-update.ts";
import { isReadableUpdate } from "#sync-server/log/check-update.ts";

const LIMIT = 2_000;

/** Several authors who write over, into and behind one another. */
function busyDocument(seed: readonly number[]): Y.Doc {
  const docs = [1, 2, 3].map((clientID) => Object.assign(new Y.Doc(), { clientID }));
  for (const [turn, number] of seed.entries()) {
    const doc = docs[number % 3];
    if (doc === undefined) continue;
    const text = doc.getText("text/notes");
    const at = text.length === 0 ? 0 : number % text.length;
    if (number % 5 === 0 && text.length > 40) text.delete(at % (text.length - 20), 20);
    else if (number % 7 === 0) doc.getMap("fields").set(`f${number % 4}`, [`value ${turn}`, "x".repeat(number % 300)]);
    else if (number % 11 === 0) doc.getXmlFragment("rich/body").insert(0, [new Y.XmlElement("paragraph")]);
    else text.insert(at, `${turn} `.repeat(1 + (number % 400)));
    if (number % 4 === 0) {
      for (const from of docs) for (const to of docs) if (from !== to) Y.applyUpdate(to, Y.encodeStateAsUpdate(from));
    }
  }
  for (const from of docs) for (const to of docs) if (from !== to) Y.applyUpdate(to, Y.encodeStateAsUpdate(from));
  return docs[0] ?? new Y.Doc();
}

test("L1 pieces stay within the limit, are readable, lean on nothing that comes later, and make the same document", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 5, maxLength: 60 }), (seed) => {
      const doc = busyDocument(seed);
      const whole = Y.encodeStateAsUpdate(doc);
      const pieces = splitUpdate(whole, { bytes: LIMIT, structs: 10_000 });
      const copy = new Y.Doc();
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(LIMIT);
        expect(isReadableUpdate(piece)).toBe(true);
        Y.applyUpdate(copy, piece);
        expect(copy.store.pendingStructs).toBeNull();
      }
      expect(Y.encodeStateVector(copy)).toEqual(Y.encodeStateVector(doc));
      for (const root of ["text/notes"]) expect(copy.getText(root).toJSON()).toBe(doc.getText(root).toJSON());
      expect(copy.getMap("fields").toJSON()).toEqual(doc.getMap("fields").toJSON());
      expect(copy.getXmlFragment("rich/body").length).toBe(doc.getXmlFragment("rich/body").length);
      // What follows on one side is understood on the other.
      const before = Y.encodeStateVector(doc);
      doc.getText("text/notes").insert(0, "later ");
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc, before));
      expect(copy.getText("text/notes").toJSON()).toBe(doc.getText("text/notes").toJSON());
    }),
    { numRuns: Number(process.env["SPLIT_RUNS"] ?? 60) },
  );
});

test("L1 one long text of one author is cut inside", () => {
  const doc = new Y.Doc();
  doc.getText("text/notes").insert(0, "brücke 🌉 ".repeat(60_000));
  const pieces = splitUpdate(Y.encodeStateAsUpdate(doc), { bytes: 256 * 1024, structs: 10_000 });
  expect(pieces.length).toBeGreaterThan(2);
  const copy = new Y.Doc();
  for (const piece of pieces) Y.applyUpdate(copy, piece);
  expect(copy.getText("text/notes").toJSON()).toBe(doc.getText("text/notes").toJSON());
});

test("L1 an update of more structs than one push may have is split, however few its bytes are", () => {
  const doc = new Y.Doc();
  const text = doc.getText("t");
  // Each letter goes to the front: none continues the one before it.
  for (let index = 0; index < 25_000; index += 1) text.insert(0, "x");
  const whole = Y.encodeStateAsUpdate(doc);
  const most = { bytes: whole.length + 1, structs: 10_000 };
  expect(fitsInOne(whole, most)).toBe(false);
  const pieces = splitUpdate(whole, most);
  expect(pieces.map((piece) => Y.decodeUpdate(piece).structs.length)).toEqual([10_000, 10_000, 5_000]);
  const copy = new Y.Doc();
  for (const piece of pieces) Y.applyUpdate(copy, piece);
  expect(copy.store.pendingStructs).toBeNull();
  expect(copy.getText("t").toJSON()).toBe(text.toJSON());
});
