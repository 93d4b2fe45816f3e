// Words and numbers that stand in hidden places and nowhere else, and the search for them in whatever bytes somebody got:
// plain, in other encodings, inside compressed streams, and inside Yjs updates (characters typed one by one, deleted content).

import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import * as Y from "yjs";
import { decodeBatchEntries, decodeRelayFrame } from "#shared/protocol/frames.ts";
import { readMessage } from "#sync-server/gateways/live-messages.ts";
import type { Random } from "#tests/sync/random.ts";

export type Canary = { readonly what: string; readonly token: string | number };

/** Bytes that reached somebody, and over which channel. */
export type Piece = { readonly channel: string; readonly bytes: Uint8Array };

export type Hit = { readonly what: string; readonly channel: string; readonly as: string };

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/**
 * Sixteen characters, 80 bits of chance. A long text is changed by the middle that differs alone: a token that is to replace
 * `before` shares neither its first letter nor its last, or it would never stand whole in any update.
 */
export function newToken(random: Random, before = ""): string {
  const length = 16;
  return Array.from({ length }, (_, index) => {
    const shared = index === 0 ? before[0] : index === length - 1 ? before.at(-1) : undefined;
    return random.pick(LETTERS.split("").filter((letter) => letter !== shared));
  }).join("");
}

/** Twelve digits and no others' prefix: stored as float64 by Yjs, as text in JSON. */
export const newNumber = (random: Random): number =>
  100_000_000_000 + random.below(899_999_999) * 1_000 + random.below(1_000);

const bytesOf = (text: string, encoding: BufferEncoding = "utf8"): Buffer => Buffer.from(text, encoding);

/** Base64 of the bytes at each of the three positions they can have; the characters that neighbours decide are left out. */
function base64Parts(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const first = Math.ceil((shift * 8) / 6);
    const last = Math.floor(((shift + bytes.length) * 8) / 6);
    return encoded.slice(first, last);
  });
}

function textForms(text: string): readonly (readonly [as: string, pattern: Buffer])[] {
  const bytes = bytesOf(text);
  const hex = bytes.toString("hex");
  return [
    ["plain", bytes],
    ["UTF-16 LE", bytesOf(text, "utf16le")],
    ["UTF-16 BE", Buffer.from(bytesOf(text, "utf16le")).swap16()],
    ["hex", bytesOf(hex)],
    ["HEX", bytesOf(hex.toUpperCase())],
    ...base64Parts(bytes).flatMap((part, shift): (readonly [string, Buffer])[] => [
      [`base64 + ${shift}`, bytesOf(part)],
      [`base64url + ${shift}`, bytesOf(part.replaceAll("+", "-").replaceAll("/", "_"))],
    ]),
    ["URL", bytesOf(hex.replace(/../g, "%$&"))],
    ["JSON escapes", bytesOf(hex.replace(/../g, "\\u00$&"))],
    ["lower case", bytesOf(text.toLowerCase())],
    ["backwards", bytesOf(text.split("").reverse().join(""))],
  ];
}

function numberForms(value: number): readonly (readonly [as: string, pattern: Buffer])[] {
  const f64 = Buffer.alloc(8);
  f64.writeDoubleBE(value);
  const f32 = Buffer.alloc(4);
  f32.writeFloatBE(value);
  const i64 = Buffer.alloc(8);
  i64.writeBigInt64BE(BigInt(value));
  const digits = String(value);
  return [
    ["decimal", bytesOf(digits)],
    ["decimal with cents", bytesOf(`${digits.slice(0, -2)}.${digits.slice(-2)}`)],
    ["grouped", bytesOf(value.toLocaleString("en-GB"))],
    ["grouped with cents", bytesOf((value / 100).toLocaleString("en-GB", { minimumFractionDigits: 2 }))],
    ["float64", f64],
    ["float64 LE", Buffer.from(f64).reverse()],
    ["float32", f32],
    ["float32 LE", Buffer.from(f32).reverse()],
    ["int64", i64],
    ["hex", bytesOf(value.toString(16))],
  ];
}

/** Everything a piece holds: itself, what is compressed in it, and what Yjs updates in it say. */
function opened(piece: Piece, allStructs: Struct[]): readonly Piece[] {
  const found = [piece, ...inflatedIn(piece)];
  return found.flatMap((each) => [each, ...yjsIn(each, allStructs)]);
}

function tryInflate(bytes: Uint8Array, inflate: (bytes: Uint8Array) => Buffer): Uint8Array | undefined {
  try {
    return inflate(bytes);
  } catch {
    // Not such a stream: the bytes only look like its beginning.
    return undefined;
  }
}

const ZIP_HEADER_BYTES = 30;

/** gzip, zlib and zip streams wherever they begin, and a raw one that is the whole piece. */
function inflatedIn({ channel, bytes }: Piece): readonly Piece[] {
  const streams: Piece[] = [];
  const add = (as: string, content: Uint8Array | undefined): void => {
    if (content !== undefined && content.length > 0) streams.push({ channel: `${channel}, ${as}`, bytes: content });
  };
  for (let at = 0; at + 2 < bytes.length; at += 1) {
    const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
    if (first === 0x1f && second === 0x8b) add("gzip", tryInflate(bytes.subarray(at), gunzipSync));
    else if (first === 0x78 && (first * 256 + second) % 31 === 0)
      add("zlib", tryInflate(bytes.subarray(at), inflateSync));
    else if (first === 0x50 && second === 0x4b && bytes[at + 2] === 3 && bytes[at + 3] === 4) {
      const header = Buffer.from(bytes.subarray(at, at + ZIP_HEADER_BYTES));
      const content = at + ZIP_HEADER_BYTES + (header[26] ?? 0) + (header[28] ?? 0);
      add("zip", tryInflate(bytes.subarray(content), inflateRawSync));
    }
  }
  add("deflate", tryInflate(bytes, inflateRawSync));
  return streams;
}

const asPiece = (channel: string, text: string): Piece => ({ channel, bytes: bytesOf(text) });

/** Feed frames, live messages and bare updates, read as what they are. */
function yjsIn({ channel, bytes }: Piece, allStructs: Struct[]): readonly Piece[] {
  const pieces: Piece[] = [];
  const addUpdate = (as: string, update: Uint8Array): void => {
    const structs = structsOf(update);
    allStructs.push(...structs);
    const text = contentOfStructs(structs);
    if (text !== "") pieces.push(asPiece(`${channel}, ${as}, decoded`, text));
  };
  const frame = decodeRelayFrame(bytes);
  if (frame.ok && frame.value.kind === "batch")
    for (const entry of frame.value.entries) addUpdate("batch", entry.bytes);
  if (frame.ok && frame.value.kind === "deflatedBatch") {
    const inflated = tryInflate(frame.value.payload, inflateRawSync);
    const entries = inflated === undefined ? undefined : decodeBatchEntries(new Uint8Array(inflated));
    if (inflated !== undefined) pieces.push({ channel: `${channel}, deflated batch`, bytes: inflated });
    if (entries?.ok) for (const entry of entries.value) addUpdate("deflated batch", entry.bytes);
  }
  const live = readMessage(bytes);
  if (live.ok && "bytes" in live.value) addUpdate("live", live.value.bytes);
  addUpdate("update", bytes);
  return pieces;
}

type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];

function structsOf(update: Uint8Array): readonly Struct[] {
  try {
    return Y.decodeUpdate(update).structs;
  } catch {
    // No update.
    return [];
  }
}

/** All content, deleted content included, in the order of each author's clock: so were the letters typed. */
function contentOfStructs(structs: readonly Struct[]): string {
  const byClient = Map.groupBy(structs, (struct) => struct.id.client);
  return [...byClient.values()]
    .map((own) =>
      own
        .toSorted((left, right) => left.id.clock - right.id.clock)
        .filter((struct, index, all) => struct.id.clock !== all[index - 1]?.id.clock)
        .map((struct) => ("content" in struct ? contentText(struct.content) : ""))
        .join(""),
    )
    .join("\n");
}

function contentText(content: unknown): string {
  if (typeof content !== "object" || content === null) return "";
  if ("str" in content && typeof content.str === "string") return content.str;
  if ("arr" in content && Array.isArray(content.arr)) return JSON.stringify(content.arr);
  if ("embed" in content) return JSON.stringify(content.embed);
  return "";
}

/** Bytes that look like chance: what was compressed is searched as what it says (deflated batches are opened above). */
function isCompressed({ channel, bytes }: Piece): boolean {
  if (channel.includes(",")) return false;
  const frame = decodeRelayFrame(bytes);
  return (
    frame.ok && frame.value.kind === "deflatedBatch" && tryInflate(frame.value.payload, inflateRawSync) !== undefined
  );
}

/** Four bytes stand somewhere in a few hundred megabytes of chance: a run of 1,000 policies found such a one. */
const BY_CHANCE = 4;

/** Every canary that somebody got to see, in any form, over any channel. */
export function findCanaries(pieces: readonly Piece[], canaries: readonly Canary[]): readonly Hit[] {
  const allStructs: Struct[] = [];
  const read = pieces.flatMap((piece) => opened(piece, allStructs));
  // What came letter by letter, each in a message of its own.
  const typed = asPiece("all updates together, decoded", contentOfStructs(allStructs));
  const all = [...read, typed].map(({ channel, bytes }) => ({
    channel,
    isCompressed: isCompressed({ channel, bytes }),
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  }));
  const hits: Hit[] = [];
  for (const { what, token } of canaries) {
    for (const [as, pattern] of typeof token === "string" ? textForms(token) : numberForms(token)) {
      for (const { channel, bytes, isCompressed: skips } of all)
        if (!(skips && pattern.length <= BY_CHANCE) && bytes.includes(pattern)) hits.push({ what, channel, as });
    }
  }
  return hits;
}
