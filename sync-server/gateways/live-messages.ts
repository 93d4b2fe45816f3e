// The y-websocket wire: sync (0) and awareness (1) messages, one per WebSocket message. Reading is the edge: it never throws.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { err, ok, type Result } from "#shared/model/result.ts";
import { varUint } from "./wire-frames.ts";

const SYNC = 0;
const AWARENESS = 1;
const syncTypes = { step1: 0, step2: 1, update: 2 } as const;

export type LiveMessage =
  | { readonly kind: "step1" | "step2" | "update"; readonly bytes: Uint8Array }
  | { readonly kind: "awareness"; readonly entries: readonly AwarenessEntry[] }
  /** Rule V1: anything else is ignored. */
  | { readonly kind: "other" };

/** `json` as sent: `null` when the client left. */
export type AwarenessEntry = { readonly clientId: number; readonly clock: number; readonly json: string };

export function readMessage(bytes: Uint8Array): Result<LiveMessage, { readonly type: "BadMessage" }> {
  try {
    const input = decoding.createDecoder(bytes);
    const type = decoding.readVarUint(input);
    if (type === AWARENESS) return ok({ kind: "awareness", entries: readEntries(decoding.readVarUint8Array(input)) });
    if (type !== SYNC) return ok({ kind: "other" });
    const syncType = decoding.readVarUint(input);
    if (syncType > syncTypes.update) return ok({ kind: "other" });
    const kind = syncType === syncTypes.step1 ? "step1" : syncType === syncTypes.step2 ? "step2" : "update";
    // Copied: the message's buffer belongs to the socket.
    return ok({ kind, bytes: decoding.readVarUint8Array(input).slice() });
  } catch {
    return err({ type: "BadMessage" });
  }
}

function readEntries(bytes: Uint8Array): readonly AwarenessEntry[] {
  const input = decoding.createDecoder(bytes);
  const count = decoding.readVarUint(input);
  // An entry takes at least three bytes: stops allocation bombs.
  if (count > bytes.length) throw new Error("count exceeds message");
  return Array.from({ length: count }, () => ({
    clientId: decoding.readVarUint(input),
    clock: decoding.readVarUint(input),
    json: decoding.readVarString(input),
  }));
}

const syncHeads = {
  step1: Uint8Array.of(SYNC, syncTypes.step1),
  step2: Uint8Array.of(SYNC, syncTypes.step2),
  update: Uint8Array.of(SYNC, syncTypes.update),
};

export const syncMessage = (kind: "step1" | "step2" | "update", bytes: Uint8Array): Uint8Array =>
  Buffer.concat([syncHeads[kind], varUint(bytes.length), bytes]);

export function awarenessMessage(entries: readonly AwarenessEntry[]): Uint8Array {
  const content = encoding.createEncoder();
  encoding.writeVarUint(content, entries.length);
  for (const { clientId, clock, json } of entries) {
    encoding.writeVarUint(content, clientId);
    encoding.writeVarUint(content, clock);
    encoding.writeVarString(content, json);
  }
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, AWARENESS);
  encoding.writeVarUint8Array(out, encoding.toUint8Array(content));
  return encoding.toUint8Array(out);
}
