// What a rich text says beyond its words, in one form.

import { describe, expect, it } from "vitest";
import { Doc, XmlElement, XmlText } from "yjs";
import { formatOf } from "#shared/doc/rich-format.ts";
import {
  compareSubjects,
  parseSubject,
  subjectNow,
  subjectText,
  type SubjectRecord,
  type SubjectVersion,
} from "#shared/model/approval-subject.ts";
import { canonicalJson, sha256 } from "#shared/model/canonical-json.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import { assert } from "#shared/model/result.ts";

/** A text of one block, of runs of words with marks. */
function text(
  runs: readonly (readonly [string, object?])[],
  block = "paragraph",
  attributes: Readonly<Record<string, string | number | null>> = {},
) {
  const fragment = new Doc().getXmlFragment("rich/body");
  const element = new XmlElement<Record<string, never>>(block);
  const words = new XmlText();
  fragment.insert(0, [element]);
  element.insert(0, [words]);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value as never);
  for (const [insert, marks] of runs) words.insert(words.length, insert, marks ?? {});
  return fragment;
}

describe("the form of a rich text", () => {
  it("is none for paragraphs of words, also where an editor left empty attributes", () => {
    expect(formatOf(text([["Anchors M16"]]))).toBeUndefined();
    expect(formatOf(text([["Anchors M16", { bold: null }]], "paragraph", { textAlign: null }))).toBeUndefined();
    expect(formatOf(new Doc().getXmlFragment("rich/body"))).toBeUndefined();
  });

  it("differs by a mark, the target of a link, and the kind of a block; not by who typed how often", () => {
    const forms = [
      text([["Anchors "], ["M16", { strike: {} }]]),
      text([["Anchors "], ["M16", { bold: {} }]]),
      text([["Anchors "], ["M16", { link: { href: "https://a.example" } }]]),
      text([["Anchors "], ["M16", { link: { href: "https://b.example" } }]]),
      text([["Anchors M16"]], "heading", { level: 1 }),
      text([["Anchors M16"]], "heading", { level: 2 }),
      text([["Anchors M16"]], "codeBlock"),
    ].map((one) => formatOf(one));
    expect(new Set(forms).size).toBe(forms.length);
    expect(forms).not.toContain(undefined);
    const strike = { strike: {} };
    expect(
      formatOf(
        text([
          ["Anch", strike],
          ["ors", strike],
        ]),
      ),
    ).toBe(formatOf(text([["Anchors", strike]])));
    expect(formatOf(text([["Cafe\u0301", strike]]))).toBe(formatOf(text([["Caf\u00e9", strike]])));
    expect(formatOf(text([["half \ud800", strike]]))).toContain("half");
  });
});

describe("a subject", () => {
  const record: SubjectRecord = {
    id: "m2",
    type: "milestone",
    space: "s1",
    title: "M2 Structure",
    fields: {
      title: "M2 Structure",
      targetDate: "2026-05-30",
      billingAmount: { amount: 1_820_000, currency: "EUR" },
      description: "Steel",
    },
    docs: { published: "m2.published", client: "m2.client", internal: "m2.internal" },
  };
  const of = (v: SubjectVersion, more: Partial<SubjectRecord> = {}): string =>
    subjectText({
      record: { ...record, ...more },
      facet: "client-shared",
      attachments: [],
      salt: "00",
      policy: shippedPolicy,
      v,
    });
  const formats = { description: "f".repeat(64) };

  it("of the first version keeps its bytes, whatever a text says beyond its words", () => {
    expect(sha256(of(1))).toBe("ffdba91f57c45e81e252cd40625c39590c593e129aaf40feeb77f1c0beab2359");
    expect(of(1, { formats })).toBe(of(1));
    expect(subjectNow(of(1), "client-shared", () => ({ ...record, formats }), shippedPolicy)).toBe(of(1));
  });

  it("of the second says it, and differs from one of the first in nothing but that", () => {
    expect(of(2, { formats })).toContain(canonicalJson({ formats }).slice(1, -1));
    expect(of(2, { formats: {} })).toBe(of(2));
    const [first, second, plain] = [of(1), of(2, { formats }), of(2)].map(parseSubject);
    assert(first !== undefined && second !== undefined && plain !== undefined, "all are subjects");
    expect(compareSubjects(first, second)).toEqual([]);
    expect(compareSubjects(plain, second)).toEqual([{ field: "description", formatOnly: true }]);
  });
});
