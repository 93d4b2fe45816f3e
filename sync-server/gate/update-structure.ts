// What an update from outside consists of, held against what the document has (its state vector): new structs of the
// author's own client ids, nothing that hangs in the air. Bytes are only read here, never applied.

import * as Y from "yjs";
import { limits } from "#shared/protocol/limits.ts";
import { isReadableUpdate } from "#sync-server/log/check-update.ts";

const MAX_LENGTH = 1_000_000;
const MAX_CLOCK = 2 ** 40;

type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];

export type StructureVerdict =
  | {
      readonly kind: "sound";
      /** What the document does not have yet, of client ids the author may use. */
      readonly fresh: readonly Struct[];
      /** Client ids that are new to the document: from now on they are the author's. */
      readonly newClients: readonly number[];
      /** There were new structs of somebody else's client ids too. */
      readonly hasForeign: boolean;
    }
  /** It leans on something that is not there. That may be on its way; alone it would be parked, which nothing from outside is. */
  | { readonly kind: "early"; readonly why: string }
  | { readonly kind: "bad"; readonly why: string };

const bad = (why: string): StructureVerdict => ({ kind: "bad", why });
const early = (why: string): StructureVerdict => ({ kind: "early", why });

/** `mayUse`: is this client id the author's, or nobody's yet? */
export function judgeStructure(
  update: Uint8Array,
  have: ReadonlyMap<number, number>,
  mayUse: (client: number) => boolean,
): StructureVerdict {
  // The log asks this too; asked here first, bytes from outside are walked in this thread only.
  if (!isReadableUpdate(update)) return bad("it does not decode");
  const { structs, ds } = Y.decodeUpdate(update);
  if (structs.length > limits.structsPerUpdate) return bad("too many structs");
  const ends = new Map(have);
  const fresh: Struct[] = [];
  const newClients = new Set<number>();
  let hasForeign = false;
  for (const struct of structs) {
    const { client, clock } = struct.id;
    const end = clock + struct.length;
    if (struct instanceof Y.Skip) return bad("a gap in itself");
    if (struct.length > MAX_LENGTH || end > MAX_CLOCK) return bad("a length or clock nobody reaches");
    if (end <= (have.get(client) ?? 0)) continue;
    if (!mayUse(client)) {
      hasForeign = true;
      continue;
    }
    if (clock > (ends.get(client) ?? 0)) return early("a gap before it");
    ends.set(client, end);
    fresh.push(struct);
    if (!have.has(client)) newClients.add(client);
  }
  const isThere = (id: unknown): boolean => !(id instanceof Y.ID) || id.clock < (ends.get(id.client) ?? 0);
  for (const struct of fresh) {
    if (!(struct instanceof Y.Item)) continue;
    if (![struct.origin, struct.rightOrigin, struct.parent].every(isThere))
      return early("it hangs on what is not there");
  }
  for (const [client, ranges] of ds.clients)
    for (const { clock, len } of ranges)
      if (clock + len > (ends.get(client) ?? 0)) return early("it deletes what is not there");
  return { kind: "sound", fresh, newClients: [...newClients], hasForeign };
}
