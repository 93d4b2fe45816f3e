// Frames of the relay, in order, into the database. Batches that pile up while one is written go into one transaction;
// an ack is worked off after the batches before it (rule W1), so the cursor may follow it.

import { refusalCodes } from "#shared/protocol/close-codes.ts";
import type { Ack, RelayFrame } from "#shared/protocol/frames.ts";
import { headsReady } from "./announced-heads.ts";
import { applyEntries, type RemoteEntry } from "./apply-remote.ts";
import { confirmRows, dropPlaced, refuseRow } from "./outbox.ts";
import { openCatchUpWriter } from "./catch-up-writer.ts";
import { createBatchWriter, isBatch, type BatchFrame, type BatchWriter } from "./feed-batches.ts";
import type { FeedOutbox } from "./feed-outbox.ts";
import { applyWelcome, dropSettledOffers, isRolledBack, offerAgain, readLogId } from "./feed-welcome.ts";
import { moveCursor } from "./held-record.ts";
import { findDoc } from "./record-rows.ts";
import { isMisplaced, rehomeWaiting } from "./rehome.ts";
import { writing, type Replica } from "./replica.ts";

/** Batches of the relay hold some hundred entries each. */
const BATCHES_PER_WRITE = 2;
/** So many entries to come are worth a worker. */
const MANY_ENTRIES = 10_000;
/** Writes under way in the worker: one being written, one being worked out, one on its way. */
const WRITES_AHEAD = 3;

export type InboxEvents = {
  /** A catch-up of a space was announced with so many entries. */
  readonly announced: (entries: number) => void;
  readonly applied: (entries: number) => void;
  readonly spacesKnown: (spaces: readonly string[]) => void;
  readonly spaceReady: (space: string) => void;
  /** Before a space counts as in step; false when there was no answer. */
  readonly handBack: (space: string) => Promise<boolean>;
  readonly mustReconnect: () => void;
  readonly failed: (error: unknown) => void;
};

export type FeedInbox = {
  push(frame: RelayFrame): void;
  /** Forgets what was not written yet: the next connection sends it again. Resolves when nothing is being written. */
  close(): Promise<void>;
};

export function openFeedInbox(replica: Replica, outbox: FeedOutbox, events: InboxEvents): FeedInbox {
  let queue: RelayFrame[] = [];
  const state = { isClosed: false };
  const here = createBatchWriter(replica, { ahead: false });
  let worker: BatchWriter | undefined;
  /** Entries of the catch-ups that are under way, by space. */
  const toCome = new Map<string, number>();
  let ahead: Promise<void>[] = [];
  const ready = new Set<string>();
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (!state.isClosed && queue.length + ahead.length > 0) {
      const next = queue.shift();
      if (next === undefined) await settle(ahead.length - 1);
      else if (isBatch(next)) await takeBatches(next);
      else {
        await settle(0);
        if (!state.isClosed) await take(next);
      }
    }
    await settle(0);
    if (toCome.size === 0) closeWorker();
  }

  function writerNow(): BatchWriter {
    const entries = [...toCome.values()].reduce((total, some) => total + some, 0);
    if (entries >= MANY_ENTRIES && typeof Worker !== "undefined") worker ??= openCatchUpWriter(replica);
    return worker ?? here;
  }

  function closeWorker(): void {
    worker?.close();
    worker = undefined;
  }

  /** Waits until so many writes are left under way. A failed one is told here. */
  async function settle(most: number): Promise<void> {
    while (ahead.length > most) await ahead.shift();
  }

  async function takeBatches(first: BatchFrame): Promise<void> {
    const frames = [first];
    for (let next = queue[0]; isBatch(next) && frames.length < BATCHES_PER_WRITE; next = queue[0]) {
      frames.push(next);
      queue.shift();
    }
    const writer = writerNow();
    const written = writer.write(frames).then(events.applied);
    // Told by settle.
    written.catch(() => undefined);
    ahead.push(written);
    await settle(writer === here ? 0 : WRITES_AHEAD - 1);
  }

  async function take(frame: Exclude<RelayFrame, BatchFrame>): Promise<void> {
    switch (frame.kind) {
      case "placed": {
        const { space, isLinked } = frame;
        await applyEntries(
          replica,
          frame.entries.map((entry) => ({ ...entry, space, isLinked })),
          new Map(),
        );
        return events.applied(frame.entries.length);
      }
      case "welcome":
        if ((await applyWelcome(replica, frame)) === "reconnect") return events.mustReconnect();
        for (const space of ready) if (!frame.spaces.some((one) => one.id === space)) ready.delete(space);
        await rehomeWaiting(replica, ready);
        await outbox.sendLate();
        return events.spacesKnown(frame.spaces.map((space) => space.id));
      case "catchUp":
        toCome.set(frame.space, frame.entries);
        return events.announced(frame.entries);
      case "upToDate":
        toCome.delete(frame.space);
        if (await isRolledBack(replica, frame.space, frame.seq)) {
          await offerAgain(replica, await readLogId(replica.database));
          return events.mustReconnect();
        }
        if (!(await events.handBack(frame.space))) return events.mustReconnect();
        await writing(replica, async () => {
          await moveCursor(replica.database, frame.space, frame.seq);
          await headsReady(replica.database, frame.space);
        });
        await dropSettledOffers(replica, frame.space);
        ready.add(frame.space);
        await rehomeWaiting(replica, ready);
        return events.spaceReady(frame.space);
      case "removed":
        await dropPlaced(replica, frame.space, frame.docIds);
        return outbox.sendLate();
      case "ack":
        return takeAcks(frame.acks);
      case "refused":
        if (await outbox.lateAnswered(frame.n)) return undefined;
        if (frame.code === refusalCodes.damaged || frame.code === refusalCodes.early) return outbox.putOff(frame.n);
        if (frame.code !== refusalCodes.moved || !(await isWaitingElsewhere(replica, frame.n)))
          await refuseRow(replica, frame.n, { code: frame.code, reason: frame.reason });
        return outbox.answered([frame.n]);
      case "ping":
      case "pong":
        return undefined;
    }
  }

  async function takeAcks(first: readonly Ack[]): Promise<void> {
    const acks = [...first];
    for (let next = queue[0]; next?.kind === "ack"; next = queue[0]) {
      acks.push(...next.acks);
      queue.shift();
    }
    const unknown = new Set(await confirmRows(replica, acks));
    // Discarded here after it had left: the relay has it, so it is part of the record again.
    const returned = acks.flatMap((ack): RemoteEntry[] => {
      const sent = unknown.has(ack.n) ? outbox.inFlight(ack.n) : undefined;
      return sent === undefined ? [] : [{ ...ack, docId: sent.docId, bytes: sent.bytes, space: sent.space }];
    });
    if (returned.length > 0) await applyEntries(replica, returned, new Map());
    outbox.answered(acks.map((ack) => ack.n));
  }

  return {
    push: (frame) => {
      if (state.isClosed) return;
      queue.push(frame);
      working ??= work()
        .catch(events.failed)
        .finally(() => {
          working = undefined;
        });
    },
    close: async () => {
      state.isClosed = true;
      queue = [];
      await working;
      closeWorker();
    },
  };
}

/** Pushed before this device heard that the field moved: it is not refused, it goes where the field lies now (rule W10). */
async function isWaitingElsewhere({ database, policy }: Replica, key: number): Promise<boolean> {
  const row = await database.updates.get(key);
  const doc = row === undefined ? undefined : await findDoc(database, row.docId);
  return row !== undefined && doc !== undefined && isMisplaced(row, doc, await policy());
}
