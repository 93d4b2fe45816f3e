// A ticket for one WebSocket, asked for as every client does: over HTTP, with the session's token.

import { Agent, request } from "node:http";
import type { Socket } from "node:net";

export type Ticket = { readonly ticket: string; /** What it cost on the wire, both ways. */ readonly bytes: number };

const trafficOf = (socket: Socket | null): number => (socket?.bytesRead ?? 0) + (socket?.bytesWritten ?? 0);

/** Connections stay open for the next ticket, as in a browser. */
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export function fetchTicket(url: string, token: string): Promise<Ticket> {
  return new Promise((resolve, reject) => {
    let before = 0;
    const asking = request(
      `${url.replace(/^ws/, "http")}/api/v1/tickets`,
      { method: "POST", agent, headers: { authorization: `Bearer ${token}` } },
      (answer) => {
        let body = "";
        answer.on("data", (data: Buffer) => (body += data.toString()));
        answer.on("end", () => {
          if (answer.statusCode !== 200) reject(new Error(`no ticket: ${answer.statusCode} ${body}`));
          else
            resolve({
              ticket: (JSON.parse(body) as { ticket: string }).ticket,
              bytes: trafficOf(asking.socket) - before,
            });
        });
      },
    );
    asking.on("socket", (socket) => (before = trafficOf(socket)));
    asking.on("error", reject);
    asking.end();
  });
}
