// Frames of the relay, in order, into the database. Batches that pile up while one is written go into one transaction;
// an ack is worked off after the batches before it (rule W1), so the cursor may follow it.

import { decodeBatchEntries, type Ack, type RelayFrame } from "#shared/protocol/frames.ts";
import { headsReady } from "./announced-heads.ts";
import { applyEntries, type RemoteEntry } from "./apply-remote.ts";
import { confirmRows, dropPlaced, refuseRow } from "./outbox.ts";
import type { FeedOutbox } from "./feed-outbox.ts";
import { applyWelcome, dropSettledOffers, isRolledBack, offerAgain, readLogId } from "./feed-welcome.ts";
import { inflateRaw } from "./inflate.ts";
import { moveCursor } from "./held-record.ts";
import { writing, type Replica } from "./replica.ts";

const ENTRIES_PER_WRITE = 1_000;

export type InboxEvents = {
  /** A catch-up of a space was announced with so many entries. */
  readonly announced: (entries: number) => void;
  readonly applied: (entries: number) => void;
  readonly spacesKnown: (spaces: readonly string[]) => void;
  readonly spaceReady: (space: string) => void;
  readonly mustReconnect: () => void;
  readonly failed: (error: unknown) => void;
};

export type FeedInbox = {
  push(frame: RelayFrame): void;
  /** Forgets what was not written yet: the next connection sends it again. Resolves when nothing is being written. */
  close(): Promise<void>;
};

type BatchFrame = Extract<RelayFrame, { kind: "batch" | "deflatedBatch" }>;

const isBatch = (frame: RelayFrame | undefined): frame is BatchFrame =>
  frame?.kind === "batch" || frame?.kind === "deflatedBatch";

export function openFeedInbox(replica: Replica, outbox: FeedOutbox, events: InboxEvents): FeedInbox {
  let queue: RelayFrame[] = [];
  const state = { isClosed: false };
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let next = queue.shift(); next !== undefined && !state.isClosed; next = queue.shift()) {
      if (isBatch(next)) await takeBatches(next);
      else await take(next);
    }
  }

  async function takeBatches(first: BatchFrame): Promise<void> {
    const entries: RemoteEntry[] = [];
    const cursors = new Map<string, number>();
    let frame: BatchFrame | undefined = first;
    while (frame !== undefined) {
      const { space } = frame;
      for (const entry of await entriesOf(frame)) {
        entries.push({ ...entry, space });
        cursors.set(space, Math.max(cursors.get(space) ?? 0, entry.seq));
      }
      const next: RelayFrame | undefined = queue[0];
      frame = entries.length < ENTRIES_PER_WRITE && isBatch(next) ? next : undefined;
      if (frame !== undefined) queue.shift();
    }
    if (state.isClosed) return;
    await applyEntries(replica, entries, cursors);
    events.applied(entries.length);
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
        return events.spacesKnown(frame.spaces.map((space) => space.id));
      case "catchUp":
        return events.announced(frame.entries);
      case "upToDate":
        if (await isRolledBack(replica, frame.space, frame.seq)) {
          await offerAgain(replica, await readLogId(replica.database));
          return events.mustReconnect();
        }
        await writing(replica, async () => {
          await moveCursor(replica.database, frame.space, frame.seq);
          await headsReady(replica.database, frame.space);
        });
        await dropSettledOffers(replica, frame.space);
        return events.spaceReady(frame.space);
      case "removed":
        return dropPlaced(replica, frame.space, frame.docIds);
      case "ack":
        return takeAcks(frame.acks);
      case "refused":
        await refuseRow(replica, frame.n, frame);
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
    },
  };
}

async function entriesOf(
  frame: BatchFrame,
): Promise<readonly { seq: number; docId: string; at: number; bytes: Uint8Array }[]> {
  if (frame.kind === "batch") return frame.entries;
  const decoded = decodeBatchEntries(await inflateRaw(frame.payload));
  if (!decoded.ok) throw new Error(`The relay sent an unreadable batch: ${decoded.error.message}`);
  return decoded.value;
}
