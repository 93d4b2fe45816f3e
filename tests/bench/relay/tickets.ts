// A ticket for one WebSocket, asked for as every client does: over HTTP, with the session's token.

import { request } from "node:http";

export type Ticket = { readonly ticket: string; /** What it cost on the wire, both ways. */ readonly bytes: number };

export function fetchTicket(url: string, token: string): Promise<Ticket> {
  return new Promise((resolve, reject) => {
    const asking = request(
      `${url.replace(/^ws/, "http")}/api/v1/tickets`,
      { method: "POST", agent: false, headers: { authorization: `Bearer ${token}`, connection: "close" } },
      (answer) => {
        let body = "";
        answer.on("data", (data: Buffer) => (body += data.toString()));
        answer.on("end", () => {
          const { bytesRead = 0, bytesWritten = 0 } = asking.socket ?? {};
          if (answer.statusCode !== 200) reject(new Error(`no ticket: ${answer.statusCode} ${body}`));
          else resolve({ ticket: (JSON.parse(body) as { ticket: string }).ticket, bytes: bytesRead + bytesWritten });
        });
      },
    );
    asking.on("error", reject);
    asking.end();
  });
}
