// The struct of an update that holds just one, as nearly every edit of a field and every keystroke does: read from its head,
// without making what it contains. The format is that of Yjs V1 updates (Item.write and GC.write in Yjs 13.6).

import * as decoding from "lib0/decoding";

export type SoleStruct = { readonly client: number; readonly clock: number; readonly length: number };

const ORIGIN = 0x80;
const RIGHT_ORIGIN = 0x40;
const PARENT_KEY = 0x20;
const KIND = 0x1f;

/** Kinds of content, by what says how long they are: a number, their characters; all others are one long. */
const kinds = { collected: 0, deleted: 1, json: 2, text: 4, any: 8, skip: 10 } as const;

function skipId(input: decoding.Decoder): void {
  decoding.readVarUint(input);
  decoding.readVarUint(input);
}

function skipString(input: decoding.Decoder): void {
  const bytes = decoding.readVarUint(input);
  input.pos += bytes;
}

/** Where an item lies: beside others, or else in a parent that is named. */
function skipPlace(input: decoding.Decoder, info: number): void {
  if ((info & ORIGIN) !== 0) skipId(input);
  if ((info & RIGHT_ORIGIN) !== 0) skipId(input);
  if ((info & (ORIGIN | RIGHT_ORIGIN)) !== 0) return;
  if (decoding.readVarUint(input) === 1) skipString(input);
  else skipId(input);
  if ((info & PARENT_KEY) !== 0) skipString(input);
}

/** Characters of a text of one byte each; undefined of any other, which would have to be decoded to be counted. */
function charactersIn(input: decoding.Decoder): number | undefined {
  const bytes = decoding.readVarUint(input);
  const end = input.pos + bytes;
  for (let at = input.pos; at < end; at += 1) if ((input.arr[at] ?? 0x80) >= 0x80) return undefined;
  return bytes;
}

function lengthOf(input: decoding.Decoder): number | undefined {
  const info = decoding.readUint8(input);
  const kind = info & KIND;
  if (kind === kinds.skip) return undefined;
  if (kind === kinds.collected) return decoding.readVarUint(input);
  skipPlace(input, info);
  if (kind === kinds.text) return charactersIn(input);
  return kind === kinds.deleted || kind === kinds.json || kind === kinds.any ? decoding.readVarUint(input) : 1;
}

/**
 * Undefined when it holds more or fewer structs, or one that would have to be decoded to be measured. Of bytes that decode
 * as an update; others may give anything, or throw.
 */
export function soleStructOf(update: Uint8Array): SoleStruct | undefined {
  const input = decoding.createDecoder(update);
  const clients = decoding.readVarUint(input);
  if (clients !== 1 || decoding.readVarUint(input) !== 1) return undefined;
  const client = decoding.readVarUint(input);
  const clock = decoding.readVarUint(input);
  const length = lengthOf(input);
  return length === undefined ? undefined : { client, clock, length };
}
