// What an approval says: canonical JSON, subjects, and the one function by which everybody derives where it stands.

import fc from "fast-check";
import { shippedPolicy } from "#shared/model/policy.ts";
import { describe, expect, it } from "vitest";
import {
  approvableFields,
  compareSubjects,
  isAttachable,
  newSalt,
  parseSubject,
  requestFacet,
  subjectNow,
  subjectText,
  type SubjectRecord,
} from "#shared/model/approval-subject.ts";
import {
  approvalStatus,
  coverageOf,
  decisionOf,
  requestOf,
  type Decision,
  type DecisionKind,
  type Request,
} from "#shared/model/approvals.ts";
import { fromBase64Url, toBase64Url } from "#shared/model/base64url.ts";
import { canonicalJson, parseCanonical, sha256, type Json } from "#shared/model/canonical-json.ts";
import {
  generateKeyPair,
  generateKeyPairOf,
  signText,
  verifyText,
  type SignatureAlgorithm,
} from "#shared/model/signatures.ts";

const seed = Number(process.env["SEED"] ?? 20260514);
console.info(`approvals: seed ${seed}`);

describe("canonical JSON", () => {
  it("is RFC 8785: the example of its appendix, key order by UTF-16, one spelling only", () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
      string: '\u20ac$\u000F\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    expect(canonicalJson({ "\u20ac": 1, "\r": 2, "1": 3, "\u{1f600}": 4, "\ufb33": 5 })).toBe(
      '{"\\r":2,"1":3,"€":1,"😀":4,"\ufb33":5}',
    );
    expect(parseCanonical('{"a":1}').ok).toBe(true);
    for (const text of ['{"a": 1}', '{"b":1,"a":2}', "[1]", '{"a":1', '{"a":1.0}', ""])
      expect(parseCanonical(text).ok, text).toBe(false);
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("survives a round trip whatever the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson({ value } as Json);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
      }),
      { seed },
    );
  });

  it("bytes as base64url come back, and only in their one spelling", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64url"));
        expect(fromBase64Url(text)).toEqual(bytes);
      }),
      { seed },
    );
    for (const text of ["A", "AB=", "A+", "AB"]) expect(fromBase64Url(text), text).toBeUndefined();
  });
});

describe("device keys", () => {
  it.each<SignatureAlgorithm>(["ed25519", "p256"])("%s signs, verifies, and cannot be taken out", async (alg) => {
    const key = await generateKeyPairOf(alg);
    const signature = await signText(key, "words");
    expect(await verifyText(key, "words", signature)).toBe(true);
    expect(await verifyText(key, "word", signature)).toBe(false);
    expect(await verifyText(await generateKeyPairOf(alg), "words", signature)).toBe(false);
    expect(await verifyText(key, "words", "not a signature")).toBe(false);
    expect(key.privateKey.extractable).toBe(false);
  });

  it("is Ed25519 where the platform has it", async () => {
    expect((await generateKeyPair()).alg).toBe("ed25519");
  });
});

const milestone = (fields: SubjectRecord["fields"] = {}): SubjectRecord => ({
  id: "m2",
  type: "milestone",
  space: "s1",
  title: "M2 Structure",
  fields: {
    title: "M2 Structure",
    targetDate: "2026-05-30",
    billingAmount: { amount: 1_820_000, currency: "EUR" },
    laborCost: { amount: 99, currency: "EUR" },
    internalNotes: "the margin is thin",
    status: "inReview",
    ...fields,
  },
  docs: { published: "m2.published", client: "m2.client", internal: "m2.internal" },
});

describe("the subject of an approval", () => {
  const salt = "00112233445566778899aabbccddeeff";

  it("holds what all who read the request may read, never what is the team's alone", () => {
    const text = subjectText({
      record: milestone(),
      facet: "client-shared",
      attachments: [],
      salt,
      policy: shippedPolicy,
    });
    expect(text).toContain('"billingAmount":{"currency":"EUR","minor":1820000}');
    expect(text).not.toContain("margin");
    expect(text).not.toContain("laborCost");
    expect(approvableFields(milestone(), "shared", shippedPolicy)).not.toContain("billingAmount");
    expect(approvableFields(milestone(), "partner-shared", shippedPolicy)).not.toContain("billingAmount");
    expect(requestFacet(["client", "consultant"])).toBe("client-shared");
    expect(requestFacet(["client", "partner"])).toBe("shared");
    expect(requestFacet(["owner"])).toBe("internal");
    expect(isAttachable({ ...milestone(), docs: { internal: "d.internal" } }, "client-shared")).toBe(false);
  });

  it("T14: another date, price, spelling or document is another subject; its status or the order of fields is not", () => {
    const document: SubjectRecord = {
      id: "d1",
      type: "document",
      space: "s1",
      title: "Scope",
      fields: { body: "M12" },
      docs: { "client-shared": "d1.client-shared" },
    };
    const find =
      (record: SubjectRecord, doc = document) =>
      (id: string) =>
        id === record.id ? record : id === doc.id ? doc : undefined;
    const text = subjectText({
      record: milestone(),
      facet: "client-shared",
      attachments: [document],
      salt,
      policy: shippedPolicy,
    });
    const now = (record: SubjectRecord, doc = document): string | undefined =>
      subjectNow(text, "client-shared", find(record, doc), shippedPolicy);
    expect(now(milestone())).toBe(text);
    expect(now(milestone({ status: "planned", laborCost: { amount: 1, currency: "EUR" } }))).toBe(text);
    expect(now({ ...milestone(), fields: Object.fromEntries(Object.entries(milestone().fields).toReversed()) })).toBe(
      text,
    );
    expect(now(milestone({ targetDate: "2026-05-31" }))).not.toBe(text);
    expect(now(milestone({ billingAmount: { amount: 1_820_001, currency: "EUR" } }))).not.toBe(text);
    expect(now(milestone(), { ...document, fields: { body: "M16" } })).not.toBe(text);
    expect(subjectNow(text, "client-shared", () => undefined, shippedPolicy)).toBeUndefined();
    const [before, after] = [parseSubject(text), parseSubject(now(milestone({ targetDate: "2026-05-31" })) ?? "")];
    if (before === undefined || after === undefined) throw new Error("both are subjects");
    expect(compareSubjects(before, after)).toEqual([
      { field: "targetDate", before: "2026-05-30", after: "2026-05-31" },
    ]);
    // Two attachments of one title do not hide each other's change.
    const plan = { title: "plan.pdf", size: 3 };
    const withPlans = (...hashes: readonly string[]) => ({
      ...before,
      attachments: hashes.map((hash, index) => ({ ...plan, id: `f${index}`, sha256: hash.repeat(64) })),
    });
    expect(compareSubjects(withPlans("a", "b"), withPlans("c", "b"))).toEqual([
      { field: "attachment/f0", title: "plan.pdf", before: "a".repeat(12), after: "c".repeat(12) },
    ]);
  });

  it("is one for one text in two Unicode forms, and another with another salt", () => {
    const of = (title: string, mySalt = salt): string =>
      subjectText({
        record: milestone({ title }),
        facet: "shared",
        attachments: [],
        salt: mySalt,
        policy: shippedPolicy,
      });
    expect(of("Caf\u00e9")).toBe(of("Cafe\u0301"));
    expect(of("Café", newSalt())).not.toBe(of("Café", newSalt()));
    expect(newSalt()).toMatch(/^[0-9a-f]{32}$/);
  });
});

const request = (changes: Partial<Request> = {}): Request => ({
  id: "r1",
  about: "m2",
  title: "M2",
  revision: 3,
  requestedBy: "igor",
  approvers: ["carla", "cem"],
  required: 2,
  order: "together",
  contentHash: "h3",
  subject: "{}",
  at: "2026-05-14T08:00:00.000Z",
  seq: 2,
  ...changes,
});

const decision = (
  decidedBy: string,
  kind: DecisionKind,
  seq: number | undefined,
  changes: Partial<Decision> = {},
): Decision => ({
  id: `d-${decidedBy}-${kind}-${seq ?? "here"}`,
  request: "r1",
  decision: kind,
  decidedBy,
  revision: 3,
  contentHash: "h3",
  at: "2026-05-14T09:00:00.000Z",
  ...(kind === "reject" || kind === "requestChanges" ? { reason: "Anchors are missing" } : {}),
  ...(seq === undefined ? {} : { seq }),
  ...changes,
});

describe("where an approval stands", () => {
  const outcome = (decisions: readonly Decision[], changes: Partial<Request> = {}): string =>
    approvalStatus(request(changes), decisions).outcome;

  it("needs as many approvals as were asked for, each voice once", () => {
    const approve = decision("carla", "approve", 4);
    expect(outcome([])).toBe("pending");
    expect(outcome([approve, approve, { ...approve, id: "again", seq: 5 }])).toBe("pending");
    expect(outcome([approve, decision("cem", "approve", 5)])).toBe("approved");
    expect(outcome([approve], { required: 1 })).toBe("approved");
    expect(approvalStatus(request(), [approve]).waitingFor).toEqual(["cem"]);
  });

  it("J6: one rejection beats any number of approvals, and needs a reason", () => {
    const both = [decision("carla", "approve", 4), decision("cem", "reject", 5)];
    expect(outcome(both)).toBe("rejected");
    expect(outcome(both.toReversed(), { required: 1 })).toBe("rejected");
    expect(outcome([decision("carla", "approve", 4), decision("cem", "requestChanges", 5)])).toBe("changesRequested");
    expect(outcome([decision("cem", "reject", 5, { reason: " " })])).toBe("pending");
  });

  it("ignores who was not asked, and what was decided about other content", () => {
    const status = approvalStatus(request({ required: 1 }), [
      decision("pia", "approve", 4),
      decision("carla", "approve", 5, { contentHash: "h2" }),
      decision("carla", "approve", 6, { revision: 2 }),
    ]);
    expect(status.outcome).toBe("pending");
    expect(status.ignored).toHaveLength(3);
  });

  it("follows the chain, not the clock: the later link of one person wins, ten years off or not", () => {
    const approve = decision("carla", "approve", 4, { at: "2036-01-01T00:00:00.000Z" });
    const reject = decision("carla", "reject", 5, { at: "2016-01-01T00:00:00.000Z" });
    expect(outcome([reject, approve])).toBe("rejected");
    expect(outcome([approve, decision("carla", "withdraw", 6), decision("cem", "approve", 7)])).toBe("pending");
    expect(outcome([reject, decision("carla", "withdraw", 6)])).toBe("pending");
  });

  it("passes a voice on to one who has none, and takes it back by deciding", () => {
    const passed = decision("carla", "delegate", 4, { delegate: "dora" });
    expect(outcome([passed, decision("dora", "approve", 5), decision("cem", "approve", 6)])).toBe("approved");
    expect(outcome([passed, decision("carla", "approve", 5), decision("dora", "reject", 6)], { required: 1 })).toBe(
      "approved",
    );
    const toCem = decision("carla", "delegate", 4, { delegate: "cem" });
    expect(outcome([toCem, decision("cem", "approve", 5)])).toBe("pending");
    expect(approvalStatus(request(), [passed]).waitingFor).toEqual(["dora", "cem"]);
  });

  it("is never passed on to who asked; whoever passed it on may still decide, or take it back", () => {
    const toAsker = decision("carla", "delegate", 4, { delegate: "igor" });
    const status = approvalStatus(request(), [toAsker, decision("igor", "approve", 5)]);
    expect(status.waitingFor).toEqual(["carla", "cem"]);
    expect(status.ignored.map((one) => one.decidedBy)).toEqual(["carla", "igor"]);
    const passed = decision("carla", "delegate", 4, { delegate: "dora" });
    const back = approvalStatus(request(), [passed, decision("carla", "withdraw", 5)]);
    expect(back.waitingFor).toEqual(["carla", "cem"]);
    expect(back.ignored).toEqual([]);
  });

  it("says of words of strangers that they do not count, whatever the word", () => {
    const strange = [decision("pia", "withdraw", 4), decision("pia", "delegate", 5, { delegate: "dora" })];
    const status = approvalStatus(request(), [...strange, decision("pia", "cancel", 6)]);
    expect(status.ignored).toHaveLength(3);
    expect(status.outcome).toBe("pending");
  });

  it("approved by enough, the others may still say no, and it beats the yes", () => {
    const approve = decision("carla", "approve", 4);
    const status = approvalStatus(request({ required: 1 }), [approve]);
    expect(status).toMatchObject({ outcome: "approved", waitingFor: [], mayObject: ["cem"] });
    expect(outcome([approve, decision("cem", "reject", 5)], { required: 1 })).toBe("rejected");
    expect(approvalStatus(request(), [approve]).mayObject).toEqual([]);
  });

  it("a request that was called off leaves what was decided before as it was", () => {
    const approved = [decision("carla", "approve", 4), decision("cem", "approve", 5)];
    const next = request({ id: "r2", revision: 4, contentHash: "h4" });
    const calledOff = decision("igor", "cancel", 6, { request: "r2", revision: 4, contentHash: "h4" });
    const coverage = coverageOf([request(), next], [...approved, calledOff], () => true, "2026-05-20");
    expect(coverage).toMatchObject({ request: { id: request().id }, status: { outcome: "approved" } });
    const only = coverageOf([next], [calledOff], () => true, "2026-05-20");
    expect(only?.status.outcome).toBe("canceled");
  });

  it("asks one after the other where that was asked for, and counts nobody before his turn", () => {
    const inTurn = { order: "inOrder", required: 2 } as const;
    expect(approvalStatus(request(inTurn), []).waitingFor).toEqual(["carla"]);
    expect(approvalStatus(request(inTurn), [decision("cem", "approve", 4)]).approvals).toBe(0);
    expect(outcome([decision("cem", "approve", 4), decision("carla", "approve", 5)], inTurn)).toBe("approved");
    expect(outcome([decision("cem", "reject", 4)], inTurn)).toBe("rejected");
  });

  it("only the one who asked calls it off", () => {
    expect(outcome([decision("igor", "cancel", 4)])).toBe("canceled");
    expect(outcome([decision("carla", "cancel", 4)])).toBe("pending");
  });

  it("J5: covers its revision only; a changed milestone is not approved", () => {
    const approved = [decision("carla", "approve", 4), decision("cem", "approve", 5)];
    const current = coverageOf([request()], approved, () => true, "2026-05-20");
    const changed = coverageOf([request()], approved, () => false, "2026-05-20");
    expect(current?.isStale).toBe(false);
    expect(changed?.isStale).toBe(true);
    const next = request({ id: "r2", revision: 4, contentHash: "h4" });
    expect(coverageOf([next, request()], approved, () => true, "2026-05-20")?.status.outcome).toBe("pending");
    expect(coverageOf([], [], () => true, "2026-05-20")).toBeUndefined();
    expect(coverageOf([request({ dueDate: "2026-05-19" })], [], () => true, "2026-05-20")?.isOverdue).toBe(true);
  });

  it("is the same in whatever order decisions arrive, however often", () => {
    const kinds: DecisionKind[] = ["approve", "requestChanges", "reject", "withdraw", "delegate", "cancel"];
    const people = ["carla", "cem", "dora", "igor"];
    const arbitrary = fc.uniqueArray(
      fc.record({
        by: fc.constantFrom(...people),
        kind: fc.constantFrom(...kinds),
        seq: fc.integer({ min: 3, max: 40 }),
        to: fc.constantFrom(...people),
      }),
      { selector: (one) => one.seq, maxLength: 12 },
    );
    fc.assert(
      fc.property(arbitrary, fc.constantFrom("together", "inOrder"), fc.integer(), (made, order, shuffle) => {
        const decisions = made.map((one) =>
          decision(one.by, one.kind, one.seq, one.kind === "delegate" ? { delegate: one.to } : {}),
        );
        const shuffled = [...decisions, ...decisions].toSorted(
          (left, right) => (((left.seq ?? 0) * 7919 + shuffle) % 13) - (((right.seq ?? 0) * 7919 + shuffle) % 13),
        );
        const status = approvalStatus(request({ order }), decisions);
        expect({ ...approvalStatus(request({ order }), shuffled), ignored: 0 }).toEqual({ ...status, ignored: 0 });
        const voices = status.slots.map((slot) => slot.decidedBy);
        expect(new Set(voices).size).toBe(voices.length);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("reads requests and decisions from rows, whatever lies in them", () => {
    const row = {
      id: "r9",
      createdAt: "t",
      createdBy: "igor",
      fields: { approvers: ["a", "a", "b"], required: 1, order: "sideways", title: "T" },
    };
    expect(requestOf({ ...row, seq: 4 })).toMatchObject({
      approvers: ["a", "b"],
      order: "together",
      requestedBy: "igor",
      seq: 4,
    });
    expect(decisionOf({ ...row, fields: { decision: "approve", request: "r1", reason: "" } })).toEqual({
      id: "r9",
      request: "r1",
      decision: "approve",
      decidedBy: "igor",
      revision: 0,
      contentHash: "",
      at: "t",
    });
  });
});
