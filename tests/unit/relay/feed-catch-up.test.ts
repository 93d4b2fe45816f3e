// A device that writes while it catches up: its own pushes are not sent back to it, and what others wrote is, although
// folding put both into one snapshot meanwhile.

import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { assert } from "#shared/model/result.ts";
import { decodeRelayFrame, encodeClientFrame } from "#shared/protocol/frames.ts";
import { PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { createFeedConnection } from "#sync-server/gateways/feed-connection.ts";
import type { MemberSocket } from "#sync-server/gateways/member-socket.ts";
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

test("R2 W1 a snapshot that takes the place of the device's own push, in the middle of its catch-up, is sent", async () => {
  const { log } = relay;
  async function append(docId: string, bytes: Uint8Array): Promise<number> {
    const [recordId = ""] = docId.split(".");
    const appended = await log.append({ docId, bytes, author: "ben", source: relay, meta: metaOf(recordId) });
    assert(appended.ok, "the log takes it");
    return appended.value.seq;
  }
  // More than one frame of others comes first, so that the device is waited for between planning and reading its own.
  for (const docId of ["big1.internal", "big2.internal"])
    await append(docId, updateOf("text", randomBytes(75_000).toString("hex")));
  const ownSeq = await append(DOC, updateOf("city", "Turin"));
  await append(DOC, updateOf("name", "Acme"));

  const sent: Uint8Array[] = [];
  function take(bytes: Uint8Array): void {
    const decoded = decodeRelayFrame(bytes);
    assert(decoded.ok, "the relay sends readable frames");
    sent.push(...entriesOf(decoded.value).map((entry) => entry.bytes));
    isInStep ||= decoded.value.kind === "upToDate";
  }
  let isInStep = false;
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
      await log.fold([DOC]);
    },
    countUpdate: nothing,
    ping: nothing,
    close: nothing,
    terminate: nothing,
  };
  const logger = { info: nothing, warn: nothing, error: nothing };
  const registry = { add: nothing, remove: nothing, deliveredUpTo: none, wantFlush: nothing };
  isSettled = false;
  const connection = createFeedConnection(socket, { log, access: guarded, logger }, registry);
  const cursors = new Map<string, number>();
  connection.receive(
    encodeClientFrame({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "d", logId: log.logId, cursors }),
  );
  connection.subscriptions.get("crm")?.ownSeqs.add(ownSeq);
  settle();
  await until(() => isInStep, "the catch-up");
  connection.ended();
  expect(fieldsOf(sent)).toMatchObject({ name: "Acme" });
});
