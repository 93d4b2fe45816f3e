// Which sequence numbers belong to which document and space, in memory: the log table has no index but its own order, so
// that a commit which touches a thousand documents costs no more than one that touches a single one.

import type { DocumentRow, Wanted } from "./storage.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";

/** A document, and the updates of it that no snapshot covers yet. */
export type IndexedDocument = DocumentMeta & {
  readonly docId: string;
  readonly number: number;
  snapshotSeq: number;
  snapshotBytes: number;
  /** Sequence numbers after the snapshot, ascending, and the size of each update. */
  tail: number[];
  tailSizes: number[];
  /** Of all of them. */
  tailBytes: number;
  /** All of it was read since the start and is what was written. */
  isChecked: boolean;
};

/** Of every document without updates. It stays empty: the first update brings lists of its own. */
export const noTail: number[] = [];

/** The number before a place of the tail, as the chain of checksums has it. */
export const previousOf = (document: IndexedDocument, position: number): number =>
  document.tail[position - 1] ?? document.snapshotSeq;

/** Where an update stands in the tail; undefined when it was folded. */
export function placeInTail({ tail }: IndexedDocument, seq: number): number | undefined {
  const position = positionAfter(tail.length, (index) => tail[index] ?? 0, seq - 1);
  return tail[position] === seq ? position : undefined;
}

/** How many updates of the tail there are up to a number. */
export const tailUpTo = ({ tail }: IndexedDocument, seq: number): number =>
  positionAfter(tail.length, (index) => tail[index] ?? 0, seq);

export type IndexedEntry = { readonly seq: number; readonly document: IndexedDocument; readonly isSnapshot: boolean };

type IndexedSpace = { seqs: number[]; documents: IndexedDocument[]; snapshots: IndexedDocument[]; isSorted: boolean };

/** First position whose value lies beyond `seq`. */
function positionAfter(length: number, valueAt: (index: number) => number, seq: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) > seq) high = middle;
    else low = middle + 1;
  }
  return low;
}

export type LogIndex = {
  find(docId: string): IndexedDocument | undefined;
  /** Looks through all of them. */
  withNumber(number: number): IndexedDocument | undefined;
  rows(wanted?: Wanted): Iterable<DocumentRow>;
  add(document: IndexedDocument): void;
  /** Forgets documents; what is read next knows nothing of them. */
  remove(docIds: ReadonlySet<string>): void;
  appended(document: IndexedDocument, seq: number, bytes: number): void;
  folded(document: IndexedDocument, seq: number, bytes: number): void;
  /** The next entries of a space beyond `seq`, ascending, at most `limit`. */
  entriesAfter(space: string, seq: number, limit: number, wanted?: Wanted): IndexedEntry[];
};

const noSpace: IndexedSpace = { seqs: [], documents: [], snapshots: [], isSorted: true };

export function rowOf(document: IndexedDocument): DocumentRow {
  const { docId, space, type, recordId, facet, snapshotSeq, snapshotBytes, tail, tailBytes } = document;
  const lastSeq = tail.at(-1) ?? snapshotSeq;
  const tailUpdates = tail.length;
  return { docId, space, type, recordId, facet, lastSeq, snapshotSeq, snapshotBytes, tailBytes, tailUpdates };
}

export function createLogIndex(): LogIndex {
  const documents = new Map<string, IndexedDocument>();
  const spaces = new Map<string, IndexedSpace>();

  function spaceOf(id: string): IndexedSpace {
    let space = spaces.get(id);
    if (space === undefined) spaces.set(id, (space = { seqs: [], documents: [], snapshots: [], isSorted: true }));
    return space;
  }

  function addSnapshot(document: IndexedDocument): void {
    const space = spaceOf(document.space);
    space.snapshots.push(document);
    space.isSorted = false;
  }

  function dropFolded(space: IndexedSpace): void {
    let kept = 0;
    for (const [index, document] of space.documents.entries()) {
      const seq = space.seqs[index] ?? 0;
      if (seq <= document.snapshotSeq) continue;
      space.seqs[kept] = seq;
      space.documents[kept] = document;
      kept += 1;
    }
    space.seqs.length = kept;
    space.documents.length = kept;
  }

  /** Puts a space in order after a round of folding, when somebody reads it. */
  function sortSnapshots(space: IndexedSpace): readonly IndexedDocument[] {
    if (!space.isSorted) {
      space.snapshots.sort((left, right) => left.snapshotSeq - right.snapshotSeq);
      dropFolded(space);
      space.isSorted = true;
    }
    return space.snapshots;
  }

  return {
    find: (docId) => documents.get(docId),
    withNumber: (number) => [...documents.values()].find((document) => document.number === number),
    *rows(wanted) {
      for (const document of documents.values()) if (wanted === undefined || wanted(document)) yield rowOf(document);
    },
    add(document) {
      documents.set(document.docId, document);
      if (document.snapshotSeq > 0) addSnapshot(document);
    },
    remove(docIds) {
      for (const docId of docIds) documents.delete(docId);
      for (const space of spaces.values()) {
        space.snapshots = space.snapshots.filter((document) => !docIds.has(document.docId));
        const kept = space.documents.map((document) => !docIds.has(document.docId));
        space.seqs = space.seqs.filter((_seq, index) => kept[index]);
        space.documents = space.documents.filter((_document, index) => kept[index]);
      }
    },
    appended(document, seq, bytes) {
      if (document.tail.length === 0) {
        // Most have one: an empty list that grows takes room for sixteen more.
        document.tail = [seq];
        document.tailSizes = [bytes];
      } else {
        document.tail.push(seq);
        document.tailSizes.push(bytes);
      }
      document.tailBytes += bytes;
      const space = spaceOf(document.space);
      space.seqs.push(seq);
      space.documents.push(document);
    },
    folded(document, seq, bytes) {
      if (document.snapshotSeq === 0) addSnapshot(document);
      else spaceOf(document.space).isSorted = false;
      document.snapshotSeq = seq;
      document.snapshotBytes = bytes;
      const covered = tailUpTo(document, seq);
      document.tail.splice(0, covered);
      for (const size of document.tailSizes.splice(0, covered)) document.tailBytes -= size;
    },
    entriesAfter(id, seq, limit, wanted) {
      const space = spaces.get(id) ?? noSpace;
      const snapshots = sortSnapshots(space);
      let update = positionAfter(space.seqs.length, (index) => space.seqs[index] ?? 0, seq);
      let snapshot = positionAfter(snapshots.length, (index) => snapshots[index]?.snapshotSeq ?? 0, seq);
      const found: IndexedEntry[] = [];
      while (found.length < limit) {
        const updateSeq = space.seqs[update] ?? Infinity;
        const isSnapshot = (snapshots[snapshot]?.snapshotSeq ?? Infinity) < updateSeq;
        const document = isSnapshot ? snapshots[snapshot++] : space.documents[update++];
        if (document === undefined) break;
        if (wanted === undefined || wanted(document))
          found.push({ seq: isSnapshot ? document.snapshotSeq : updateSeq, document, isSnapshot });
      }
      return found;
    },
  };
}
