// The page's end of the import worker: the same desk, every answer by message.

import type { ImportDesk } from "./import-desk.ts";
import type { DeskReply, DeskRequest } from "./import-worker.ts";

export type RemoteDesk = ImportDesk & { close(): void };

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (reason: Error) => void };

export function openRemoteDesk(onProgress: (done: number, total: number) => void): RemoteDesk {
  const worker = new Worker(new URL("./import-worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, Waiting>();
  let count = 0;

  const rejectAll = (message: string): void => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  worker.addEventListener("message", ({ data }: MessageEvent<DeskReply>) => {
    if ("progress" in data) {
      onProgress(...data.progress);
      return;
    }
    const one = waiting.get(data.n);
    waiting.delete(data.n);
    if ("failure" in data) one?.reject(new Error(data.failure));
    else one?.resolve(data.value);
  });
  worker.addEventListener("error", (event) => rejectAll(event.message));

  const ask =
    <Method extends keyof ImportDesk>(method: Method) =>
    (...args: Parameters<ImportDesk[Method]>): ReturnType<ImportDesk[Method]> => {
      const n = (count += 1);
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(n, { resolve, reject }));
      const request: DeskRequest = { n, method, args };
      worker.postMessage(request, { transfer: [] });
      return answer as ReturnType<ImportDesk[Method]>;
    };

  return {
    read: ask("read"),
    suggest: ask("suggest"),
    inspect: ask("inspect"),
    know: ask("know"),
    plan: ask("plan"),
    cancel: ask("cancel"),
    fix: ask("fix"),
    leaveOut: ask("leaveOut"),
    choose: ask("choose"),
    creates: ask("creates"),
    duplicates: ask("duplicates"),
    errors: ask("errors"),
    merge: ask("merge"),
    errorCsv: ask("errorCsv"),
    takeCompanies: ask("takeCompanies"),
    takeCreates: ask("takeCreates"),
    takeFills: ask("takeFills"),
    close: () => {
      worker.terminate();
      rejectAll("closed");
    },
  };
}
