// The judgement of updates from outside, without a relay around it: every attack of security.md's section 0 by name, and
// honest sessions, of which not one may be held up for good.

import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import {
  createFacet,
  deleteFacet,
  editFacet,
  openFacetDocument,
  readFacet,
  restoreFacet,
  writeUnchanged,
  type FieldEdits,
} from "#shared/doc/facet-document.ts";
import { keys } from "#shared/doc/keys.ts";
import { memberKey } from "#shared/doc/set-members.ts";
import { splitUpdate } from "#shared/doc/split-update.ts";
import { judgeUpdate, type Judgement } from "#sync-server/gate/judge-update.ts";
import { createRandom, type Random } from "../../sync/random.ts";
import {
  farClock,
  futureDeletion,
  nestedAny,
  nestedMaps,
  oddShapes,
  parkedPoison,
  poison,
} from "../pipe/hostile-updates.ts";
import { seedFor } from "#tests/seed.ts";

const key = { recordId: "r1", facet: "client-shared" };
const STAMP = { at: "2026-03-01T08:00:00.000Z", by: "carla" };
const VICTIM = 77;

const at = (minute: number, by: string) => ({ at: new Date(Date.UTC(2026, 2, 1, 8, minute)).toISOString(), by });

/** A milestone's client-shared facet, written by the team. */
function confirmed(): Y.Doc {
  const doc = openFacetDocument(key, [], { clientId: VICTIM });
  createFacet(doc, "milestone", { clientNote: "from the team" }, { ...STAMP, by: "igor" });
  doc.clientID = 1;
  return doc;
}

const copyOf = (doc: Y.Doc, clientId?: number): Y.Doc => {
  const copy = openFacetDocument(key, [Y.encodeStateAsUpdate(doc)]);
  if (clientId !== undefined) copy.clientID = clientId;
  return copy;
};

const judge = (
  shadow: Y.Doc,
  update: Uint8Array,
  own: readonly number[] = [],
  taken: readonly number[] = [],
): Judgement =>
  judgeUpdate(shadow, update, {
    id: "carla",
    type: "milestone",
    mayTurn: true,
    own: new Set(own),
    taken: new Set(taken),
  }).judgement;

/** An update of a client's own, on top of what the document says. */
function written(shadow: Y.Doc, change: (doc: Y.Doc) => void, clientId = 500): Uint8Array {
  const doc = copyOf(shadow, clientId);
  const before = Y.encodeStateVector(doc);
  doc.transact(() => change(doc));
  return Y.encodeStateAsUpdate(doc, before);
}

describe("what an update says, whatever it is made of", () => {
  const rights = { id: "carla", type: "comment", mayTurn: true, own: new Set<number>(), taken: new Set<number>() };
  /** A comment of this member's, in a facet that everybody writes. */
  function commentOf(author: string): Y.Doc {
    const doc = openFacetDocument(key, [], { clientId: VICTIM });
    createFacet(doc, "comment", { body: "The beams are up", about: "r0" }, { ...STAMP, by: author });
    doc.clientID = 1;
    return doc;
  }
  const judged = (shadow: Y.Doc, change: (doc: Y.Doc) => void, more: Partial<typeof rights> = {}): Judgement =>
    judgeUpdate(shadow, written(shadow, change), { ...rights, ...more }).judgement;

  it.each<[string, (doc: Y.Doc) => void]>([
    ["its text is rewritten", (doc) => doc.getText("text/body").insert(0, "Not true: ")],
    ["its text is cut", (doc) => doc.getText("text/body").delete(0, 4)],
    ["what it is about is changed", (doc) => void editFacet(doc, "comment", { about: "r9" }, at(5, "carla"))],
    ["what it is about is removed", (doc) => void editFacet(doc, "comment", { about: null }, at(5, "carla"))],
    ["it is deleted", (doc) => void deleteFacet(doc, at(5, "carla"))],
    ["it is claimed", (doc) => doc.getMap("meta").set("createdBy", "carla")],
  ])("a colleague's comment: %s, and that is refused; one's own is one's own", (what, change) => {
    expect(judged(commentOf("clara"), change)).toMatchObject({ kind: "refused", reason: "foreign" });
    expect(judged(commentOf("carla"), change).kind, what).toBe("accepted");
  });

  it("a colleague's comment may be marked as resolved", () => {
    const resolved = (doc: Y.Doc) => void editFacet(doc, "comment", { resolvedAt: STAMP.at }, at(5, "carla"));
    expect(judged(commentOf("clara"), resolved).kind).toBe("accepted");
  });

  it("a record is put into the trash, and taken out of it, by who may write its name only", () => {
    const milestone = { type: "milestone", mayTurn: false };
    const remove = (doc: Y.Doc) => void deleteFacet(doc, at(5, "carla"));
    const restore = (doc: Y.Doc) => void restoreFacet(doc, at(6, "carla"));
    const inTheTrash = (): Y.Doc => {
      const doc = confirmed();
      doc.clientID = VICTIM;
      deleteFacet(doc, at(4, "igor"));
      doc.clientID = 1;
      return doc;
    };
    expect(judged(confirmed(), remove, milestone)).toMatchObject({ kind: "refused", reason: "foreign" });
    expect(judged(inTheTrash(), restore, milestone)).toMatchObject({ kind: "refused", reason: "foreign" });
    expect(judged(inTheTrash(), (doc) => doc.getMap("life").delete("deleted"), milestone).kind).toBe("refused");
    expect(judged(confirmed(), remove, { ...milestone, mayTurn: true }).kind).toBe("accepted");
    expect(judged(inTheTrash(), restore, { ...milestone, mayTurn: true }).kind).toBe("accepted");
  });
});

describe("a value changes only together with the history", () => {
  const edited = (edits: FieldEdits) => (doc: Y.Doc) => void editFacet(doc, "milestone", edits, at(5, "carla"));
  const tagged = (): Y.Doc => {
    const doc = confirmed();
    doc.clientID = VICTIM;
    editFacet(doc, "milestone", { deliverables: ["d1"] }, at(2, "igor"));
    doc.clientID = 1;
    return doc;
  };

  it.each<[string, (doc: Y.Doc) => void]>([
    ["a value", (doc) => doc.getMap("fields").set("title", "Plan B")],
    ["a value over one that is there", (doc) => doc.getMap("fields").set("clientNote", "unsaid")],
    ["a value that is taken away", (doc) => doc.getMap("fields").delete("clientNote")],
    ["a member of a set", (doc) => doc.getMap("sets").set(memberKey(doc.guid, "deliverables", "d2"), "d2")],
    ["a member taken out of a set", (doc) => doc.getMap("sets").clear()],
    [
      "another value than the entry says",
      (doc) => {
        edited({ title: "said" })(doc);
        doc.getMap("fields").set("title", "done");
      },
    ],
    [
      "a value under the team's word only",
      (doc) => {
        doc.getMap("fields").set("title", "said by igor");
      },
    ],
    [
      "a value over one that is there, as if the record were new",
      (doc) => {
        doc.getArray("changes").push([{ id: "1", kind: "created", ...at(5, "carla") }]);
        doc.getMap("fields").set("note", "unsaid");
      },
    ],
  ])("%s without an entry of one's own is refused", (_what, change) => {
    const shadow = tagged();
    shadow.clientID = VICTIM;
    shadow.getMap("fields").set("note", "the team's");
    shadow.getMap("fields").set("clientNote", "the team's");
    shadow
      .getArray("changes")
      .push([{ id: "2", kind: "changed", field: "title", from: null, to: "said by igor", ...at(4, "igor") }]);
    shadow.clientID = 1;
    expect(judge(shadow, written(shadow, change))).toMatchObject({ kind: "refused", reason: "unsound" });
  });

  it.each<[string, FieldEdits]>([
    ["values", { position: "b", startDate: "2026-03-01" }],
    ["members in and out of a set", { deliverables: ["d2", "d3"] }],
    ["an emptied set", { deliverables: null }],
  ])("%s with their entries pass", (_what, edits) => {
    const shadow = tagged();
    expect(judge(shadow, written(shadow, edited(edits))).kind).toBe("accepted");
  });

  it("in pieces of one struct each, an honest edit and an honest new facet pass piece by piece", () => {
    const made = openFacetDocument(key, [], { clientId: 500 });
    const values = { title: "Plan", position: "a", deliverables: ["a", "b"], clientNote: "long" };
    createFacet(made, "milestone", values, STAMP);
    editFacet(made, "milestone", { title: "Plan B", position: null, deliverables: ["b", "c"] }, at(5, "carla"));
    const shadow = openFacetDocument(key, []);
    shadow.clientID = 1;
    const pieces = splitUpdate(Y.encodeStateAsUpdate(made), { bytes: 100_000, structs: 1 });
    expect(pieces.length).toBeGreaterThan(8);
    const author = { id: "carla", type: "milestone", mayTurn: true, own: new Set([500]), taken: new Set<number>() };
    for (const piece of pieces)
      expect(judgeUpdate(shadow, piece, author).judgement).toMatchObject({ kind: "accepted" });
    expect(readFacet(shadow).fields).toEqual(readFacet(made).fields);
  });

  it("what only its writer sees is written without", () => {
    const doc = openFacetDocument(key, [], { clientId: 500 });
    const update = writeUnchanged(doc, "inboxState", { read: ["a"] }, STAMP);
    const author = { id: "carla", type: "inboxState", mayTurn: true, own: new Set<number>(), taken: new Set<number>() };
    const shadow = openFacetDocument(key, [], { clientId: 1 });
    expect(judgeUpdate(shadow, update ?? new Uint8Array(), author).judgement).toMatchObject({ kind: "accepted" });
    expect(readFacet(shadow).fields).toEqual({ read: ["a"] });
  });
});

describe("T20: attacks with updates", () => {
  it("pending laundering: a struct that waits for the victim's next clock is not let in", () => {
    const shadow = confirmed();
    const next = Y.getState(shadow.store, VICTIM);
    const doc = copyOf(shadow);
    doc.clientID = VICTIM;
    doc.getMap("fields").set("title", "placeholder");
    const victimsNext = Y.encodeStateVector(doc);
    doc.clientID = 900;
    doc.getMap("fields").set("title", "EVIL");
    const laundered = Y.encodeStateAsUpdate(doc, victimsNext);
    expect(judge(shadow, laundered)).toEqual({ kind: "early" });
    expect(judge(shadow, parkedPoison(VICTIM, next + 5)).kind).not.toBe("accepted");
    expect(shadow.store.pendingStructs).toBeNull();
  });

  it("deleting the future: deletions of what nobody has written yet", () => {
    const shadow = confirmed();
    expect(judge(shadow, futureDeletion())).toEqual({ kind: "early" });
    expect(shadow.store.pendingDs).toBeNull();
  });

  it("client ids of others: written, announced, or leased to somebody else", () => {
    const shadow = confirmed();
    const hijack = written(shadow, (doc) => doc.getMap("fields").set("clientNote", "FORGED"), 500);
    expect(judge(shadow, hijack, [], [500])).toMatchObject({ kind: "refused", reason: "foreign" });
    const next = copyOf(shadow);
    next.clientID = VICTIM;
    const before = Y.encodeStateVector(next);
    editFacet(next, "document", { clientNote: "FORGED" }, at(5, "carla"));
    const forged = Y.encodeStateAsUpdate(next, before);
    expect(judge(shadow, forged)).toMatchObject({ kind: "refused", reason: "foreign" });
    expect(judge(shadow, forged, [VICTIM]), "its owner may").toMatchObject({ kind: "accepted" });
  });

  it("who made a document is said once: not again by somebody who writes in it, and by two who made it unseen by each other", () => {
    for (const [key, value] of Object.entries({ createdBy: "carla", createdAt: "2020-01-01T00:00:00.000Z" })) {
      const shadow = confirmed();
      const claimed = written(shadow, (doc) => doc.getMap("meta").set(key, value));
      expect(judge(shadow, claimed), key).toMatchObject({ kind: "refused", reason: "foreign" });
    }
    for (const key of ["createdBy", "createdAt"])
      expect(
        judge(
          confirmed(),
          written(confirmed(), (doc) => doc.getMap("meta").delete(key)),
        ).kind,
        key,
      ).toBe("refused");
    const shadow = confirmed();
    const unseen = openFacetDocument(key, [], { clientId: 500 });
    const update = createFacet(unseen, "milestone", { clientNote: "made offline" }, STAMP);
    expect(judge(shadow, update)).toMatchObject({ kind: "accepted" });
  });

  it("nobody takes an entry out of the history, one's own neither, and a conflict names who found it", () => {
    const shadow = confirmed();
    const all = shadow.getArray("changes").length;
    const erasing = written(shadow, (doc) => doc.getArray("changes").delete(0, 1));
    expect(judge(shadow, erasing)).toMatchObject({ kind: "refused", reason: "foreign" });
    const own = written(shadow, (doc) => void editFacet(doc, "milestone", { clientNote: "mine" }, at(5, "carla")));
    expect(judge(shadow, own).kind).toBe("accepted");
    const ownErased = written(shadow, (doc) => doc.getArray("changes").delete(all, 1), 501);
    expect(judge(shadow, ownErased)).toMatchObject({ kind: "refused" });
    expect(shadow.getArray("changes").length).toBe(all + 1);

    const mark = { kept: "a", keptBy: "igor", keptAt: STAMP.at, other: "b", otherBy: "ana", otherAt: STAMP.at };
    const marked = (by: object): Judgement => {
      const doc = confirmed();
      return judge(
        doc,
        written(doc, (one) => one.getMap("changedByBoth").set("clientNote", { ...mark, ...by })),
      );
    };
    expect(marked({})).toMatchObject({ kind: "refused" });
    expect(marked({ otherBy: "carla" }).kind).toBe("accepted");
    // The undo of a choice puts back what two others did.
    const both = confirmed();
    for (const [by, to] of [
      ["igor", "a"],
      ["ana", "b"],
    ] as const) {
      both.clientID = by === "igor" ? VICTIM : 78;
      editFacet(both, "milestone", { clientNote: to }, at(3, by));
    }
    both.getArray("changes").push([
      { id: "1", kind: "changed", field: "title", from: null, to: "a", ...at(3, "igor") },
      { id: "2", kind: "changed", field: "title", from: "a", to: "b", ...at(4, "ana") },
    ]);
    both.clientID = 1;
    expect(
      judge(
        both,
        written(both, (one) => one.getMap("changedByBoth").set("title", mark)),
      ).kind,
    ).toBe("accepted");
  });

  it("what is the author's own goes through beside what is not, and the others' part is left out", () => {
    const shadow = confirmed();
    const doc = copyOf(shadow, 500);
    editFacet(doc, "document", { clientNote: "mine" }, at(5, "carla"));
    doc.clientID = 501;
    doc.getMap("fields").set("other", "somebody else's");
    const verdict = judge(shadow, Y.encodeStateAsUpdate(doc), [], [501]);
    expect(verdict).toMatchObject({ kind: "accepted", isPartial: true, newClients: [500] });
    expect(shadow.getMap("fields").toJSON()).toEqual({ clientNote: "mine" });
  });

  it.each<[string, Uint8Array]>([
    ["clock exhaustion", farClock()],
    ["a clock nobody reaches", Uint8Array.from([1, 1, 9, 0, 0, 128, 128, 128, 128, 128, 128, 128, 4, 0])],
    ["what decodes and does not apply", poison()],
    ["shapes no field has", oddShapes()],
    ["shared types in a field", nestedMaps(2)],
    ["a nesting bomb", nestedMaps(5_000)],
    ["plain data nested too deep", nestedAny(2_000)],
    ["bytes that are no update", Uint8Array.from([1, 2, 3])],
  ])("%s is refused, and no shadow keeps a trace that counts", (_name, update) => {
    const shadow = confirmed();
    const before = Y.encodeStateAsUpdate(shadow);
    const { judgement, isSpoilt } = judgeUpdate(shadow, update, {
      id: "carla",
      type: "milestone",
      mayTurn: true,
      own: new Set(),
      taken: new Set(),
    });
    expect(judgement.kind === "accepted").toBe(false);
    if (!isSpoilt) expect(Y.encodeStateAsUpdate(shadow)).toEqual(before);
  });

  it.each<[string, (doc: Y.Doc) => void]>([
    [
      "history in the boss's name",
      (doc) => doc.getArray("changes").push([{ id: "1", kind: "changed", at: STAMP.at, by: "boss" }]),
    ],
    ["a document made by the boss", (doc) => doc.getMap("meta").set("createdBy", "boss")],
    ["another record type", (doc) => doc.getMap("meta").set("type", "deal")],
    [
      "a deletion in the boss's name",
      (doc) => doc.getMap("life").set("deleted", { at: STAMP.at, by: "boss", clocks: {} }),
    ],
    ["a place that does not exist", (doc) => doc.getMap("secrets").set("x", 1)],
    ["a list where a map belongs", (doc) => doc.getArray("fields").push(["x"])],
    ["a map where a text belongs", (doc) => doc.getMap("text/description").set("x", 1)],
    ["a document in a field", (doc) => doc.getMap("fields").set("clientNote", new Y.Doc())],
    [
      "types 33 deep in a rich text",
      (doc) => {
        let parent: Y.XmlFragment | Y.XmlElement = doc.getXmlFragment("rich/body");
        for (let level = 0; level < 33; level += 1) {
          const element: Y.XmlElement = new Y.XmlElement("p");
          parent.insert(0, [element]);
          parent = element;
        }
      },
    ],
  ])("%s is refused", (_name, change) => {
    const shadow = confirmed();
    const bare = openFacetDocument(key, []);
    bare.clientID = 500;
    bare.transact(() => change(bare));
    expect(judge(shadow, Y.encodeStateAsUpdate(bare))).toMatchObject({ kind: "refused", reason: "unsound" });
  });

  it("depth grows over many updates as well: each adds some levels, the one too many is refused", () => {
    const shadow = confirmed();
    const doc = copyOf(shadow, 500);
    let parent: Y.XmlFragment | Y.XmlElement = doc.getXmlFragment("rich/body");
    const kinds: string[] = [];
    for (let level = 0; level < 40; level += 1) {
      const before = Y.encodeStateVector(doc);
      const element: Y.XmlElement = new Y.XmlElement("p");
      parent.insert(0, [element]);
      parent = element;
      kinds.push(judge(shadow, Y.encodeStateAsUpdate(doc, before), [500]).kind);
      if (kinds.at(-1) === "refused") break;
    }
    expect(kinds.length).toBeLessThanOrEqual(33);
    expect(kinds.at(-1)).toBe("refused");
  });

  it("the bytes that go on are the shadow's own, and bring everybody to the same state", () => {
    const shadow = confirmed();
    const reader = copyOf(shadow);
    const doc = copyOf(shadow, 500);
    const before = Y.encodeStateVector(doc);
    doc.transact(() => {
      doc.getText("text/description").insert(0, "shown and SECRET gone");
      doc.getText("text/description").delete(9, 7);
    });
    const update = Y.encodeStateAsUpdate(doc, before);
    const verdict = judge(shadow, update);
    if (verdict.kind !== "accepted") throw new Error(verdict.kind);
    expect(Buffer.from(verdict.bytes).toString("latin1")).not.toContain("SECRET");
    Y.applyUpdate(reader, verdict.bytes);
    expect(reader.getText("text/description").toJSON()).toBe("shown and gone");
    // Sent again after a lost ack: nothing new, and no harm.
    expect(judge(shadow, update, [500])).toMatchObject({ kind: "accepted", bytes: new Uint8Array([0, 0]) });
  });
});

/** One act of an honest client on its own copy. */
function act(doc: Y.Doc, random: Random, minute: number): void {
  const stamp = at(minute, "carla");
  const dice = random.below(20) / 2;
  if (dice < 3) editFacet(doc, "milestone", { clientNote: `note ${minute} ${random.below(100)}` }, stamp);
  else if (dice < 4)
    editFacet(doc, "milestone", { deliverables: [`a${random.below(3)}`, `b${random.below(3)}`] }, stamp);
  else if (dice < 5)
    editFacet(doc, "milestone", { position: random.chance(0.3) ? null : `p${random.below(3)}` }, stamp);
  else if (dice < 5.5) editFacet(doc, "milestone", { clientNote: null }, stamp);
  else if (dice < 6) void (random.chance(0.5) ? deleteFacet(doc, stamp) : restoreFacet(doc, stamp));
  else if (dice < 8) {
    const text = doc.getText(keys.text("description"));
    const place = random.below(text.length + 1);
    if (random.chance(0.6)) text.insert(place, `w${minute} `);
    else text.delete(place, Math.min(text.length - place, random.below(6)));
  } else {
    const body = doc.getXmlFragment(keys.rich("body"));
    if (body.length === 0 || random.chance(0.4)) {
      const paragraph = new Y.XmlElement("paragraph");
      paragraph.insert(0, [new Y.XmlText(`p${minute}`)]);
      body.insert(random.below(body.length + 1), [paragraph]);
    } else {
      const words = (body.get(random.below(body.length)) as Y.XmlElement).get(0) as Y.XmlText;
      if (random.chance(0.7)) words.insert(random.below(words.length + 1), "x", { bold: true });
      else body.delete(random.below(body.length), 1);
    }
  }
}

const SESSIONS = Number(process.env["GATE_SESSIONS"] ?? 500);

describe("honest clients", () => {
  it(
    `${SESSIONS} offline sessions, by difference and by whole state, merged with the team's edits: none is refused`,
    { timeout: 60_000 + SESSIONS * 50 },
    () => {
      const seed = seedFor("GATE_SEED");
      process.stdout.write(`honest sessions: GATE_SEED=${seed}\n`);
      const random = createRandom(seed);
      const verdicts: string[] = [];
      for (let session = 0; session < SESSIONS; session += 1) {
        const shadow = confirmed();
        const own = new Set<number>();
        const team = copyOf(shadow, VICTIM);
        const client = copyOf(shadow);
        const clientId = 100_000 + random.below(2 ** 31);
        client.clientID = clientId;
        const pieces: Uint8Array[] = [];
        for (let step = 0; step < 30; step += 1) {
          const before = Y.encodeStateVector(client);
          act(client, random, step);
          pieces.push(Y.encodeStateAsUpdate(client, before));
          if (random.chance(0.2)) {
            act(team, random, step);
            const update = Y.encodeStateAsUpdate(team, Y.encodeStateVector(shadow));
            Y.applyUpdate(shadow, update);
          }
          // Online for a moment: it hears of the team.
          if (random.chance(0.1)) Y.applyUpdate(client, Y.encodeStateAsUpdate(shadow));
        }
        const sent = random.chance(0.5) ? pieces : [Y.encodeStateAsUpdate(client)];
        for (const update of sent) {
          const verdict = judge(shadow, update, [...own]);
          verdicts.push(
            verdict.kind === "refused" ? `refused: ${verdict.why}, session ${session}, seed ${seed}` : verdict.kind,
          );
          if (verdict.kind === "accepted") for (const id of verdict.newClients) own.add(id);
        }
        Y.applyUpdate(client, Y.encodeStateAsUpdate(shadow));
        expect(Y.encodeStateVector(shadow)).toEqual(Y.encodeStateVector(client));
        expect(
          openFacetDocument(key, [Y.encodeStateAsUpdate(shadow)])
            .getMap("fields")
            .toJSON(),
        ).toEqual(client.getMap("fields").toJSON());
      }
      expect(verdicts.filter((verdict) => verdict !== "accepted")).toEqual([]);
    },
  );
});
