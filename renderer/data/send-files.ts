// Brings the bytes of files to the relay, one after the other, once it has their records; tries again until it is there.

import { liveQuery } from "dexie";
import type { Database } from "./database.ts";
import { filesToSend } from "./file-reads.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";

const RETRY_MS = 15_000;
const stopped: HttpError = { type: "Unreachable", message: "The app was closed." };

type Deps = { readonly http: RelayHttp; readonly token: () => string | undefined };

export type FileSender = { again(): void; close(): void };

export function sendFiles(database: Database, { http, token }: Deps, onProblem: (error: unknown) => void): FileSender {
  let closed = false;
  let running = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Part by part, from where the last try stopped. */
  async function bring(path: string, bytes: Uint8Array): Promise<Result<void, HttpError>> {
    const known = await http.call<{ readonly brought: number }>("GET", `${path}/upload`, { token: token() });
    if (!known.ok) return known;
    let { brought } = known.value;
    // A file of no bytes is brought by a part of none.
    for (let first = true; brought < bytes.length || (first && bytes.length === 0); first = false) {
      const part = bytes.subarray(brought, brought + limits.filePartBytes);
      const sent = await http.upload(bytes.length === 0 ? path : `${path}?from=${brought}`, part, token());
      if (!sent.ok) return sent;
      ({ value: brought } = sent);
      if (closed) return err(stopped);
    }
    return ok(undefined);
  }

  /** False when the relay cannot be reached. */
  async function send(id: string): Promise<boolean> {
    const row = await database.files.get(id);
    if (row === undefined || closed) return true;
    const sent = await bring(`/files/${encodeURIComponent(id)}`, row.bytes);
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
