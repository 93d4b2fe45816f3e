// Pushes what waits: a window of updates in flight, one per document, so that a refused update never has a successor
// under way. What is in flight is known by bytes too: an ack may come for a row that was discarded meanwhile.

import { limits, onePush } from "#shared/protocol/limits.ts";
import { refusalCodes, refusalSentences } from "#shared/protocol/close-codes.ts";
import { fitsInOne } from "#shared/doc/split-update.ts";
import { isSealedType } from "#shared/doc/sealed-document.ts";
import type { ClientFrame } from "#shared/protocol/frames.ts";
import type { UpdateRow } from "./database.ts";
import type { HeldDocuments } from "./document-store.ts";
import { refuseRow, splitRow } from "./outbox.ts";
import { findDocs, type DocRow } from "./record-rows.ts";
import { isMisplaced } from "./rehome.ts";
import type { Replica } from "./replica.ts";

const WINDOW = 64;
const PAGE = 256;
/** How long the feed leaves an update of an open document to the live connection. */
const HOLD_MS = 3_000;
/** Until what was put off is tried again. */
const PUT_OFF_MS = 20_000;

type Sent = { readonly docId: string; readonly bytes: Uint8Array; readonly space: string; readonly sentAt: number };

export type FeedOutbox = {
  /** Looks for rows to push, now or right after the look that is going on. */
  pump(): void;
  inFlight(n: number): Sent | undefined;
  answered(keys: readonly number[]): void;
  /** The relay cannot take anything for this document now: it waits for a while (rules W8 and W13). */
  putOff(n: number): void;
  spacesKnown(spaces: readonly string[]): void;
  spaceReady(space: string): void;
  /** When the oldest unanswered push went out (ms); undefined when none is. */
  waitingSince(): number | undefined;
  /** Offers what came too late for the relay to take: it keeps it for whoever decides (rule W12). */
  sendLate(): Promise<void>;
  /** True when the answer was for such an offer. */
  lateAnswered(n: number): Promise<boolean>;
  close(): void;
};

/** Push numbers of late offers lie beyond every number of the outbox. */
const LATE = 2 ** 40;

export function openFeedOutbox(
  replica: Replica,
  held: HeldDocuments,
  send: (frame: ClientFrame) => void,
  failed: (error: unknown) => void,
): FeedOutbox {
  const sent = new Map<number, Sent>();
  const putOff = new Set<string>();
  const known = new Set<string>();
  const ready = new Set<string>();
  let looking: Promise<void> | undefined;
  let again = false;
  const state = { isClosed: false };
  let later: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const stopListening = replica.importing.subscribe(() => pump());

  function pump(): void {
    if (state.isClosed || known.size === 0 || replica.importing.get()) return;
    if (looking !== undefined) {
      again = true;
      return;
    }
    looking = look()
      .catch(failed)
      .finally(() => {
        looking = undefined;
        if (again) {
          again = false;
          pump();
        }
      });
  }

  async function look(): Promise<void> {
    const busy = new Set([...putOff, ...[...sent.values()].map((one) => one.docId)]);
    const hasKey = (await replica.database.keys.toArray()).some((key) => key.registered === 1);
    const policy = await replica.policy();
    for (let offset = 0; sent.size < WINDOW && !state.isClosed; offset += PAGE) {
      const rows = await replica.database.updates.offset(offset).limit(PAGE).toArray();
      const wanted = rows.filter((row) => !sent.has(row.key) && !busy.has(row.docId));
      const docs = await findDocs(
        replica.database,
        wanted.map((row) => row.docId),
      );
      for (const row of wanted) {
        if (sent.size >= WINDOW || state.isClosed) return;
        const doc = docs.get(row.docId);
        if (busy.has(row.docId) || doc === undefined) continue;
        busy.add(row.docId);
        // What was signed goes once the relay knows the key it was signed with.
        if ((hasKey || !isSealedType(doc.type)) && mayGo(row, doc) && !isMisplaced(row, doc, policy))
          await push(row, doc);
      }
      if (rows.length < PAGE) return;
    }
  }

  function mayGo(row: UpdateRow, doc: DocRow): boolean {
    // The relay makes a project's space from the project's own document: everything else of the space waits for that.
    if (!ready.has(doc.space) && (known.has(doc.space) || row.recordId !== doc.space)) return false;
    const age = row.at === undefined ? HOLD_MS : replica.now().getTime() - Date.parse(row.at);
    if (!held.isHeld(row.docId) || age >= HOLD_MS || age < 0) return true;
    clearTimeout(later);
    later = setTimeout(pump, HOLD_MS / 2);
    return false;
  }

  async function push(row: UpdateRow, doc: DocRow): Promise<void> {
    if (!fitsInOne(row.bytes, onePush)) {
      // Larger than a frame may be, it would cost the connection.
      if (await splitRow(replica, row)) {
        again = true;
        return;
      }
      // The relay's answer is known.
      await refuseRow(replica, row.key, {
        code: refusalCodes.tooLarge,
        reason: refusalSentences[refusalCodes.tooLarge],
      });
      return;
    }
    const { docId, space, type, recordId, facet } = doc;
    sent.set(row.key, { docId, bytes: row.bytes, space, sentAt: Date.now() });
    // A document that came through a link exists at its home already; this device does not know which that is.
    const meta = doc.snapshot === undefined && doc.linked !== 1 ? { meta: { space, type, recordId, facet } } : {};
    send({ kind: "push", n: row.key, docId, ...meta, bytes: row.bytes });
  }

  return {
    async sendLate() {
      const late = await replica.database.refused.filter((row) => row.late === 1).toArray();
      for (const { id, docId, recordId, bytes, type, space, isNew } of late) {
        if (bytes.length > limits.updateBytes) continue;
        const facet = docId.slice(recordId.length + 1);
        const isUnknown = isNew === 1 && type !== undefined && space !== undefined;
        const meta = isUnknown ? { meta: { space, type, recordId, facet } } : {};
        send({ kind: "push", n: LATE + id, docId, ...meta, bytes });
      }
    },
    async lateAnswered(n) {
      if (n < LATE) return false;
      await replica.database.refused
        .where("id")
        .equals(n - LATE)
        .modify((row) => {
          delete (row as { late?: 1 }).late;
        });
      return true;
    },
    pump,
    inFlight: (n) => sent.get(n),
    answered: (keys) => {
      for (const key of keys) sent.delete(key);
      pump();
    },
    putOff: (n) => {
      const docId = sent.get(n)?.docId;
      sent.delete(n);
      if (docId !== undefined) putOff.add(docId);
      retry ??= setTimeout(() => {
        retry = undefined;
        putOff.clear();
        pump();
      }, PUT_OFF_MS);
      pump();
    },
    spacesKnown: (spaces) => {
      known.clear();
      for (const space of spaces) known.add(space);
      for (const space of ready) if (!known.has(space)) ready.delete(space);
      pump();
    },
    spaceReady: (space) => {
      ready.add(space);
      pump();
    },
    waitingSince: () => sent.values().next().value?.sentAt,
    close: () => {
      state.isClosed = true;
      clearTimeout(later);
      clearTimeout(retry);
      stopListening();
    },
  };
}
