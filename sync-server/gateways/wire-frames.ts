// Messages as they lie on the wire: each with the two to ten bytes of a WebSocket frame before it, unmasked, as a server sends
// them. Made once and shared by every socket that gets the same; several messages lie in one buffer, so one write sends them.

import * as encoding from "lib0/encoding";

/** One or more whole WebSocket frames. */
export type WireFrames = Buffer;

const FINAL_BINARY = 0x82;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const headBytes = (length: number): number => (length < LENGTH_16 ? 2 : length < 0x1_0000 ? 4 : 10);

/** Returns where the payload begins. */
function writeHead(out: Buffer, at: number, length: number): number {
  out[at] = FINAL_BINARY;
  if (length < LENGTH_16) {
    out[at + 1] = length;
    return at + 2;
  }
  if (length < 0x1_0000) {
    out[at + 1] = LENGTH_16;
    return out.writeUInt16BE(length, at + 2);
  }
  out[at + 1] = LENGTH_64;
  return out.writeBigUInt64BE(BigInt(length), at + 2);
}

const totalOf = (parts: readonly Uint8Array[]): number => {
  let total = 0;
  for (const part of parts) total += part.length;
  return total;
};

/** One message that consists of these parts. */
export function wireFrameOf(parts: readonly Uint8Array[]): WireFrames {
  const length = totalOf(parts);
  const out = Buffer.allocUnsafe(headBytes(length) + length);
  let at = writeHead(out, 0, length);
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** One frame per message, all in one buffer. */
export function wireFramesOf(messages: readonly Uint8Array[]): WireFrames {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) return wireFrameOf([only]);
  let total = 0;
  for (const message of messages) total += headBytes(message.length) + message.length;
  const out = Buffer.allocUnsafe(total);
  let at = 0;
  for (const message of messages) {
    at = writeHead(out, at, message.length);
    out.set(message, at);
    at += message.length;
  }
  return out;
}

/** A varint by itself. */
export function varUint(value: number): Uint8Array {
  if (value < 0x80) return Uint8Array.of(value);
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, value);
  return encoding.toUint8Array(out);
}
