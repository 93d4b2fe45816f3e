import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assert } from "#shared/model/result.ts";
import {
  decodeBatchEntries,
  decodeClientFrame,
  decodeRelayFrame,
  encodeBatchEntries,
  encodeClientFrame,
  encodeRelayFrame,
  type BatchEntry,
  type ClientFrame,
  type RelayFrame,
} from "#shared/protocol/frames.ts";
import { seedFor } from "#tests/seed.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

const entries: readonly BatchEntry[] = [
  { seq: 300, docId: "r1.internal", at: 1_700_000_000_000, bytes: new Uint8Array([0, 0]) },
];

/** Byte for byte: what a device or relay of this version sends today must be readable for ever. */
const clientGolden: readonly [string, ClientFrame, string][] = [
  [
    "hello",
    { kind: "hello", protocol: 1, deviceId: "dev", logId: "log", cursors: new Map([["crm", 300]]) },
    "000103646576036c6f67010363726dac02",
  ],
  [
    "push with meta",
    {
      kind: "push",
      n: 5,
      docId: "r1.internal",
      meta: { space: "crm", type: "company", recordId: "r1", facet: "internal" },
      bytes: new Uint8Array([0, 0]),
    },
    "01050b72312e696e7465726e616c010363726d07636f6d70616e79027231" + "08696e7465726e616c" + "020000",
  ],
  [
    "push",
    { kind: "push", n: 128, docId: "r1.internal", bytes: new Uint8Array([1, 2, 3]) },
    "0180010b72312e696e7465726e616c0003010203",
  ],
  ["ping", { kind: "ping" }, "02"],
  ["pong", { kind: "pong" }, "03"],
];

const relayGolden: readonly [string, RelayFrame, string][] = [
  [
    "welcome, F9 offline hours",
    { kind: "welcome", logId: "log", memberId: "ana", spaces: [], offlineHours: 720 },
    "00036c6f6703616e61025b5d" + "00" + "d005",
  ],
  [
    "welcome, F7 with a policy",
    {
      kind: "welcome",
      logId: "log",
      memberId: "ana",
      spaces: [],
      policy: { version: 1, personas: [], placements: {}, moving: {}, retired: {} },
      offlineHours: 72,
    },
    `00036c6f6703616e61025b5d44${hexOf(new TextEncoder().encode('{"version":1,"personas":[],"placements":{},"moving":{},"retired":{}}'))}48`,
  ],
  ["catchUp", { kind: "catchUp", space: "crm", entries: 1_000 }, "010363726de807"],
  ["batch", { kind: "batch", space: "crm", entries }, "020363726d01ac020b72312e696e7465726e616c80d095ffbc31020000"],
  ["deflatedBatch", { kind: "deflatedBatch", space: "crm", payload: new Uint8Array([3, 0]) }, "030363726d020300"],
  ["upToDate", { kind: "upToDate", space: "crm", seq: 300 }, "040363726dac02"],
  ["removed", { kind: "removed", space: "crm", docIds: ["a.b", "c.d"] }, "050363726d0203612e6203632e64"],
  ["ack", { kind: "ack", acks: [{ n: 5, seq: 300, at: 1_700_000_000_000 }] }, "060105ac0280d095ffbc31"],
  ["refused", { kind: "refused", n: 5, code: 1, reason: "no" }, "070501026e6f"],
  ["ping", { kind: "ping" }, "08"],
  ["pong", { kind: "pong" }, "09"],
];

describe("golden frames", () => {
  test.each(clientGolden)("F2 %s", (_name, frame, hex) => {
    expect(hexOf(encodeClientFrame(frame))).toBe(hex);
    expect(decodeClientFrame(bytesOf(hex))).toEqual({ ok: true, value: frame });
  });

  test.each(relayGolden)("F3 %s", (_name, frame, hex) => {
    expect(hexOf(encodeRelayFrame(frame))).toBe(hex);
    expect(decodeRelayFrame(bytesOf(hex))).toEqual({ ok: true, value: frame });
  });

  test("F3 the content of a deflated batch is that of a batch without tag and space", () => {
    const content = encodeBatchEntries(entries);
    expect(hexOf(content)).toBe("01ac020b72312e696e7465726e616c80d095ffbc31020000");
    expect(decodeBatchEntries(content)).toEqual({ ok: true, value: entries });
  });
});

describe("refusing", () => {
  test("F1 unknown tag, trailing and missing bytes", () => {
    for (const [, frame] of clientGolden) {
      const bytes = encodeClientFrame(frame);
      expect(decodeClientFrame(new Uint8Array([...bytes, 0])).ok).toBe(false);
      for (let length = 0; length < bytes.length; length++)
        expect(decodeClientFrame(bytes.slice(0, length)).ok).toBe(false);
    }
    for (const [, frame] of relayGolden) {
      const bytes = encodeRelayFrame(frame);
      expect(decodeRelayFrame(new Uint8Array([...bytes, 0])).ok).toBe(false);
      for (let length = 0; length < bytes.length; length++)
        expect(decodeRelayFrame(bytes.slice(0, length)).ok).toBe(false);
    }
    for (const tag of [4, 10, 127]) expect(decodeClientFrame(new Uint8Array([tag])).ok).toBe(false);
    for (const tag of [10, 127]) expect(decodeRelayFrame(new Uint8Array([tag])).ok).toBe(false);
  });

  test("F2 a push says with 0 or 1 whether it carries metadata", () => {
    const push = encodeClientFrame({ kind: "push", n: 1, docId: "a.b", bytes: new Uint8Array() });
    push[6] = 2;
    expect(decodeClientFrame(push).ok).toBe(false);
  });

  test("F1 a count beyond the frame allocates nothing", () => {
    const hello = bytesOf("00010364657603" + "6c6f67" + "ffffffffff1f");
    const batch = bytesOf("020363726d" + "ffffffffff1f");
    const started = performance.now();
    expect(decodeClientFrame(hello).ok).toBe(false);
    expect(decodeRelayFrame(batch).ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(100);
  });

  test("the bytes of a push are its own, not the socket's", () => {
    const wire = encodeClientFrame({ kind: "push", n: 1, docId: "a.b", bytes: new Uint8Array([7, 7]) });
    const decoded = decodeClientFrame(wire);
    assert(decoded.ok && decoded.value.kind === "push", "a push");
    wire.fill(0);
    expect([...decoded.value.bytes]).toEqual([7, 7]);
    expect(decoded.value.bytes.buffer.byteLength).toBe(2);
  });
});

const uint = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const word = fc.string({ unit: "binary", maxLength: 40 });
const blob = fc.uint8Array({ maxLength: 300 });
const entry = fc.record({ seq: uint, docId: word, at: uint, bytes: blob });
const meta = fc.record({ space: word, type: word, recordId: word, facet: word });

const clientFrame: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.record({
    kind: fc.constant("hello" as const),
    protocol: uint,
    deviceId: word,
    logId: word,
    cursors: fc.array(fc.tuple(word, uint)).map((pairs) => new Map(pairs)),
  }),
  fc.record({ kind: fc.constant("push" as const), n: uint, docId: word, bytes: blob }),
  fc.record({ kind: fc.constant("push" as const), n: uint, docId: word, meta, bytes: blob }),
  fc.record({ kind: fc.constantFrom("ping" as const, "pong" as const) }),
);

const persona = fc.constantFrom("owner", "client");
const spaceInfo = fc.record({
  id: word,
  kind: fc.constantFrom("crm" as const, "project" as const),
  name: word,
  persona,
  members: fc.array(fc.record({ id: word, name: word, persona }), { maxLength: 3 }),
});

const relayFrame: fc.Arbitrary<RelayFrame> = fc.oneof(
  fc.record({
    kind: fc.constant("welcome" as const),
    logId: word,
    memberId: word,
    spaces: fc.array(spaceInfo, { maxLength: 3 }),
    offlineHours: uint,
  }),
  fc.record({ kind: fc.constant("catchUp" as const), space: word, entries: uint }),
  fc.record({ kind: fc.constant("batch" as const), space: word, entries: fc.array(entry, { maxLength: 8 }) }),
  fc.record({ kind: fc.constant("deflatedBatch" as const), space: word, payload: blob }),
  fc.record({ kind: fc.constant("upToDate" as const), space: word, seq: uint }),
  fc.record({ kind: fc.constant("removed" as const), space: word, docIds: fc.array(word) }),
  fc.record({ kind: fc.constant("ack" as const), acks: fc.array(fc.record({ n: uint, seq: uint, at: uint })) }),
  fc.record({ kind: fc.constant("refused" as const), n: uint, code: uint, reason: word }),
  fc.record({ kind: fc.constantFrom("ping" as const, "pong" as const) }),
);

/** Of this thread: other work on the machine does not count. */
const cpuMs = (): number => process.threadCpuUsage().user / 1_000;

const seed = seedFor("PROTOCOL_SEED");

describe(`random frames (seed ${seed})`, () => {
  test("F2 F3 what is encoded is decoded", () => {
    fc.assert(
      fc.property(clientFrame, (frame) => {
        expect(decodeClientFrame(encodeClientFrame(frame))).toEqual({ ok: true, value: frame });
      }),
      { seed, numRuns: 500 },
    );
    fc.assert(
      fc.property(relayFrame, (frame) => {
        expect(decodeRelayFrame(encodeRelayFrame(frame))).toEqual({ ok: true, value: frame });
      }),
      { seed, numRuns: 500 },
    );
  });

  test("F1 50,000 mutated frames: decoding never throws, never hangs, and what it accepts is whole", () => {
    const whole = [
      ...fc.sample(clientFrame, { seed, numRuns: 200 }).map(encodeClientFrame),
      ...fc.sample(relayFrame, { seed, numRuns: 200 }).map(encodeRelayFrame),
    ];
    let state = seed + 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let slowest = 0;
    let accepted = 0;
    for (let run = 0; run < 50_000; run++) {
      const frame = [...(whole[random(whole.length)] ?? [])];
      for (let change = 1 + random(4); change > 0; change--) {
        const at = random(frame.length + 1);
        const kind = random(4);
        if (kind === 0) frame.splice(at, 1);
        else if (kind === 1) frame.splice(at, 0, random(256));
        else if (kind === 2) frame[Math.min(at, frame.length)] = random(2) === 0 ? 255 : random(256);
        else frame.length = at;
      }
      const bytes = new Uint8Array(frame);
      const started = cpuMs();
      const client = decodeClientFrame(bytes);
      const relay = decodeRelayFrame(bytes);
      slowest = Math.max(slowest, cpuMs() - started);
      for (const decoded of [client, relay]) {
        if (decoded.ok) accepted += 1;
        else expect(decoded.error.type).toBe("BadFrame");
      }
    }
    expect(accepted).toBeGreaterThan(100);
    expect(slowest).toBeLessThan(250);
  });
});
