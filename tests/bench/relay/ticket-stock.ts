// Tickets that can be taken without waiting, for a driver that has to know its whole address at once. A thread fetches them
// ahead; who finds none waits for the next one.

import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { assert } from "#shared/model/result.ts";

export type StockOrder = { readonly url: string; readonly token: string; readonly count: number };
export type StockedTicket = { readonly url: string; readonly ticket: string; readonly at: number };

const AHEAD = 400;
/** Well under the 60 s that a ticket lives. */
const FRESH_MS = 40_000;
const LONGEST_WAIT_MS = 20_000;
const PAUSE_MS = 2;

export type TicketStock = { take(): string };

export function openTicketStock(url: string, token: string): TicketStock {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./ticket-stock-worker.ts", import.meta.url), {
    workerData: { port: port2 },
    transferList: [port2],
  });
  worker.unref();
  const order = (count: number): void => port1.postMessage({ url, token, count } satisfies StockOrder);
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  order(AHEAD);
  port1.unref();
  return {
    take() {
      const deadline = Date.now() + LONGEST_WAIT_MS;
      while (Date.now() < deadline) {
        const received = receiveMessageOnPort(port1)?.message as StockedTicket | undefined;
        if (received === undefined) {
          Atomics.wait(sleeper, 0, 0, PAUSE_MS);
          continue;
        }
        order(1);
        if (Date.now() - received.at < FRESH_MS) return received.ticket;
      }
      assert(false, "the relay gives no tickets");
    },
  };
}
