// Updates a hostile member could write: they decode, and hurt whoever applies or reads them carelessly.

import * as Y from "yjs";

/** Decodes, and throws "Unexpected case" when a Y.Doc applies it, half applied. */
export const poison = (): Uint8Array =>
  Uint8Array.from(Buffer.from("010107000401066669656c6473046e616d650177017600", "hex"));

function updateBy(change: (doc: Y.Doc) => void, clientId = 4_000_000_000): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  doc.transact(() => change(doc));
  return Y.encodeStateAsUpdate(doc);
}

/** Shared types within shared types, `levels` deep, as the value of a field. */
export const nestedMaps = (levels: number): Uint8Array =>
  updateBy((doc) => {
    let at = doc.getMap<unknown>("fields");
    for (let level = 0; level < levels; level += 1) {
      const inner = new Y.Map<unknown>();
      at.set("name", inner);
      at = inner;
    }
  });

export function nestedAny(levels: number): Uint8Array {
  let value: unknown = "core";
  for (let level = 0; level < levels; level += 1) value = [value];
  return updateBy((doc) => doc.getMap<unknown>("fields").set("name", value));
}

/** Values of shapes that no field has, in every place where the projection looks. */
export const oddShapes = (): Uint8Array =>
  updateBy((doc) => {
    const odd: readonly unknown[] = [
      null,
      { big: 1n << 62n },
      new Uint8Array([1]),
      { toString: "no function", valueOf: 1 },
      Number.NaN,
      [[[[]]]],
      { inner: { constructor: 1 } },
    ];
    const changes = doc.getArray<unknown>("changes");
    changes.push([...odd, { id: { deep: [] }, at: 1, by: [], kind: "changed" }, { id: "", at: "", by: "", kind: "x" }]);
    changes.push([new Y.Map([["id", "shared type"]])]);
    for (const [place, value] of odd.entries()) {
      doc.getMap("fields").set(`odd${place}`, value);
      doc.getMap("fields").set(["name", "website", "phone", "owner", "address", "tags", "size"][place] ?? "", value);
      doc.getMap("meta").set(["type", "createdAt", "createdBy", "v"][place] ?? `m${place}`, value);
      doc.getMap("changedByBoth").set(`f${place}`, value);
      doc.getMap("sets").set(`/${place}`, value);
    }
    doc.getMap("fields").set("__proto__", { polluted: true });
    doc.getMap("sets").set("__proto__/x", true);
    doc.getMap("life").set("deleted", "yes");
    doc.getText("text/__proto__").insert(0, "x");
  });

/** Structs that wait for a clock nobody has reached: parked until an honest author gets there. */
export function parkedPoison(clientId: number, clock: number): Uint8Array {
  const bytes = [...poison()];
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  // Client 7, clock 0 become the victim's.
  return Uint8Array.from([...bytes.slice(0, 2), ...varint(clientId), ...varint(clock), ...bytes.slice(4)]);
}

/** A clock near the end of what the relay lets through. */
export const farClock = (): Uint8Array => {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  // One client, one struct: GC of length 1 at clock 2^39.
  return Uint8Array.from([1, 1, 9, ...varint(2 ** 39), 0, 1, 0]);
};

/** Deletes what client 5 will write later. */
export const futureDeletion = (): Uint8Array => Uint8Array.from([0, 1, 5, 1, 0, 100]);
