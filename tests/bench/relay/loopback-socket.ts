// A WebSocket client over a bare TCP socket, cheaper than a full one, so that the load generator is not what is measured.
// Frames carry the mask 0, which leaves the payload as it is. Loopback only.

import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { assert } from "#shared/model/result.ts";
import { payloadAt } from "#tests/wire-payload.ts";

export type LoopbackSocket = {
  readonly bytesIn: number;
  readonly bytesOut: number;
  send(payload: Uint8Array): void;
  close(): void;
  kill(): void;
};

export type LoopbackHandlers = {
  readonly protocol?: string;
  open(): void;
  message(payload: Uint8Array): void;
  /** `code` of the close frame, if one came. */
  closed(error: Error): void;
};

const opcodes = { binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FINAL = 0x80;
const MASKED = 0x80;
const NORMAL = Buffer.from([3, 232]);
const CLOSE_GRACE_MS = 200;

function frameOf(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = length < 126 ? 6 : length < 65_536 ? 8 : 14;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = FINAL | opcode;
  if (length < 126) frame[1] = MASKED | length;
  else if (length < 65_536) {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.fill(0, head - 4, head);
  frame.set(payload, head);
  return frame;
}

function upgradeRequest({ pathname, search, host }: URL, protocol: string | undefined): string {
  return [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "Sec-WebSocket-Version: 13",
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    "\r\n",
  ].join("\r\n");
}

export function openLoopbackSocket(address: string, handlers: LoopbackHandlers): LoopbackSocket {
  const url = new URL(address);
  assert(url.hostname === "127.0.0.1", "the bench talks to this machine only");
  const socket = connect(Number(url.port), url.hostname);
  socket.setNoDelay(true);
  let isOpen = false;
  let rest: Buffer | undefined;
  let fragments: Buffer | undefined;
  let bytesIn = 0;
  let bytesOut = 0;
  let problem = "closed";

  function write(data: string | Buffer): void {
    bytesOut += data.length;
    socket.write(data);
  }

  function receiveFrame(opcode: number, isFinal: boolean, payload: Buffer): void {
    if (opcode === opcodes.close) {
      problem = `closed ${payload.length >= 2 ? payload.readUInt16BE(0) : ""}`;
      socket.end();
    } else if (opcode === opcodes.ping) write(frameOf(opcodes.pong, payload));
    else if (opcode === opcodes.pong) return;
    else if (isFinal && opcode !== 0) handlers.message(payload);
    else {
      fragments = Buffer.concat(fragments === undefined ? [payload] : [fragments, payload]);
      if (!isFinal) return;
      const whole = fragments;
      fragments = undefined;
      handlers.message(whole);
    }
  }

  /** Returns where the frames begin, or -1 while the answer is not complete. */
  function receiveUpgrade(data: Buffer): number {
    const end = data.indexOf("\r\n\r\n");
    if (end < 0) return -1;
    const status = data.toString("latin1", 0, data.indexOf("\r\n"));
    if (!status.includes(" 101 ")) {
      problem = `upgrade refused: ${status}`;
      socket.destroy();
      return -1;
    }
    isOpen = true;
    handlers.open();
    return end + 4;
  }

  function receive(chunk: Buffer): void {
    bytesIn += chunk.length;
    const data = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    rest = undefined;
    let at = isOpen ? 0 : receiveUpgrade(data);
    while (at >= 0) {
      const payload = payloadAt(data, at);
      if (payload === undefined || payload.end > data.length) break;
      const first = data[at] ?? 0;
      receiveFrame(first & 0x0f, (first & FINAL) !== 0, data.subarray(payload.start, payload.end));
      at = payload.end;
    }
    if (at < data.length) rest = Buffer.from(at <= 0 ? data : data.subarray(at));
  }

  socket.on("connect", () => write(upgradeRequest(url, handlers.protocol)));
  socket.on("data", receive);
  socket.on("error", (error) => (problem = error.message));
  socket.on("close", () => handlers.closed(new Error(problem)));

  return {
    get bytesIn() {
      return bytesIn;
    },
    get bytesOut() {
      return bytesOut;
    },
    send: (payload) => write(frameOf(opcodes.binary, payload)),
    close() {
      if (socket.destroyed || socket.writableEnded) return;
      write(frameOf(opcodes.close, NORMAL));
      socket.end();
      setTimeout(() => socket.destroy(), CLOSE_GRACE_MS).unref();
    },
    kill: () => void socket.destroy(),
  };
}
