// A WebSocket's request, read from the first bytes of its connection. Node's HTTP server does the same, for a fifth of the
// processor time of a join: after a start thousands of devices come back at once. Whatever is not a plain request for an
// upgrade, down to the last byte, is left to that server.

import type { IncomingHttpHeaders, IncomingMessage as Request } from "node:http";
import type { Socket } from "node:net";

// An import would load more than that (http-listener.ts).
const { IncomingMessage } = process.getBuiltinModule("node:http");

export type UpgradeBytes = {
  readonly request: Request;
  /** What came behind the request. */
  readonly head: Buffer;
};

/** As much as Node's own server takes. */
const LONGEST_REQUEST = 16 * 1024;
const BEGINS = "GET /";
const END = "\r\n\r\n";
const requestLine = /^GET (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/** RFC 9110, 5.5 and 5.6.2: a token, and visible ASCII with spaces between. */
const headerLine = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\x20-\x7e]*?)[ \t]*$/;
/** A request that has a body, or wants an answer first, is no plain one. */
const notPlain = ["content-length", "transfer-encoding", "expect"] as const;

function headersOf(lines: readonly string[]): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = Object.create(null);
  for (const line of lines) {
    const [, name = "", value = ""] = headerLine.exec(line) ?? [];
    const key = name.toLowerCase();
    // Said twice: which of them counts is a question for the HTTP server.
    if (key === "" || key in headers) return undefined;
    headers[key] = value;
  }
  return headers;
}

const asksForWebSocket = (headers: IncomingHttpHeaders): boolean =>
  headers.upgrade?.toLowerCase() === "websocket" &&
  /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.connection ?? "") &&
  headers.host !== undefined &&
  notPlain.every((name) => headers[name] === undefined);

/** Undefined unless `bytes` begin with a whole and plain request for a WebSocket. */
export function readUpgrade(socket: Socket, bytes: Buffer): UpgradeBytes | undefined {
  if (bytes.toString("latin1", 0, BEGINS.length) !== BEGINS) return undefined;
  const end = bytes.indexOf(END);
  if (end < 0 || end > LONGEST_REQUEST) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const url = requestLine.exec(first)?.[1];
  if (url === undefined) return undefined;
  const headers = headersOf(lines);
  if (headers === undefined || !asksForWebSocket(headers)) return undefined;
  const request = new IncomingMessage(socket);
  request.method = "GET";
  request.url = url;
  request.headers = headers;
  return { request, head: bytes.subarray(end + END.length) };
}
