import * as Y from "yjs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findChangedByBoth } from "#shared/doc/changed-by-both.ts";
import {
  adoptFormerText,
  createFacet,
  deleteFacet,
  editFacet,
  markChangedByBoth,
  openFacetDocument,
  readChanges,
  readFacet,
  restoreFacet,
  richTextOf,
} from "#shared/doc/facet-document.ts";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import { assert } from "#shared/model/result.ts";
import { compactUpdates, stateVectorOf } from "#shared/doc/update-bytes.ts";

const key = { recordId: "r1", facet: "published" };
const at = (minute: number) => ({ at: `2026-05-14T09:${String(minute).padStart(2, "0")}:00.000Z`, by: "ana" });
const made = (values = { name: "Clinic roof" }): Uint8Array =>
  createFacet(openFacetDocument(key, []), "deal", values, at(0));
const need = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("expected a value");
  return value;
};

describe("a long text that became a rich one", () => {
  const milestone = (): Uint8Array[] => {
    const doc = openFacetDocument(key, []);
    const created = createFacet(doc, "milestone", { title: "M2" }, at(0));
    const written: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => written.push(update));
    doc.getText("text/description").insert(0, "Order the steel.\nRaise the frame.");
    return [created, ...written];
  };

  it("is read as it was, and carried over by every device alike", () => {
    const before = milestone();
    expect(readFacet(openFacetDocument(key, before)).fields["description"]).toBe("Order the steel.\nRaise the frame.");
    const adopted = [0, 1].map(() => need(adoptFormerText(openFacetDocument(key, before), "description")));
    const merged = openFacetDocument(key, [...before, ...adopted]);
    expect(richTextOf(merged, "description").toJSON()).toBe(
      "<paragraph>Order the steel.</paragraph><paragraph>Raise the frame.</paragraph>",
    );
    expect(readFacet(merged).fields["description"]).toBe("Order the steel.\nRaise the frame.");
    expect(adoptFormerText(merged, "description")).toBeUndefined();
  });

  it("has the new words alone once somebody has written", () => {
    const doc = openFacetDocument(key, milestone());
    editFacet(doc, "milestone", { description: "Raise the frame on Saturday." }, at(1));
    expect(readFacet(doc).fields["description"]).toBe("Raise the frame on Saturday.");
    expect(adoptFormerText(openFacetDocument(key, [made()]), "description")).toBeUndefined();
  });
});

describe("facet document", () => {
  it("merges edits of different fields without a mark (J2)", () => {
    const base = made();
    const ana = need(editFacet(openFacetDocument(key, [base]), "deal", { closeDate: "2026-06-30" }, at(1)));
    const igor = need(editFacet(openFacetDocument(key, [base]), "deal", { stage: "proposal" }, at(2)));
    const merged = readFacet(openFacetDocument(key, [base, ana.update, igor.update]));
    expect(merged.fields).toMatchObject({ closeDate: "2026-06-30", stage: "proposal" });
    expect(merged.changedByBoth).toEqual({});
  });

  it("records who changed what, and nothing when nothing changed", () => {
    const base = made();
    const doc = openFacetDocument(key, [base]);
    expect(editFacet(doc, "deal", { name: "Clinic roof" }, at(1))).toBeUndefined();
    need(editFacet(doc, "deal", { name: "Harbor roof" }, at(2)));
    expect(readChanges(doc).at(-1)).toMatchObject({
      kind: "changed",
      field: "name",
      from: "Clinic roof",
      to: "Harbor roof",
      by: "ana",
    });
  });

  it("keeps both words in long text", () => {
    const base = made();
    const first = need(
      editFacet(
        openFacetDocument({ ...key, facet: "internal" }, [base]),
        "deal",
        { internalNotes: "One. Two." },
        at(1),
      ),
    );
    const start = [base, first.update];
    const left = need(editFacet(openFacetDocument(key, start), "deal", { internalNotes: "Zero. One. Two." }, at(2)));
    const right = need(
      editFacet(openFacetDocument(key, start), "deal", { internalNotes: "One. Two. Three 😀." }, at(3)),
    );
    expect(readFacet(openFacetDocument(key, [...start, left.update, right.update])).fields["internalNotes"]).toBe(
      "Zero. One. Two. Three 😀.",
    );
  });

  it("carries fields it does not know", () => {
    const doc = openFacetDocument(key, [made()]);
    doc.getMap("fields").set("fromTheFuture", { deep: [1, 2] });
    expect(readFacet(doc).fields["fromTheFuture"]).toEqual({ deep: [1, 2] });
    expect(mergeFacets("r1", [readFacet(doc)], shippedPolicy).fields["fromTheFuture"]).toEqual({ deep: [1, 2] });
  });

  it("ignores a field written into a facet where its type does not have it", () => {
    const doc = openFacetDocument({ recordId: "r1", facet: "partner-shared" }, []);
    createFacet(doc, "deal", { nextStep: "Call", margin: 99 }, at(0));
    expect(mergeFacets("r1", [readFacet(doc)], shippedPolicy).fields).toEqual({ nextStep: "Call" });
  });

  it("writes headings and paragraphs of a rich text as the editor's schema names them", () => {
    const doc = openFacetDocument({ recordId: "r1", facet: "internal" }, []);
    createFacet(doc, "document", { body: "# Scope\n## 1. Structure\nSteel.\n#4471 is a code\n\n### " }, at(0));
    const textOf = (block: Y.XmlElement<{ level: number }>): string | undefined => {
      const text = block.get(0);
      return text instanceof Y.XmlText ? text.toJSON() : undefined;
    };
    const blocks = richTextOf(doc, "body").toArray() as Y.XmlElement<{ level: number }>[];
    expect(blocks.map((block) => [block.nodeName, block.getAttribute("level"), textOf(block)])).toEqual([
      ["heading", 1, "Scope"],
      ["heading", 2, "1. Structure"],
      ["paragraph", undefined, "Steel."],
      ["paragraph", undefined, "#4471 is a code"],
      ["paragraph", undefined, undefined],
      ["heading", 3, undefined],
    ]);
    expect(mergeFacets("r1", [readFacet(doc)], shippedPolicy).fields["body"]).toContain("Scope\n1. Structure\nSteel.");
  });

  it("stays deleted when everything was seen, comes back archived when an edit was not (J3b)", () => {
    const base = made();
    const deletion = need(deleteFacet(openFacetDocument(key, [base]), at(5)));
    const edit = need(editFacet(openFacetDocument(key, [base]), "deal", { nextStep: "Ring back" }, at(4)));
    const seen = openFacetDocument(key, [base, edit.update]);
    const deletionAfterSeeing = need(deleteFacet(seen, at(6)));
    const state = (updates: Uint8Array[]) =>
      mergeFacets("r1", [readFacet(openFacetDocument(key, updates))], shippedPolicy).state;
    expect(state([base])).toBe("active");
    expect(state([base, deletion])).toBe("deleted");
    expect(state([base, deletion, edit.update])).toBe("archived");
    expect(state([base, edit.update, deletion])).toBe("archived");
    expect(state([base, edit.update, deletionAfterSeeing])).toBe("deleted");
    const restored = need(restoreFacet(openFacetDocument(key, [base, deletion]), at(7)));
    expect(state([base, deletion, restored])).toBe("active");
  });

  it("is not deleted by a facet that others from outside write, unless its name lies there", () => {
    const facetsOf = (type: string, names: readonly string[]) =>
      names.map((facet) => {
        const doc = openFacetDocument({ recordId: "r1", facet }, []);
        createFacet(doc, type, facet === "published" ? { name: "Clinic roof" } : {}, at(0));
        return doc;
      });
    const stateOf = (docs: readonly Y.Doc[]) => mergeFacets("r1", docs.map(readFacet), shippedPolicy).state;
    const [named, partners] = facetsOf("deal", ["published", "partner-shared"]);
    assert(named !== undefined && partners !== undefined, "both are there");
    deleteFacet(partners, at(1));
    expect(stateOf([named, partners])).toBe("active");
    deleteFacet(named, at(2));
    expect(stateOf([named, partners])).toBe("deleted");
    // All there is of it for somebody: its name lies where he does not read.
    expect(stateOf([partners])).toBe("deleted");
    const comment = facetsOf("comment", ["shared"]);
    for (const doc of comment) deleteFacet(doc, at(1));
    expect(stateOf(comment)).toBe("deleted");
  });

  it("gives the same state after compaction, without the deleted words", () => {
    const secret = "the margin is 31.5737";
    const doc = openFacetDocument(key, [made()]);
    const before = Y.encodeStateAsUpdate(doc);
    const wrote = need(editFacet(doc, "deal", { internalNotes: secret }, at(1)));
    const erased = need(editFacet(doc, "deal", { internalNotes: null }, at(2)));
    const updates = [before, wrote.update, erased.update];
    const compact = compactUpdates("r1.published", updates);
    expect(new TextDecoder().decode(Y.mergeUpdates(updates))).toContain(secret);
    expect(new TextDecoder().decode(compact)).not.toContain(secret);
    expect(readFacet(openFacetDocument(key, [compact]))).toEqual(readFacet(openFacetDocument(key, updates)));
    expect(stateVectorOf(compact)).toEqual(Y.encodeStateVector(doc));
  });

  it("converges for any order and repetition of updates", () => {
    const fields = ["name", "stage", "closeDate", "internalNotes"] as const;
    const plan = fc.array(
      fc.record({
        who: fc.integer({ min: 0, max: 2 }),
        field: fc.constantFrom(...fields),
        value: fc.string({ maxLength: 8 }),
        sync: fc.boolean(),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(plan, fc.infiniteStream(fc.nat()), (steps, chance) => {
        const log: Uint8Array[] = [made()];
        const replicas = [0, 1, 2].map(() => openFacetDocument(key, [need(log[0])]));
        for (const step of steps) {
          const doc = need(replicas[step.who]);
          if (step.sync) for (const update of log) Y.applyUpdate(doc, update);
          const edited = editFacet(doc, "deal", { [step.field]: step.value === "" ? null : step.value }, at(step.who));
          if (edited !== undefined) log.push(edited.update);
        }
        for (const doc of replicas) {
          const order = log
            .map((update) => ({ update, weight: need(chance.next().value ?? 0) % 97 }))
            .toSorted((l, r) => l.weight - r.weight);
          for (const { update } of [...order, ...order.slice(0, 2)]) Y.applyUpdate(doc, update);
        }
        const contents = replicas.map((doc) => readFacet(doc));
        expect(contents[1]).toEqual(contents[0]);
        expect(contents[2]).toEqual(contents[0]);
      }),
      { numRuns: 150 },
    );
  });
});

describe("changed by both (J3a)", () => {
  const igor = { at: "2026-05-14T09:02:00.000Z", by: "igor" };

  it.each([0, 1, 2, 3, 4, 5])("keeps both values and shows the same one everywhere (attempt %i)", () => {
    const base = made();
    const mine = need(editFacet(openFacetDocument(key, [base]), "deal", { closeDate: "2026-06-30" }, at(1)));
    const theirs = need(editFacet(openFacetDocument(key, [base]), "deal", { closeDate: "2026-07-15" }, igor));
    const working = readFacet(openFacetDocument(key, [base, mine.update, theirs.update]));
    const marks = findChangedByBoth({
      confirmedBefore: readFacet(openFacetDocument(key, [base])),
      confirmedAfter: readFacet(openFacetDocument(key, [base, theirs.update])),
      working,
      unacked: [{ field: "closeDate", to: "2026-06-30", ...at(1) }],
      remoteAuthor: () => igor,
    });
    const mark = need(marks["closeDate"]);
    expect(mark.kept).toBe(working.fields["closeDate"]);
    expect([mark.kept, mark.other].sort()).toEqual(["2026-06-30", "2026-07-15"]);
    const doc = openFacetDocument(key, [base, mine.update, theirs.update]);
    need(markChangedByBoth(doc, marks));
    expect(readFacet(doc).changedByBoth["closeDate"]).toEqual(mark);
    need(editFacet(doc, "deal", { closeDate: mark.other }, at(9), "chosen"));
    expect(readFacet(doc).changedByBoth).toEqual({});
    expect(readFacet(doc).fields["closeDate"]).toBe(mark.other);
  });

  it("says nothing when both wrote the same, or only one wrote", () => {
    const base = made();
    const mine = need(editFacet(openFacetDocument(key, [base]), "deal", { closeDate: "2026-06-30" }, at(1)));
    const theirs = need(editFacet(openFacetDocument(key, [base]), "deal", { stage: "won" }, igor));
    const input = {
      confirmedBefore: readFacet(openFacetDocument(key, [base])),
      working: readFacet(openFacetDocument(key, [base, mine.update, theirs.update])),
      unacked: [{ field: "closeDate", to: "2026-06-30", ...at(1) }],
      remoteAuthor: () => igor,
    };
    expect(
      findChangedByBoth({ ...input, confirmedAfter: readFacet(openFacetDocument(key, [base, theirs.update])) }),
    ).toEqual({});
    expect(
      findChangedByBoth({ ...input, confirmedAfter: readFacet(openFacetDocument(key, [base, mine.update])) }),
    ).toEqual({});
  });
});

describe("sets", () => {
  const wholeOf = (doc: Y.Doc): Uint8Array => compactUpdates("r1.published", [Y.encodeStateAsUpdate(doc)]);
  const holds = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(text);

  it("R6: what was taken out of a set is in no byte of what later readers get", () => {
    const doc = openFacetDocument(key, []);
    createFacet(doc, "milestone", { title: "Beams", dependsOn: ["secret-one", "kept-one"] }, at(0));
    editFacet(doc, "milestone", { dependsOn: ["kept-one"] }, at(1));
    // Its history says what was taken out, to whoever may read this facet; without that nothing is left of it.
    doc.getArray("changes").delete(0, doc.getArray("changes").length);
    const bytes = wholeOf(doc);
    expect([holds(bytes, "secret-one"), holds(bytes, "kept-one")]).toEqual([false, true]);
    expect(readFacet(openFacetDocument(key, [bytes])).fields["dependsOn"]).toEqual(["kept-one"]);
  });

  it("merge by member whoever added it, and read and change sets of older documents", () => {
    const older = openFacetDocument(key, []);
    createFacet(older, "milestone", { title: "Beams" }, at(0));
    older.getMap("sets").set("dependsOn/a", true);
    older.getMap("sets").set("dependsOn/b", true);
    const [one, other] = [openFacetDocument(key, [wholeOf(older)]), openFacetDocument(key, [wholeOf(older)])];
    editFacet(one, "milestone", { dependsOn: ["b", "c"] }, at(1));
    editFacet(other, "milestone", { dependsOn: ["a", "b", "c", "d"] }, at(2));
    const merged = openFacetDocument(key, [Y.encodeStateAsUpdate(one), Y.encodeStateAsUpdate(other)]);
    expect(readFacet(merged).fields["dependsOn"]).toEqual(["b", "c", "d"]);
  });
});
