// Brings the bytes of files to the relay, one after the other, once it has their records. Each is tried again until it is there
// or the relay has said why it will not take it, which goes to the "Not accepted" tray; none holds up those behind it.

import { liveQuery } from "dexie";
import type { Result } from "#shared/model/result.ts";
import { refusalCodes } from "#shared/protocol/close-codes.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { StoredRecord } from "./database.ts";
import { filesToSend } from "./file-reads.ts";
import { refuseFile } from "./outbox.ts";
import { bytesSettled } from "./record-rows.ts";
import type { RelayHttp, UploadError } from "./relay-http.ts";
import { writing, type Replica } from "./replica.ts";

const RETRY_MS = 15_000;
const RETRY_MOST_MS = 900_000;

type Deps = { readonly http: Pick<RelayHttp, "upload" | "brought">; readonly token: () => string | undefined };

/** `again`: there is a network, or somebody asks: everything is tried at once. */
export type FileSender = { again(): void; close(): void };

type Outcome = "done" | "later" | "noRelay";

export function sendFiles(
  replica: Replica,
  { http, token }: Deps,
  onProblem: (error: unknown) => void,
  retryMs = RETRY_MS,
): FileSender {
  const { database } = replica;
  let closed = false;
  const isOpen = (): boolean => !closed;
  let running = false;
  let askedAgain = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Files that could not be taken: how often, and when they are tried again. */
  const resting = new Map<string, { readonly tries: number; readonly until: number }>();

  /** Part by part, from where the last try stopped. */
  async function bring(path: string, bytes: Uint8Array): Promise<Result<number, UploadError>> {
    let sent = await http.brought(`${path}/upload`, token());
    // A file of no bytes is brought by a part of none.
    if (sent.ok && bytes.length === 0) return http.upload(path, bytes, token());
    while (sent.ok && sent.value < bytes.length && isOpen()) {
      const from: number = sent.value;
      sent = await http.upload(`${path}?from=${from}`, bytes.subarray(from, from + limits.filePartBytes), token());
    }
    return sent;
  }

  async function send(record: StoredRecord): Promise<Outcome> {
    const row = await database.files.get(record.id);
    if (row === undefined) return "done";
    const sent = await bring(`/files/${encodeURIComponent(record.id)}`, row.bytes);
    if (closed) return "noRelay";
    const refused = sent.ok ? undefined : sent.error;
    if (refused?.type === "NotNow") return "later";
    if (refused !== undefined && refused.type !== "Refused") return "noRelay";
    await writing(replica, async () => {
      // It may have left the device meanwhile, and does not come back.
      const held = await database.records.get(record.id);
      if (held === undefined) return;
      if (refused === undefined) await bytesSettled(database, record.id);
      else await refuseFile(replica, held, { code: refusalCodes.forbidden, reason: refused.message });
    });
    return "done";
  }

  function rest(id: string): void {
    const tries = (resting.get(id)?.tries ?? 0) + 1;
    resting.set(id, { tries, until: Date.now() + Math.min(RETRY_MOST_MS, retryMs * 2 ** (tries - 1)) });
  }

  function runIn(delay: number): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void run(), delay);
  }

  /** Sends what is due; answers in how many milliseconds there is more to do. */
  async function sendDue(): Promise<number | undefined> {
    for (;;) {
      const files = await filesToSend(database);
      const next = files.find(({ id }) => (resting.get(id)?.until ?? 0) <= Date.now());
      if (next === undefined || closed) {
        const wakes = files.flatMap(({ id }) => resting.get(id)?.until ?? []);
        return wakes.length === 0 ? undefined : Math.max(0, Math.min(...wakes) - Date.now());
      }
      const outcome = await send(next);
      if (outcome === "noRelay") return retryMs;
      if (outcome === "later") rest(next.id);
      else resting.delete(next.id);
    }
  }

  async function run(): Promise<void> {
    askedAgain = running;
    if (running || closed) return;
    running = true;
    clearTimeout(timer);
    try {
      const delay = await sendDue();
      if (delay !== undefined) runIn(delay);
    } catch (error) {
      if (!closed) onProblem(error);
    } finally {
      running = false;
      if (askedAgain) void run();
    }
  }

  const subscription = liveQuery(async () => (await filesToSend(database)).length).subscribe({
    next: () => void run(),
    error: (error: unknown) => {
      if (!closed) onProblem(error);
    },
  });

  return {
    again: () => {
      resting.clear();
      void run();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      subscription.unsubscribe();
    },
  };
}
