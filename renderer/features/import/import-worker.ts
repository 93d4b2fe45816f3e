// The worker of an import: a desk behind messages. One request at a time has an answer by its number; progress comes
// in between.

import { createImportDesk, type ImportDesk } from "./import-desk.ts";

export type DeskRequest = { readonly n: number; readonly method: keyof ImportDesk; readonly args: readonly unknown[] };

export type DeskReply =
  | { readonly n: number; readonly value: unknown }
  | { readonly n: number; readonly failure: string }
  | { readonly progress: readonly [done: number, total: number] };

const reply = (message: DeskReply): void => self.postMessage(message, { transfer: [] });

const desk = createImportDesk((done, total) => reply({ progress: [done, total] }));

async function answer({ n, method, args }: DeskRequest): Promise<void> {
  // Both sides are built from the same interface (remote-desk.ts calls by its method names only).
  const call = desk[method] as (...given: readonly unknown[]) => Promise<unknown>;
  try {
    reply({ n, value: await call(...args) });
  } catch (problem) {
    reply({ n, failure: problem instanceof Error ? problem.message : "unknown" });
  }
}

self.addEventListener("message", (event: MessageEvent<DeskRequest>) => void answer(event.data));
