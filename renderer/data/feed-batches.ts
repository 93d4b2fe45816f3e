// Batches of the feed into the database, wherever that is done: in the page for a few changes, in a worker for a catch-up.

import { decodeBatchEntries, type RelayFrame } from "#shared/protocol/frames.ts";
import { applyEntries, prepareNew, type Prepared, type RemoteEntry } from "./apply-remote.ts";
import { inflateRaw } from "./inflate.ts";
import type { Replica } from "./replica.ts";

export type BatchFrame = Extract<RelayFrame, { kind: "batch" | "deflatedBatch" }>;

export const isBatch = (frame: RelayFrame | undefined): frame is BatchFrame =>
  frame?.kind === "batch" || frame?.kind === "deflatedBatch";

type ReadBatches = { readonly entries: readonly RemoteEntry[]; readonly cursors: ReadonlyMap<string, number> };

export async function readBatches(frames: readonly BatchFrame[]): Promise<ReadBatches> {
  const entries: RemoteEntry[] = [];
  const cursors = new Map<string, number>();
  for (const frame of frames) {
    const { space } = frame;
    for (const entry of await entriesOf(frame)) {
      entries.push({ ...entry, space });
      cursors.set(space, Math.max(cursors.get(space) ?? 0, entry.seq));
    }
  }
  return { entries, cursors };
}

async function entriesOf(frame: BatchFrame): ReturnType<typeof readEntries> {
  return frame.kind === "batch" ? frame.entries : readEntries(frame.payload);
}

async function readEntries(payload: Uint8Array): Promise<Extract<BatchFrame, { kind: "batch" }>["entries"]> {
  const decoded = decodeBatchEntries(await inflateRaw(payload));
  if (!decoded.ok) throw new Error(`The relay sent an unreadable batch: ${decoded.error.message}`);
  return decoded.value;
}

export type BatchWriter = {
  /** Resolves with the number of entries when they are on this device. Calls are written in their order. */
  write(frames: readonly BatchFrame[]): Promise<number>;
  close(): void;
};

/** `ahead`: works out the next batches, as if their records were new, while the ones before are being written. */
export function createBatchWriter(replica: Replica, { ahead }: { readonly ahead: boolean }): BatchWriter {
  let reading: Promise<unknown> = Promise.resolve();
  let writing: Promise<unknown> = Promise.resolve();

  async function write(frames: readonly BatchFrame[]): Promise<number> {
    const read = reading.then(async (): Promise<[ReadBatches, Prepared | undefined]> => {
      const batches = await readBatches(frames);
      return [batches, ahead ? await prepareNew(replica, batches.entries) : undefined];
    });
    reading = read.catch(() => undefined);
    const written = writing.then(async () => {
      const [{ entries, cursors }, prepared] = await read;
      await applyEntries(replica, entries, cursors, prepared);
      return entries.length;
    });
    // After one that failed nothing may be written: its cursor would skip what is missing.
    writing = written;
    written.catch(() => undefined);
    return written;
  }

  return { write, close: () => undefined };
}
