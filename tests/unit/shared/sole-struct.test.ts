import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { soleStructOf } from "#shared/doc/sole-struct.ts";
import { clockRanges, structsOf } from "#shared/doc/update-bytes.ts";
import { seedFor } from "#tests/seed.ts";

/** The updates that changes of a document make. */
function updatesOf(change: (doc: Y.Doc) => void): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  change(doc);
  return updates;
}

const ends = (update: Uint8Array): [number, number][] => [...clockRanges(update).to];

describe("soleStructOf", () => {
  test("knows an edit of a field, keystrokes, an embed, a list and bytes", () => {
    const updates = updatesOf((doc) => {
      for (let edit = 0; edit < 20; edit++) doc.getMap("fields").set(`f${edit % 3}`, `value ${edit}`);
      for (const letter of "typed") doc.getText("text").insert(doc.getText("text").length, letter);
      doc.getText("text").insertEmbed(2, { image: "x" });
      doc.getArray("list").push([1, 2, 3]);
      doc.getArray("list").insert(1, [new Uint8Array(3)]);
    });
    for (const update of updates) {
      const sole = soleStructOf(update);
      expect(sole).toBeDefined();
      expect([[sole?.client, (sole?.clock ?? 0) + (sole?.length ?? 0)]]).toEqual(ends(update));
    }
  });

  test("leaves what it would have to decode, or what is more than one, to others", () => {
    const [umlaut, two] = updatesOf((doc) => {
      doc.getText("text").insert(0, "für 🚪");
      doc.transact(() => {
        doc.getMap("fields").set("a", 1);
        doc.getMap("fields").set("b", 2);
      });
    });
    expect(soleStructOf(umlaut ?? new Uint8Array())).toBeUndefined();
    expect(soleStructOf(two ?? new Uint8Array())).toBeUndefined();
    expect(soleStructOf(new Uint8Array([0, 0]))).toBeUndefined();
  });

  test("whatever is edited, by several people, merged or collected: it agrees with Yjs where it answers", () => {
    type Step = { readonly who: number; readonly kind: number; readonly at: number; readonly text: string };
    const step = fc.record({
      who: fc.nat(2),
      kind: fc.nat(7),
      at: fc.nat(1_000),
      text: fc.oneof(fc.string({ minLength: 1, maxLength: 9 }), fc.constantFrom("ö", "🚪", "w".repeat(300))),
    });
    let answered = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.boolean(), (steps: Step[], gc) => {
        const docs = [0, 1, 2].map(() => new Y.Doc({ gc }));
        const updates: Uint8Array[] = [];
        for (const doc of docs)
          doc.on("update", (update: Uint8Array, origin: unknown) => {
            if (origin === "other") return;
            updates.push(update);
            for (const other of docs) if (other !== doc) Y.applyUpdate(other, update, "other");
          });
        for (const { who, kind, at, text } of steps) {
          const doc = docs[who] ?? new Y.Doc();
          const words = doc.getText("text");
          const list = doc.getArray<unknown>("list");
          const place = at % (words.length + 1);
          if (kind === 0) doc.getMap("fields").set(`f${at % 4}`, text);
          else if (kind === 1) words.insert(place, text);
          else if (kind === 2) words.delete(place, Math.min(3, words.length - place));
          else if (kind === 3) words.format(place, Math.min(2, words.length - place), { bold: true });
          else if (kind === 4) list.insert(at % (list.length + 1), [text, at]);
          else if (kind === 5) list.insert(0, [new Y.Map([["in", text]])]);
          else if (kind === 6 && list.length > 0) list.delete(at % list.length);
          else if (kind === 7) doc.getMap("docs").set(text, new Uint8Array(at % 5));
        }
        const [first] = docs;
        const collected = first === undefined ? [] : [Y.encodeStateAsUpdate(first)];
        for (const update of [...updates, ...collected, Y.mergeUpdates([...updates, ...collected])]) {
          const sole = soleStructOf(update);
          if (sole === undefined) continue;
          answered += 1;
          expect(structsOf(update)).toHaveLength(1);
          expect([[sole.client, sole.clock + sole.length]]).toEqual(ends(update));
        }
      }),
      { seed: seedFor("SOLE_STRUCT_SEED"), numRuns: 300 },
    );
    expect(answered).toBeGreaterThan(300);
  });
});
