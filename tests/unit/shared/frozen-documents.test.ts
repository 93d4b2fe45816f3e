// Documents as version 1 wrote them, byte for byte. Devices and relays hold such bytes for ever: whatever changes in
// shared/doc must still read them as they were read then. Never regenerate documents-v1.json; a newer document version
// gets a file of its own beside it.

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Change, FacetContent } from "#shared/doc/facet-content.ts";
import { editFacet, openFacetDocument, readChanges, readFacet, richTextOf } from "#shared/doc/facet-document.ts";
import { DOCUMENT_VERSION, keys } from "#shared/doc/keys.ts";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import { compactUpdates } from "#shared/doc/update-bytes.ts";

type Frozen = {
  readonly recordId: string;
  readonly facet: string;
  readonly updates: readonly string[];
  readonly reads: FacetContent;
  readonly history: readonly Change[];
};

const frozen = JSON.parse(readFileSync(path.join(import.meta.dirname, "documents-v1.json"), "utf8")) as Readonly<
  Record<string, Frozen>
>;
const documents = Object.entries(frozen);
const bytesOf = (one: Frozen): Uint8Array[] =>
  one.updates.map((update) => new Uint8Array(Buffer.from(update, "base64")));
const frozenOne = (name: string): Frozen => {
  const one = frozen[name];
  if (one === undefined) throw new Error(`no frozen document "${name}"`);
  return one;
};

describe("documents of version 1", () => {
  it.each(documents)("%s: reads as it did, in any order, folded, and with its history", (_name, one) => {
    const updates = bytesOf(one);
    const folded = compactUpdates(`${one.recordId}.${one.facet}`, updates);
    for (const order of [updates, updates.toReversed(), [folded]]) {
      const doc = openFacetDocument(one, order);
      // What a text says beyond its words was first read later: see below.
      const { formats: _formats, ...reads } = readFacet(doc);
      expect(reads).toEqual(one.reads);
      expect(readChanges(doc)).toEqual(one.history);
      expect(doc.getMap(keys.meta).get("v")).toBe(1);
    }
  });

  it("can be edited on, and what was there stays", () => {
    for (const [, one] of documents) {
      const doc = openFacetDocument(one, bytesOf(one));
      const { type, fields } = one.reads;
      expect(
        editFacet(doc, type, { nickname: "added later" }, { at: "2031-01-01T00:00:00.000Z", by: "zoe" }),
      ).toBeDefined();
      expect(readFacet(doc).fields).toEqual({ ...fields, nickname: "added later" });
    }
  });

  it("keep their life: active, deleted, archived when edited unseen, restored", () => {
    const stateOf = (name: string): string =>
      mergeFacets("r2", [readFacet(openFacetDocument(frozenOne(name), bytesOf(frozenOne(name))))], shippedPolicy).state;
    expect(stateOf("contact, phone, yes/no, address")).toBe("active");
    expect(stateOf("contact, deleted")).toBe("deleted");
    expect(stateOf("contact, deleted, edited unseen")).toBe("archived");
    expect(stateOf("contact, restored")).toBe("active");
  });

  it("keep rich text as the editor's schema names it", () => {
    const one = frozenOne("document, rich text");
    const body = richTextOf(openFacetDocument(one, bytesOf(one)), "body").toJSON();
    // Approvals are bound by it: the same bytes have this form for ever.
    const { formats } = readFacet(openFacetDocument(one, bytesOf(one)));
    expect(formats).toEqual({ body: "d64d6960209229d05c102fb634f1311bd18e923f390cf580d7f064dba0369d76" });
    expect(body).toContain('<heading level="1">Scope</heading><heading level="2">Structure</heading><paragraph>Steel.');
  });

  it("are those of every version so far: a new DOCUMENT_VERSION comes with its own frozen file", () => {
    const files = Array.from({ length: DOCUMENT_VERSION }, (_, index) => `documents-v${index + 1}.json`);
    for (const file of files) expect(readFileSync(path.join(import.meta.dirname, file), "utf8")).toContain('"updates"');
  });
});
