// Where messages lie in the bytes that a server writes to a WebSocket: unmasked, behind a head of two, four or ten bytes.

import { assert } from "#shared/model/result.ts";

export type Payload = { readonly start: number; readonly end: number };

/** Of the frame that begins at `at`; its end may lie beyond the data. Undefined while the head is not complete. */
export function payloadAt(data: Buffer, at: number): Payload | undefined {
  const short = (data[at + 1] ?? 0) & 0x7f;
  const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
  if (data.length < start) return undefined;
  if (short < 126) return { start, end: start + short };
  return { start, end: start + (short === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2))) };
}

/** The messages of whole frames. */
export function messagesIn(frames: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < frames.length;) {
    const payload = payloadAt(frames, at);
    assert(payload !== undefined && payload.end <= frames.length, "a server writes whole frames");
    messages.push(frames.subarray(payload.start, payload.end));
    at = payload.end;
  }
  return messages;
}
