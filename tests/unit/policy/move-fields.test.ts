import * as Y from "yjs";
import { describe, expect, it } from "vitest";
import {
  createFacet,
  deleteFacet,
  editFacet,
  openFacetDocument,
  readChanges,
  readFacet,
} from "#shared/doc/facet-document.ts";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import { clearFields, copyFields, fieldsTouched } from "#shared/doc/move-fields.ts";
import { compactUpdates } from "#shared/doc/update-bytes.ts";
import { shippedPolicy } from "#shared/model/policy.ts";

const CANARY = "canary-7f3a";
const stamp = (minute: number) => ({ at: `2026-05-14T09:${String(minute).padStart(2, "0")}:00.000Z`, by: "ana" });
const since = stamp(30).at;
const open = (facet: string) => openFacetDocument({ recordId: "r1", facet }, []);

function made(values: Readonly<Record<string, string>>, facet = "published"): Y.Doc {
  const doc = open(facet);
  createFacet(doc, "milestone", values, stamp(0));
  return doc;
}

const contains = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(text);

describe("moving fields", () => {
  it("copies registers, texts and marks, without history, and tells when there is nothing left", () => {
    const from = made({ title: "Survey", startDate: "2026-05-01", description: "Two days" });
    editFacet(from, "milestone", { startDate: "2026-05-02" }, stamp(1));
    const to = open("internal");
    const fields = ["startDate", "description"];
    expect(copyFields(from, to, { type: "milestone", fields, since })).toBe(true);
    expect(readFacet(to).fields).toEqual({ startDate: "2026-05-02", description: "Two days" });
    expect(readFacet(to)).toMatchObject({ type: "milestone", createdAt: stamp(0).at, createdBy: "ana" });
    expect(readChanges(to)).toEqual([]);
    expect(clearFields(from, fields, { history: true })).toBe(true);
    expect(readFacet(from).fields).toEqual({ title: "Survey" });
    expect(copyFields(from, to, { type: "milestone", fields, since })).toBe(false);
    expect(clearFields(from, fields, { history: true })).toBe(false);
  });

  it("leaves no byte of the value where it was, its history included, once the document is folded", () => {
    const from = made({ title: "Survey", acceptanceCriteria: `Walls ${CANARY}`, startDate: "2026-05-01" });
    editFacet(from, "milestone", { acceptanceCriteria: `Roof ${CANARY}` }, stamp(1));
    const secret = made({}, "partner");
    editFacet(secret, "deal", { nextStep: CANARY }, stamp(1));
    editFacet(secret, "deal", { nextStep: "Later" }, stamp(2));
    clearFields(from, ["acceptanceCriteria"], { history: true });
    clearFields(secret, ["nextStep"], { history: true });
    for (const doc of [from, secret])
      expect(contains(compactUpdates(doc.guid, [Y.encodeStateAsUpdate(doc)]), CANARY), doc.guid).toBe(false);
    expect(readChanges(secret).map((change) => change.field)).toEqual([undefined]);
  });

  it("keeps what somebody wrote in the new place meanwhile, an emptying too", () => {
    const from = made({ title: "Survey", startDate: "2026-05-01", targetDate: "2026-05-09" });
    const to = made({ startDate: "2026-06-01", targetDate: "2026-06-09" }, "internal");
    editFacet(to, "milestone", { targetDate: null }, stamp(31));
    expect(copyFields(from, to, { type: "milestone", fields: ["startDate", "targetDate"], since })).toBe(false);
    expect(readFacet(to).fields).toEqual({ startDate: "2026-06-01" });
  });

  it("is no edit: a record in the trash stays there, in both places", () => {
    const from = made({ title: "Survey", startDate: "2026-05-01" });
    deleteFacet(from, stamp(2));
    const to = open("internal");
    copyFields(from, to, { type: "milestone", fields: ["startDate"], since });
    clearFields(from, ["startDate"], { history: true });
    expect(mergeFacets("r1", [readFacet(from), readFacet(to)], shippedPolicy).state).toBe("deleted");
    editFacet(from, "milestone", { title: "Survey 2" }, stamp(3));
    expect(mergeFacets("r1", [readFacet(from), readFacet(to)], shippedPolicy).state).toBe("archived");
  });

  it("W10 knows an update that says anything about a field: value, emptying, history, a whole new record", () => {
    const base = made({ title: "Survey", startDate: "2026-05-01" });
    const state = Y.encodeStateAsUpdate(base);
    const fresh = () => openFacetDocument({ recordId: "r1", facet: "published" }, [state]);
    const edit = (values: Record<string, string | null>): Uint8Array => {
      const update = editFacet(fresh(), "milestone", values, stamp(5))?.update;
      if (update === undefined) throw new Error("no edit");
      return update;
    };
    const fields = ["startDate", "description"];
    expect(fieldsTouched(fresh, edit({ title: "Roof" }), fields)).toEqual([]);
    expect(fieldsTouched(fresh, edit({ title: "startDate is a word too" }), fields)).toEqual([]);
    expect(fieldsTouched(fresh, edit({ startDate: "2026-05-02" }), fields)).toEqual(["startDate"]);
    expect(fieldsTouched(fresh, edit({ startDate: null, title: "Roof" }), fields)).toEqual(["startDate"]);
    expect(fieldsTouched(fresh, edit({ description: "Two days" }), fields)).toEqual(["description"]);
    expect(fieldsTouched(() => open("published"), state, fields)).toEqual(["startDate"]);
    expect(fieldsTouched(fresh, new Uint8Array([1, 2, 3]), fields)).toEqual([]);
  });
});
