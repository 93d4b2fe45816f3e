// Feed frames: lib0 varint binary, one frame per WebSocket message. Byte layouts are rules F1 to F12 of PROTOCOL.md;
// golden frames pin them. Decoding is the edge: it never throws, and refuses trailing bytes.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { PolicyView } from "#shared/model/policy.ts";
import { err, ok, type Result } from "#shared/model/result.ts";

/** Sent with the first push of a document; the relay checks it and never changes it later (rule W3). */
export type DocumentMeta = {
  readonly space: string;
  readonly type: string;
  readonly recordId: string;
  readonly facet: string;
};

export type ClientFrame =
  | {
      readonly kind: "hello";
      readonly protocol: number;
      readonly deviceId: string;
      readonly logId: string;
      readonly cursors: ReadonlyMap<string, number>;
    }
  | {
      readonly kind: "push";
      readonly n: number;
      readonly docId: string;
      readonly meta?: DocumentMeta;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "ping" }
  | { readonly kind: "pong" };

/** The head of one chain of decisions (rule S5). */
export type SpaceHead = { readonly facet: string; readonly seq: number; readonly hash: string };

/** A portal or a group is made by hand, and gets its records by links and share rules. A personal one has one member. */
export const spaceKinds = ["crm", "project", "portal", "group", "personal"] as const;
export type SpaceKind = (typeof spaceKinds)[number];

export type SpaceInfo = {
  readonly id: string;
  readonly kind: SpaceKind;
  /** Read only, and out of the way. */
  readonly archived?: boolean;
  readonly name: string;
  /** This member's persona in the space. */
  readonly persona: string;
  readonly members: readonly { readonly id: string; readonly name: string; readonly persona: string }[];
  /** Who was in the space and is not any more, for the names on what they did; outsiders are told of the team's only. */
  readonly former?: readonly { readonly id: string; readonly name: string; readonly persona: string }[];
  /** Heads of the chains this member may read; left out where nothing was sealed. */
  readonly heads?: readonly SpaceHead[];
};

/** `at`: when the relay committed the update (ms since 1970); 0 for a snapshot, whose parts arrived at different times. */
export type BatchEntry = {
  readonly seq: number;
  readonly docId: string;
  readonly at: number;
  readonly bytes: Uint8Array;
};

export type Ack = { readonly n: number; readonly seq: number; readonly at: number };

export type RelayFrame =
  | {
      readonly kind: "welcome";
      readonly logId: string;
      readonly memberId: string;
      readonly spaces: readonly SpaceInfo[];
      /** What this member's device needs of the policy; absent while the record types say it all (rule F7). */
      readonly policy?: PolicyView;
      /** How long this device may go without contact before it closes its data (rule F9). */
      readonly offlineHours: number;
    }
  | { readonly kind: "catchUp"; readonly space: string; readonly entries: number }
  | { readonly kind: "batch"; readonly space: string; readonly entries: readonly BatchEntry[] }
  | { readonly kind: "deflatedBatch"; readonly space: string; readonly payload: Uint8Array }
  | { readonly kind: "upToDate"; readonly space: string; readonly seq: number }
  /** Documents that a link or a change of rights put into a space, and updates of those whose home is elsewhere (rule R8). */
  | {
      readonly kind: "placed";
      readonly space: string;
      readonly isLinked: boolean;
      readonly entries: readonly BatchEntry[];
    }
  | { readonly kind: "removed"; readonly space: string; readonly docIds: readonly string[] }
  | { readonly kind: "ack"; readonly acks: readonly Ack[] }
  | { readonly kind: "refused"; readonly n: number; readonly code: number; readonly reason: string }
  | { readonly kind: "ping" }
  | { readonly kind: "pong" };

export type FrameError = { readonly type: "BadFrame"; readonly message: string };

const clientTags = { hello: 0, push: 1, ping: 2, pong: 3 } as const;
const relayTags = {
  welcome: 0,
  catchUp: 1,
  batch: 2,
  deflatedBatch: 3,
  upToDate: 4,
  removed: 5,
  ack: 6,
  refused: 7,
  ping: 8,
  pong: 9,
  placed: 10,
} as const;

export function encodeClientFrame(frame: ClientFrame): Uint8Array {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, clientTags[frame.kind]);
  if (frame.kind === "hello") {
    encoding.writeVarUint(out, frame.protocol);
    encoding.writeVarString(out, frame.deviceId);
    encoding.writeVarString(out, frame.logId);
    encoding.writeVarUint(out, frame.cursors.size);
    for (const [space, seq] of frame.cursors) {
      encoding.writeVarString(out, space);
      encoding.writeVarUint(out, seq);
    }
  } else if (frame.kind === "push") {
    encoding.writeVarUint(out, frame.n);
    encoding.writeVarString(out, frame.docId);
    encoding.writeVarUint(out, frame.meta === undefined ? 0 : 1);
    if (frame.meta !== undefined) {
      encoding.writeVarString(out, frame.meta.space);
      encoding.writeVarString(out, frame.meta.type);
      encoding.writeVarString(out, frame.meta.recordId);
      encoding.writeVarString(out, frame.meta.facet);
    }
    encoding.writeVarUint8Array(out, frame.bytes);
  }
  return encoding.toUint8Array(out);
}

/** Entries of a batch: also the content of a deflated batch (deflate-raw). */
export function encodeBatchEntries(entries: readonly BatchEntry[]): Uint8Array {
  const out = encoding.createEncoder();
  writeEntries(out, entries);
  return encoding.toUint8Array(out);
}

function writeEntries(out: encoding.Encoder, entries: readonly BatchEntry[]): void {
  encoding.writeVarUint(out, entries.length);
  for (const entry of entries) {
    encoding.writeVarUint(out, entry.seq);
    encoding.writeVarString(out, entry.docId);
    encoding.writeVarUint(out, entry.at);
    encoding.writeVarUint8Array(out, entry.bytes);
  }
}

export function encodeRelayFrame(frame: RelayFrame): Uint8Array {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, relayTags[frame.kind]);
  switch (frame.kind) {
    case "welcome":
      encoding.writeVarString(out, frame.logId);
      encoding.writeVarString(out, frame.memberId);
      encoding.writeVarString(out, JSON.stringify(frame.spaces));
      encoding.writeVarString(out, frame.policy === undefined ? "" : JSON.stringify(frame.policy));
      encoding.writeVarUint(out, frame.offlineHours);
      break;
    case "catchUp":
      encoding.writeVarString(out, frame.space);
      encoding.writeVarUint(out, frame.entries);
      break;
    case "batch":
      encoding.writeVarString(out, frame.space);
      writeEntries(out, frame.entries);
      break;
    case "deflatedBatch":
      encoding.writeVarString(out, frame.space);
      encoding.writeVarUint8Array(out, frame.payload);
      break;
    case "placed":
      encoding.writeVarString(out, frame.space);
      encoding.writeVarUint(out, frame.isLinked ? 1 : 0);
      writeEntries(out, frame.entries);
      break;
    case "upToDate":
      encoding.writeVarString(out, frame.space);
      encoding.writeVarUint(out, frame.seq);
      break;
    case "removed":
      encoding.writeVarString(out, frame.space);
      encoding.writeVarUint(out, frame.docIds.length);
      for (const docId of frame.docIds) encoding.writeVarString(out, docId);
      break;
    case "ack":
      encoding.writeVarUint(out, frame.acks.length);
      for (const ack of frame.acks) {
        encoding.writeVarUint(out, ack.n);
        encoding.writeVarUint(out, ack.seq);
        encoding.writeVarUint(out, ack.at);
      }
      break;
    case "refused":
      encoding.writeVarUint(out, frame.n);
      encoding.writeVarUint(out, frame.code);
      encoding.writeVarString(out, frame.reason);
      break;
    case "ping":
    case "pong":
      break;
  }
  return encoding.toUint8Array(out);
}

/** Runs a decoder over untrusted bytes: whatever it throws, and any trailing byte, is one refusal. */
function decodeWhole<T>(bytes: Uint8Array, read: (input: decoding.Decoder) => T): Result<T, FrameError> {
  try {
    const input = decoding.createDecoder(bytes);
    const value = read(input);
    if (decoding.hasContent(input)) return err({ type: "BadFrame", message: "trailing bytes" });
    return ok(value);
  } catch (error) {
    return err({ type: "BadFrame", message: error instanceof Error ? error.message : "unreadable" });
  }
}

/** A count can never exceed the bytes that are left: stops allocation bombs. */
function readCount(input: decoding.Decoder): number {
  const count = decoding.readVarUint(input);
  if (count > input.arr.length - input.pos) throw new Error("count exceeds frame");
  return count;
}

const readMany = <T>(input: decoding.Decoder, read: () => T): T[] => Array.from({ length: readCount(input) }, read);

function readMeta(input: decoding.Decoder): DocumentMeta {
  const [space, type, recordId, facet] = [0, 1, 2, 3].map(() => decoding.readVarString(input));
  return { space: space ?? "", type: type ?? "", recordId: recordId ?? "", facet: facet ?? "" };
}

function readPush(input: decoding.Decoder): ClientFrame {
  const n = decoding.readVarUint(input);
  const docId = decoding.readVarString(input);
  const flag = decoding.readVarUint(input);
  if (flag > 1) throw new Error("bad meta flag");
  const meta = flag === 1 ? readMeta(input) : undefined;
  // Copied: the frame's buffer belongs to the socket and is reused.
  const bytes = decoding.readVarUint8Array(input).slice();
  return { kind: "push", n, docId, ...(meta === undefined ? {} : { meta }), bytes };
}

function readHello(input: decoding.Decoder): ClientFrame {
  const protocol = decoding.readVarUint(input);
  const deviceId = decoding.readVarString(input);
  const logId = decoding.readVarString(input);
  const cursors = new Map(
    readMany(input, (): [string, number] => [decoding.readVarString(input), decoding.readVarUint(input)]),
  );
  return { kind: "hello", protocol, deviceId, logId, cursors };
}

export function decodeClientFrame(bytes: Uint8Array): Result<ClientFrame, FrameError> {
  return decodeWhole(bytes, (input): ClientFrame => {
    const tag = decoding.readVarUint(input);
    switch (tag) {
      case clientTags.hello:
        return readHello(input);
      case clientTags.push:
        return readPush(input);
      case clientTags.ping:
        return { kind: "ping" };
      case clientTags.pong:
        return { kind: "pong" };
      default:
        throw new Error(`unknown frame ${tag}`);
    }
  });
}

const readEntries = (input: decoding.Decoder): BatchEntry[] =>
  readMany(input, () => ({
    seq: decoding.readVarUint(input),
    docId: decoding.readVarString(input),
    at: decoding.readVarUint(input),
    bytes: decoding.readVarUint8Array(input).slice(),
  }));

const readPolicy = (json: string): { readonly policy?: PolicyView } =>
  json === "" ? {} : { policy: JSON.parse(json) as PolicyView };

export const decodeBatchEntries = (bytes: Uint8Array): Result<BatchEntry[], FrameError> =>
  decodeWhole(bytes, readEntries);

export function decodeRelayFrame(bytes: Uint8Array): Result<RelayFrame, FrameError> {
  return decodeWhole(bytes, (input): RelayFrame => {
    const text = (): string => decoding.readVarString(input);
    const uint = (): number => decoding.readVarUint(input);
    const tag = uint();
    switch (tag) {
      case relayTags.welcome:
        return {
          kind: "welcome",
          logId: text(),
          memberId: text(),
          spaces: JSON.parse(text()) as SpaceInfo[],
          ...readPolicy(text()),
          offlineHours: uint(),
        };
      case relayTags.catchUp:
        return { kind: "catchUp", space: text(), entries: uint() };
      case relayTags.batch:
        return { kind: "batch", space: text(), entries: readEntries(input) };
      case relayTags.deflatedBatch:
        return { kind: "deflatedBatch", space: text(), payload: decoding.readVarUint8Array(input).slice() };
      case relayTags.placed:
        return { kind: "placed", space: text(), isLinked: uint() === 1, entries: readEntries(input) };
      case relayTags.upToDate:
        return { kind: "upToDate", space: text(), seq: uint() };
      case relayTags.removed:
        return { kind: "removed", space: text(), docIds: readMany(input, text) };
      case relayTags.ack:
        return { kind: "ack", acks: readMany(input, () => ({ n: uint(), seq: uint(), at: uint() })) };
      case relayTags.refused:
        return { kind: "refused", n: uint(), code: uint(), reason: text() };
      case relayTags.ping:
        return { kind: "ping" };
      case relayTags.pong:
        return { kind: "pong" };
      default:
        throw new Error(`unknown frame ${tag}`);
    }
  });
}
