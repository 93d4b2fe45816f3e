// Keystrokes of an open document onto this device: joined for a moment, saved as outbox rows, and confirmed when the relay
// echoes them. What is never echoed stays in the outbox, and the feed pushes it.

import { Dexie } from "dexie";
import { joinUpdates } from "#shared/doc/update-bytes.ts";
import { coverageOf, isCommittedBy, type Coverage } from "./live-coverage.ts";
import type { DocumentStore } from "./document-store.ts";
import type { UnsavedKeeper } from "./unsaved.ts";

/** With the write itself this keeps "typed" to "saved on this device" below 50 ms. */
const JOIN_MS = 20;
const RETRY_MS = 2_000;

type Part = { readonly bytes: Uint8Array; committed: boolean };
type Batch = { key?: number; readonly parts: readonly Part[] };

export type Saving = {
  readonly add: (update: Uint8Array) => void;
  /** The relay has these bytes on disk (rule V3). */
  readonly committed: (update: Uint8Array) => void;
  /** Saves what waits, now. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export function createSaving(
  docId: string,
  store: Pick<DocumentStore, "saveLocal" | "confirm">,
  unsaved: Pick<UnsavedKeeper, "begin">,
  retryMs = RETRY_MS,
): Saving {
  let waiting: Part[] = [];
  let batches: Batch[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> = Promise.resolve();
  /** While there are words that are not on the disk. */
  let endUnsaved: (() => void) | undefined;

  function schedule(delay: number): void {
    timer ??= setTimeout(() => void flush(), delay);
  }

  async function save(): Promise<void> {
    if (waiting.length === 0) return;
    const batch: Batch = { parts: waiting };
    waiting = [];
    batches.push(batch);
    try {
      batch.key = await store.saveLocal(docId, joinUpdates(batch.parts.map((part) => part.bytes)));
    } catch (error) {
      // The device is full or busy: the words are still here, and the next try takes them along.
      batches = batches.filter((one) => one !== batch);
      waiting = [...batch.parts, ...waiting];
      // Tried again after the document was closed too: nobody else has these words. At sign-out the database is gone.
      if (error instanceof Dexie.DatabaseClosedError) saidSaved();
      else schedule(retryMs);
      return;
    }
    if (waiting.length === 0) saidSaved();
    await settle();
  }

  function saidSaved(): void {
    endUnsaved?.();
    endUnsaved = undefined;
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running = running.then(save);
    return running;
  }

  async function settle(): Promise<void> {
    const done = batches.filter((batch) => batch.key !== undefined && batch.parts.every((part) => part.committed));
    if (done.length === 0) return;
    batches = batches.filter((batch) => !done.includes(batch));
    try {
      await store.confirm(done.flatMap((batch) => batch.key ?? []));
    } catch {
      // They stay in the outbox: the feed pushes them again, which changes nothing (rule W2).
    }
  }

  function committed(update: Uint8Array): void {
    let decoded: { readonly coverage: Coverage | undefined } | undefined;
    const coverage = (): Coverage | undefined => (decoded ??= { coverage: coverageOf(update) }).coverage;
    let news = false;
    for (const part of [...batches.flatMap((batch) => batch.parts), ...waiting]) {
      if (part.committed || !isCommittedBy(update, coverage, part.bytes)) continue;
      part.committed = true;
      news = true;
    }
    if (news) void settle();
  }

  return {
    add: (update) => {
      waiting.push({ bytes: update, committed: false });
      endUnsaved ??= unsaved.begin();
      schedule(JOIN_MS);
    },
    committed,
    flush,
    close: flush,
  };
}
