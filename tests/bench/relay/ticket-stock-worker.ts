// The thread behind ticket-stock.ts: as many tickets as were ordered, a few requests at a time, tried again while the relay
// is not up yet.

import { setTimeout as sleep } from "node:timers/promises";
import { workerData, type MessagePort } from "node:worker_threads";
import { fetchTicket } from "./tickets.ts";
import type { StockedTicket, StockOrder } from "./ticket-stock.ts";

const AT_ONCE = 4;
const RETRY_MS = 100;

const { port } = workerData as { port: MessagePort };
let wanted = 0;
let running = 0;

async function work({ url, token }: StockOrder): Promise<void> {
  running += 1;
  while (wanted > 0) {
    wanted -= 1;
    try {
      const { ticket } = await fetchTicket(url, token);
      port.postMessage({ url, ticket, at: Date.now() } satisfies StockedTicket);
    } catch {
      // Not started yet, or already ended.
      wanted += 1;
      await sleep(RETRY_MS);
    }
  }
  running -= 1;
}

port.on("message", (order: StockOrder) => {
  wanted += order.count;
  while (running < AT_ONCE && running < wanted) void work(order);
});
