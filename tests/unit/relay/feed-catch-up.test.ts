// A device that writes while it catches up: its own pushes are not sent back to it, and what others wrote is, although
// folding put both into one snapshot meanwhile.

import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { assert } from "#shared/model/result.ts";
import { decodeRelayFrame, encodeClientFrame, type RelayFrame } from "#shared/protocol/frames.ts";
import { PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { createFeedConnection, type FeedConnection } from "#sync-server/gateways/feed-connection.ts";
import type { MemberSocket } from "#sync-server/gateways/member-socket.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { ErasedDocument } from "#sync-server/storage/storage.ts";
import { entriesOf } from "../../sync/raw-feed.ts";
import { createFakeAccess, type FakeAccess } from "./fake-access.ts";
import { connect, fieldsOf, metaOf, startRelay, until, updateOf, type TestRelay } from "./test-relay.ts";

const DOC = "r1.internal";

let access: FakeAccess;
let guarded: FakeAccess;
let relay: TestRelay;
/** Rule F8 keeps the catch-up of whoever comes while this is false, until `settle` is called. */
let isSettled: boolean;
let settle: () => void;

beforeEach(async () => {
  access = createFakeAccess({ ana: "owner", ben: "sales" });
  access.join("crm", "ana", "owner");
  access.join("crm", "ben", "sales");
  isSettled = true;
  const settled = Promise.withResolvers<void>();
  settle = settled.resolve;
  guarded = { ...access, isSettledFor: () => isSettled, settledFor: () => settled.promise };
  relay = await startRelay(guarded);
});

afterEach(async () => {
  expect(relay.problems).toEqual([]);
  await relay.close();
});

test("R2 W1 a snapshot that ends with the device's own push is sent: it holds what others wrote before", async () => {
  const ben = await connect(relay, "ben");
  await ben.upToDate("crm");
  isSettled = false;
  const ana = await connect(relay, "ana");
  ben.push(1, DOC, updateOf("name", "Acme"), metaOf("r1"));
  await ben.acked(1);
  ana.push(1, DOC, updateOf("city", "Turin"));
  await until(() => relay.log.seq === 2, "ana's push is on disk");
  await relay.log.fold([DOC]);
  settle();
  await ana.acked(1);
  expect(ana.of("upToDate")[0]?.seq).toBe(2);
  expect(fieldsOf(ana.entries().map(({ bytes }) => bytes))).toMatchObject({ name: "Acme" });
});

async function append(docId: string, bytes: Uint8Array): Promise<number> {
  const [recordId = ""] = docId.split(".");
  const appended = await relay.log.append({ docId, bytes, author: "ben", source: relay, meta: metaOf(recordId) });
  assert(appended.ok, "the log takes it");
  return appended.value.seq;
}

/** A device of Ana's that says hello and holds nothing; `take` gets every frame, `left` is awaited when one has left. */
function greet(log: UpdateLog, take: (bytes: Uint8Array) => void, left: () => Promise<void>): FeedConnection {
  const nothing = (): undefined => undefined;
  const none = (): number => 0;
  const socket: MemberSocket = {
    member: access.member("ana"),
    isOpen: true,
    silence: none,
    idle: none,
    waitingBytes: none,
    send: take,
    sendShared: nothing,
    async sendAndWait(bytes) {
      take(bytes);
      await left();
    },
    countUpdate: nothing,
    ping: nothing,
    close: nothing,
    terminate: nothing,
  };
  const logger = { info: nothing, warn: nothing, error: nothing };
  const registry = { add: nothing, remove: nothing, deliveredUpTo: none, wantFlush: nothing };
  const connection = createFeedConnection(socket, { log, access: guarded, logger }, registry);
  const cursors = new Map<string, number>();
  connection.receive(
    encodeClientFrame({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "d", logId: log.logId, cursors }),
  );
  return connection;
}

function frameOf(bytes: Uint8Array): RelayFrame {
  const decoded = decodeRelayFrame(bytes);
  assert(decoded.ok, "the relay sends readable frames");
  return decoded.value;
}

test("R2 W1 a snapshot that takes the place of the device's own push, in the middle of its catch-up, is sent", async () => {
  // More than one frame of others comes first, so that the device is waited for between planning and reading its own.
  for (const docId of ["big1.internal", "big2.internal"])
    await append(docId, updateOf("text", randomBytes(75_000).toString("hex")));
  const ownSeq = await append(DOC, updateOf("city", "Turin"));
  await append(DOC, updateOf("name", "Acme"));

  const sent: Uint8Array[] = [];
  let isInStep = false;
  isSettled = false;
  const connection = greet(
    relay.log,
    (bytes) => {
      const frame = frameOf(bytes);
      sent.push(...entriesOf(frame).map((entry) => entry.bytes));
      isInStep ||= frame.kind === "upToDate";
    },
    () => relay.log.fold([DOC]),
  );
  connection.subscriptions.get("crm")?.ownSeqs.add(ownSeq);
  settle();
  await until(() => isInStep, "the catch-up");
  connection.ended();
  expect(fieldsOf(sent)).toMatchObject({ name: "Acme" });
});

test("T9 what is erased while it is on its way in a catch-up is taken back behind it", async () => {
  await append(DOC, updateOf("text", randomBytes(5_000).toString("hex")));
  const erased: ErasedDocument[] = [];
  let connection: FeedConnection | undefined;
  const log: UpdateLog = {
    ...relay.log,
    get seq() {
      return relay.log.seq;
    },
    erasedSince: () => erased,
    catchUp(...wanted) {
      const { count, entries } = relay.log.catchUp(...wanted);
      function* eraseAtLast() {
        yield* entries;
        // While what was read is being deflated.
        queueMicrotask(() => {
          erased.push({ docId: DOC, ...metaOf("r1"), seq: relay.log.seq });
          connection?.tellRemoved("crm", erased);
        });
      }
      return { count, entries: eraseAtLast() };
    },
  };
  const told: string[] = [];
  const note = (bytes: Uint8Array): void => {
    const frame = frameOf(bytes);
    if (entriesOf(frame).some(({ docId }) => docId === DOC)) told.push("sent");
    if (frame.kind === "removed" && frame.docIds.includes(DOC)) told.push("removed");
    if (frame.kind === "upToDate") told.push("in step");
  };
  connection = greet(log, note, () => Promise.resolve());
  await until(() => told.includes("in step"), "the catch-up");
  connection.ended();
  expect(told).toEqual(["removed", "sent", "removed", "in step"]);
});
