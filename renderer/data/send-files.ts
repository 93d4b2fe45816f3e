// Brings the bytes of files to the relay, one after the other, once it has their records; tries again until it is there.

import { liveQuery } from "dexie";
import type { Database } from "./database.ts";
import { filesToSend } from "./file-reads.ts";
import type { RelayHttp } from "./relay-http.ts";

const RETRY_MS = 15_000;

type Deps = { readonly http: RelayHttp; readonly token: () => string | undefined };

export type FileSender = { again(): void; close(): void };

export function sendFiles(database: Database, { http, token }: Deps, onProblem: (error: unknown) => void): FileSender {
  let closed = false;
  let running = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** False when the relay cannot be reached. */
  async function send(id: string): Promise<boolean> {
    const row = await database.files.get(id);
    if (row === undefined || closed) return true;
    const sent = await http.upload(`/files/${encodeURIComponent(id)}`, row.bytes, token());
    if (!sent.ok && sent.error.type !== "Refused") return false;
    await database.files.put({
      id,
      bytes: row.bytes,
      ...(sent.ok ? {} : { problem: sent.error.message }),
    });
    return true;
  }

  async function run(): Promise<void> {
    if (running || closed) return;
    running = true;
    clearTimeout(timer);
    try {
      for (const { id } of await filesToSend(database))
        if (!(await send(id))) {
          if (!closed) timer = setTimeout(() => void run(), RETRY_MS);
          break;
        }
    } catch (error) {
      if (!closed) onProblem(error);
    } finally {
      running = false;
    }
  }

  const subscription = liveQuery(async () => (await filesToSend(database)).length).subscribe({
    next: () => void run(),
    error: (error: unknown) => {
      if (!closed) onProblem(error);
    },
  });

  return {
    again: () => void run(),
    close: () => {
      closed = true;
      clearTimeout(timer);
      subscription.unsubscribe();
    },
  };
}
