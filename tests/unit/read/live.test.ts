// Live documents: words are on this device first, travel while there is a connection, and leave the outbox only when the
// relay has echoed them. Against a relay in memory; tests/unit/read/live-with-relay.test.ts uses the real one.

import { shippedPolicy } from "#shared/model/policy.ts";
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { createFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { Database } from "#renderer/data/database.ts";
import { createDocumentStore } from "#renderer/data/document-store.ts";
import { createLiveApi } from "#renderer/data/live.ts";
import { covers, coverageOf } from "#renderer/data/live-coverage.ts";
import { createReplica } from "#renderer/data/replica.ts";
import { projectRecord } from "#renderer/data/projection.ts";
import { readFacet } from "#shared/doc/facet-document.ts";
import type { LiveApi, LiveDocument, Me } from "#renderer/data/types.ts";
import { createUnsaved } from "#renderer/data/unsaved.ts";
import { openTestRelay, type TestRelay } from "./live-relay.ts";
import { shownIn, typeInto, wordsOf } from "./typing.ts";

const stamp = { at: "2026-01-01T00:00:00.000Z", by: "anna" };
const RECORD = "doc1";
const DOC = "doc1.shared";

let relay: TestRelay;
const opened: { database: Database; documents: LiveDocument[] }[] = [];
let names = 0;

beforeEach(async () => {
  relay = await openTestRelay();
});

afterEach(async () => {
  for (const { database, documents } of opened.splice(0)) {
    for (const document of documents) await document.close();
    await database.delete();
  }
  await relay.close();
});

type Device = {
  readonly database: Database;
  readonly live: LiveApi;
  readonly open: () => Promise<LiveDocument>;
  online: boolean;
};

async function device(
  memberId: string,
  options: { readonly acked?: boolean; readonly persona?: Me["persona"] } = {},
): Promise<Device> {
  names += 1;
  const database = new Database(`live-${names}`);
  const me: Me = {
    id: memberId,
    name: memberId,
    email: `${memberId}@example.org`,
    persona: options.persona ?? "consultant",
  };
  const doc = openFacetDocument({ recordId: RECORD, facet: "shared" }, [], { clientId: 1 });
  const bytes = createFacet(doc, "document", { title: "Minutes" }, stamp);
  await database.spaces.put({ id: "p1", kind: "project", name: "P", persona: me.persona });
  const state = { space: "p1", type: "document", ...(options.acked === false ? {} : { snapshot: bytes }) };
  await database.documents.put({ id: RECORD, facets: { shared: state }, history: [] });
  await database.records.put(
    projectRecord(RECORD, "p1", [readFacet(doc)], { pending: false, refused: false }, shippedPolicy),
  );
  const replica = createReplica(database, me, () => new Date());
  const documents: LiveDocument[] = [];
  opened.push({ database, documents });
  const self: Device = {
    database,
    online: true,
    live: createLiveApi({
      database: () => database,
      relayUrl: relay.url,
      ticket: async () => (self.online ? relay.issueTicket(memberId) : undefined),
      me: () => me,
      unsaved: createUnsaved(),
      relay: { reached: () => undefined, onReached: () => () => undefined },
      store: createDocumentStore(() => replica, { storageFull: () => undefined, saved: () => undefined }),
    }),
    open: async () => {
      const result = await self.live.open(RECORD, "body");
      if (!result.ok) throw new Error(result.error.message);
      documents.push(result.value);
      return result.value;
    },
  };
  return self;
}

async function eventually(check: () => unknown): Promise<void> {
  const until = Date.now() + 5_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

const outbox = (one: Device): Promise<number> => one.database.updates.count();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a live document", () => {
  it("V1 V2 V3: two people type in one paragraph; both see both, and both outboxes are emptied by the echoes", async () => {
    const [anna, ben] = [await device("anna"), await device("ben")];
    const [a, b] = [await anna.open(), await ben.open()];
    await eventually(() => expect([a.connection(), b.connection()]).toEqual(["live", "live"]));
    typeInto(a, 0, "Hello");
    await eventually(() => expect(shownIn(b)).toBe("Hello"));
    for (const letter of " Ben!") typeInto(b, shownIn(b).length, letter);
    wordsOf(a).delete(0, 1);
    await eventually(() => expect(shownIn(a)).toBe("ello Ben!"));
    await eventually(() => expect(shownIn(b)).toBe("ello Ben!"));
    await eventually(async () => expect([await outbox(anna), await outbox(ben)]).toEqual([0, 0]));
    expect((await anna.database.records.get(RECORD))?.pending).toBe(0);
  });

  it("saves within 50 ms, and confirms nothing before the echo", async () => {
    const anna = await device("anna");
    const a = await anna.open();
    await eventually(() => expect(a.connection()).toBe("live"));
    const release = relay.pause();
    typeInto(a, 0, "Words");
    await pause(150);
    expect(await outbox(anna)).toBe(1);
    expect((await anna.database.records.get(RECORD))?.pending).toBe(1);
    release();
    await eventually(async () => expect(await outbox(anna)).toBe(0));
    wordsOf(a).delete(0, 2);
    await eventually(async () => expect([relay.text(DOC).includes("rds"), await outbox(anna)]).toEqual([true, 0]));
  });

  it("offline: opens from this device, keeps what is typed, and both sides are equal after the reconnect", async () => {
    const [anna, ben] = [await device("anna"), await device("ben")];
    const [a, b] = [await anna.open(), await ben.open()];
    await eventually(() => expect([a.connection(), b.connection()]).toEqual(["live", "live"]));
    typeInto(a, 0, "one two");
    await eventually(() => expect(shownIn(b)).toBe("one two"));
    ben.online = false;
    anna.online = false;
    relay.cut();
    await eventually(() => expect(b.connection()).toBe("local"));
    typeInto(b, 3, " and a half");
    typeInto(a, 7, " three");
    await eventually(async () => expect([await outbox(anna), await outbox(ben)]).toEqual([1, 1]));
    ben.online = true;
    anna.online = true;
    await eventually(() =>
      expect([shownIn(a), shownIn(b)]).toEqual(["one and a half two three", "one and a half two three"]),
    );
    await eventually(async () => expect([await outbox(anna), await outbox(ben)]).toEqual([0, 0]));
    // E2: every ticket opened one socket.
    expect(new Set(relay.opened.map((one) => one.ticket)).size).toBe(relay.opened.length);
  });

  it("closing saves what was typed a moment ago; the next open shows it without a network", async () => {
    const anna = await device("anna");
    anna.online = false;
    const a = await anna.open();
    typeInto(a, 0, "Kept");
    await a.close();
    const again = await anna.open();
    expect(shownIn(again)).toBe("Kept");
    expect(await outbox(anna)).toBe(1);
    expect(relay.opened).toEqual([]);
  });

  it("two opens of one document share it; the first close does not end the other", async () => {
    const anna = await device("anna");
    const [first, second] = [await anna.open(), await anna.open()];
    expect(first.fragment).toBe(second.fragment);
    await eventually(() => expect(second.connection()).toBe("live"));
    expect(relay.opened.length).toBe(1);
    await first.close();
    await first.close();
    expect(second.connection()).toBe("live");
    typeInto(second, 0, "still here");
    await eventually(() => expect(relay.text(DOC)).toContain("still here"));
  });

  it("E3: a refusal is final (4403), a dead ticket gets one more try (4401)", async () => {
    const anna = await device("anna");
    relay.refuse.set(DOC, 4403);
    const a = await anna.open();
    await eventually(() => expect(relay.opened.length).toBe(1));
    await pause(1_500);
    expect([relay.opened.length, a.connection()]).toEqual([1, "local"]);
    await a.close();
    relay.refuse.set(DOC, 4401);
    const again = await anna.open();
    await pause(2_500);
    expect([relay.opened.length, again.connection()]).toEqual([3, "local"]);
  });

  it("waits until the relay knows the document: a new one is first delivered by the feed", async () => {
    const anna = await device("anna", { acked: false });
    const a = await anna.open();
    await pause(200);
    expect([relay.opened.length, a.connection()]).toEqual([0, "local"]);
    await anna.database.documents.update(RECORD, { "facets.shared.snapshot": new Uint8Array([0, 0]) });
    await eventually(() => expect(a.connection()).toBe("live"));
  });

  it("updates of other tabs and the feed appear, and are neither saved again nor sent again", async () => {
    const anna = await device("anna");
    const a = await anna.open();
    await eventually(() => expect(a.connection()).toBe("live"));
    const sentAtFirst = relay.received.length;
    const other = new Y.Doc();
    const paragraph = new Y.XmlElement("paragraph");
    paragraph.insert(0, [new Y.XmlText("from the feed")]);
    other.getXmlFragment("rich/body").insert(0, [paragraph]);
    await anna.database.updates.add({
      docId: DOC,
      recordId: RECORD,
      bytes: Y.encodeStateAsUpdate(other),
    });
    await eventually(() => expect(shownIn(a)).toBe("from the feed"));
    await pause(100);
    expect([await outbox(anna), relay.received.length]).toEqual([1, sentAtFirst]);
  });

  it("tells an outsider what may not be written, and what is not there", async () => {
    const client = await device("clara", { persona: "client" });
    expect((await client.open()).canWrite).toBe(true);
    expect(await client.live.open(RECORD, "title")).toMatchObject({ ok: false });
    expect(await client.live.open("nowhere", "body")).toMatchObject({ ok: false });
  });
});

describe("presence", () => {
  it("V5 V6: shows the others of the space once each, with the page they are on, until they leave", async () => {
    const [anna, ben] = [await device("anna"), await device("ben")];
    const here = anna.live.joinSpace("crm", "/companies");
    let told = 0;
    const stop = here.subscribe(() => (told += 1));
    const tabs = [ben.live.joinSpace("crm", "/deals"), (await device("ben")).live.joinSpace("crm", "/deals")];
    await eventually(() =>
      expect(here.people().map(({ memberId, name, page }) => ({ memberId, name, page }))).toEqual([
        { memberId: "ben", name: "Name ben", page: "/deals" },
      ]),
    );
    expect(told).toBeGreaterThan(0);
    expect(here.people()).toBe(here.people());
    for (const tab of tabs) tab.leave();
    await eventually(() => expect(here.people()).toEqual([]));
    stop();
    here.leave();
    here.leave();
  });
});

describe("coverage of an echo", () => {
  const updates = (...edits: ((text: Y.Text) => void)[]): Uint8Array[] => {
    const doc = new Y.Doc();
    const out: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => out.push(update));
    for (const edit of edits) edit(doc.getText("t"));
    return out;
  };
  const [one, two, three, cut] = updates(
    (text) => text.insert(0, "a"),
    (text) => text.insert(1, "b"),
    (text) => text.insert(2, "c"),
    (text) => text.delete(1, 1),
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const contains = (outer: Uint8Array, inner: Uint8Array): boolean => {
    const [left, right] = [coverageOf(outer), coverageOf(inner)];
    return left !== undefined && right !== undefined && covers(left, right);
  };

  it("V3: joined echoes count for each of their parts, a gap does not", () => {
    expect(contains(Y.mergeUpdates([one, two, three]), two)).toBe(true);
    expect(contains(Y.mergeUpdates([one, three]), two)).toBe(false);
    expect(contains(Y.mergeUpdates([one, three]), three)).toBe(true);
  });

  it("V3: a deletion is confirmed only by an echo that deletes the same", () => {
    expect(contains(Y.mergeUpdates([one, two, three]), cut)).toBe(false);
    expect(contains(Y.mergeUpdates([one, two, three, cut]), cut)).toBe(true);
  });

  it("bytes that are no update confirm nothing", () => {
    expect(coverageOf(new Uint8Array([255, 255, 255]))).toBe(undefined);
  });
});
