// One update as several smaller ones: for what a device has to offer again although it is larger than one push may be.
// Together they say exactly what the one said; each leans only on those before it.

import * as encoding from "lib0/encoding";
import * as Y from "yjs";

type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];
type Encoded = { readonly client: number; readonly clock: number; readonly bytes: Uint8Array };

/** Counts, client and clock before a client's structs, and the counts around them. */
const HEADER_BYTES = 64;

function encodeStruct(struct: Struct): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoding.toUint8Array(encoder.restEncoder);
}

/** A long item as two: the second begins where the first one ends, as Yjs itself would cut them. */
function halve(item: Y.Item): readonly [Y.Item, Y.Item] {
  const { id, origin, rightOrigin, parent, parentSub, content } = item;
  const at = item.length >>> 1;
  const start = content.copy();
  const rest = start.splice(at);
  const first = new Y.Item(id, null, origin, null, rightOrigin, parent, parentSub, start);
  const end = Y.createID(id.client, id.clock + at - 1);
  const second = new Y.Item(
    Y.createID(id.client, id.clock + at),
    null,
    end,
    null,
    rightOrigin,
    parent,
    parentSub,
    rest,
  );
  return [first, second];
}

function encodeInPieces(struct: Struct, maxBytes: number): readonly Encoded[] {
  const bytes = encodeStruct(struct);
  const canSplit =
    struct instanceof Y.Item &&
    struct.length > 1 &&
    (struct.content instanceof Y.ContentString || struct.content instanceof Y.ContentAny);
  if (bytes.length <= maxBytes || !canSplit) return [{ client: struct.id.client, clock: struct.id.clock, bytes }];
  return halve(struct).flatMap((half) => encodeInPieces(half, maxBytes));
}

/** Structs in an order in which each finds what it hangs on, as far as that is in this update. */
function* inOrder(structs: readonly Struct[]): Generator<Struct> {
  const queues = [...Map.groupBy(structs, (struct) => struct.id.client)].map(([client, own]) => ({
    client,
    own,
    next: 0,
  }));
  const queueByClient = new Map(queues.map((queue) => [queue.client, queue]));
  const isMissing = (id: unknown): boolean => {
    if (!(id instanceof Y.ID)) return false;
    const queue = queueByClient.get(id.client);
    const head = queue?.own[queue.next];
    const last = queue?.own.at(-1);
    if (head === undefined || last === undefined) return false;
    return id.clock >= head.id.clock && id.clock < last.id.clock + last.length;
  };
  const isReady = (struct: Struct): boolean =>
    !(struct instanceof Y.Item) ||
    ![struct.origin, struct.rightOrigin, struct.parent].some((id) => isMissing(id) && !isOwn(id, struct));
  for (let moved = true; moved;) {
    moved = false;
    for (const queue of queues) {
      for (let head = queue.own[queue.next]; head !== undefined && isReady(head); head = queue.own[queue.next]) {
        queue.next += 1;
        moved = true;
        yield head;
      }
    }
  }
  // Only an update that hangs in a circle gets here; it is offered as it is.
  for (const queue of queues) yield* queue.own.slice(queue.next);
}

const isOwn = (id: unknown, struct: Struct): boolean =>
  id instanceof Y.ID && id.client === struct.id.client && id.clock >= struct.id.clock;

function writePiece(structs: readonly Encoded[]): Uint8Array {
  const out = encoding.createEncoder();
  const byClient = Map.groupBy(structs, (struct) => struct.client);
  encoding.writeVarUint(out, byClient.size);
  for (const [client, own] of [...byClient].toSorted(([left], [right]) => right - left)) {
    encoding.writeVarUint(out, own.length);
    encoding.writeVarUint(out, client);
    encoding.writeVarUint(out, own[0]?.clock ?? 0);
    for (const { bytes } of own) encoding.writeUint8Array(out, bytes);
  }
  // No deletions.
  encoding.writeVarUint(out, 0);
  return encoding.toUint8Array(out);
}

/** An update of exactly these structs, which follow one another per client, and no deletions. */
export const encodeStructs = (structs: readonly Struct[]): Uint8Array =>
  writePiece(
    structs.map((struct) => ({ client: struct.id.client, clock: struct.id.clock, bytes: encodeStruct(struct) })),
  );

/** A struct takes some bytes: a shorter update need not be counted. */
const LEAST_STRUCT_BYTES = 3;

export type PieceLimits = { readonly bytes: number; readonly structs: number };

export const fitsInOne = (update: Uint8Array, { bytes, structs }: PieceLimits): boolean =>
  update.length <= bytes &&
  (update.length <= structs * LEAST_STRUCT_BYTES || Y.decodeUpdate(update).structs.length <= structs);

/** Pieces within the limits, unless a single value is larger by itself. Deletions come last, when all they delete is there. */
export function splitUpdate(update: Uint8Array, most: PieceLimits): readonly Uint8Array[] {
  if (fitsInOne(update, most)) return [update];
  const maxBytes = most.bytes;
  const room = maxBytes - HEADER_BYTES;
  const pieces: Uint8Array[] = [];
  let piece: Encoded[] = [];
  let bytes = 0;
  const structs = Y.decodeUpdate(update).structs.filter((struct) => !(struct instanceof Y.Skip));
  for (const struct of inOrder(structs)) {
    for (const encoded of encodeInPieces(struct, room)) {
      const size = encoded.bytes.length + (piece.some((one) => one.client === encoded.client) ? 0 : HEADER_BYTES / 2);
      if (piece.length === most.structs || (piece.length > 0 && bytes + size > room)) {
        pieces.push(writePiece(piece));
        piece = [];
        bytes = 0;
      }
      piece.push(encoded);
      bytes += size;
    }
  }
  if (piece.length > 0) pieces.push(writePiece(piece));
  const deletions = Y.diffUpdate(update, Y.encodeStateVectorFromUpdate(update));
  return deletions.length > 2 ? [...pieces, deletions] : pieces;
}
