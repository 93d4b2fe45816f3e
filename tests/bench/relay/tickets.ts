// Tickets for WebSockets, asked for as every client does: over HTTP, with the session's token.

import { Agent, request } from "node:http";
import type { Socket } from "node:net";
import { docIdOf } from "#shared/model/ids.ts";
import { limits } from "#shared/protocol/limits.ts";
import { FACET } from "./accounts.ts";

export type Ticket = { readonly ticket: string; /** What it cost on the wire, both ways. */ readonly bytes: number };

const trafficOf = (socket: Socket | null): number => (socket?.bytesRead ?? 0) + (socket?.bytesWritten ?? 0);

/** Connections stay open for the next ticket, as in a browser. */
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

function post<Answer>(url: string, path: string, token: string, body?: object): Promise<Answer & { bytes: number }> {
  return new Promise((resolve, reject) => {
    let before = 0;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const asking = request(
      `${url.replace(/^ws/, "http")}/api/v1/${path}`,
      { method: "POST", agent, headers },
      (answer) => {
        let text = "";
        answer.on("data", (data: Buffer) => (text += data.toString()));
        answer.on("end", () => {
          if (answer.statusCode !== 200) reject(new Error(`no ticket: ${answer.statusCode} ${text}`));
          else resolve({ ...(JSON.parse(text) as Answer), bytes: trafficOf(asking.socket) - before });
        });
      },
    );
    asking.on("socket", (socket) => (before = trafficOf(socket)));
    asking.on("error", reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

export const fetchTicket = (url: string, token: string): Promise<Ticket> =>
  post<{ ticket: string }>(url, "tickets", token);

export const fetchLiveTickets = (
  url: string,
  token: string,
  rooms: readonly string[],
): Promise<{ tickets: readonly string[]; bytes: number }> =>
  post(url, "live-tickets", token, { documents: rooms.map((room) => docIdOf(room, FACET)) });

/**
 * What a client does that knows which documents it opens: it asks for the tickets of as many as one request may name, when it
 * comes to the first of them. Their bytes count with that first one.
 */
export function openTicketBook(
  url: string,
  token: string,
  rooms: readonly string[],
): (room: string) => Promise<Ticket> {
  const pageOf = new Map(rooms.map((room, index) => [room, Math.floor(index / limits.ticketsAtOnce)]));
  const pages = new Map<number, Promise<ReadonlyMap<string, string>>>();

  async function ask(page: number): Promise<{ tickets: ReadonlyMap<string, string>; bytes: number }> {
    const asked = rooms.slice(page * limits.ticketsAtOnce, (page + 1) * limits.ticketsAtOnce);
    const { tickets, bytes } = await fetchLiveTickets(url, token, asked);
    return { tickets: new Map(asked.map((room, index) => [room, tickets[index] ?? ""])), bytes };
  }

  return async (room) => {
    const page = pageOf.get(room);
    if (page === undefined) return fetchTicket(url, token);
    pageOf.delete(room);
    const known = pages.get(page);
    if (known !== undefined) return { ticket: (await known).get(room) ?? "", bytes: 0 };
    const asking = ask(page);
    pages.set(
      page,
      asking.then(({ tickets }) => tickets),
    );
    const { tickets, bytes } = await asking;
    return { ticket: tickets.get(room) ?? "", bytes };
  };
}
