// The whole judgement of one update from outside, over a shadow of the document: structure first, then a trial on the
// shadow, then what it means. What passes is handed on as the shadow's own bytes, never the sender's. Defence in depth: the
// boundary is which documents somebody may write at all.

import * as Y from "yjs";
import { keys } from "#shared/doc/keys.ts";
import { encodeStructs } from "#shared/doc/split-update.ts";
import { bytesEqual } from "#shared/doc/update-bytes.ts";
import { judgeDeletions } from "./judge-deletions.ts";
import { judgeSchema } from "./facet-schema.ts";
import { judgeHistory, valuesOf } from "./judge-history.ts";
import { claimsOf, judgeMeaning, type Rights } from "./judge-meaning.ts";
import { judgeStructure } from "./update-structure.ts";

export type Judgement =
  | {
      readonly kind: "accepted";
      /** The shadow's own encoding of what was new. `[0, 0]` when nothing was. */
      readonly bytes: Uint8Array;
      readonly newClients: readonly number[];
      /** Parts in somebody else's name were left out. */
      readonly isPartial: boolean;
    }
  | { readonly kind: "early" }
  /** `foreign`: in somebody else's name. */
  | { readonly kind: "refused"; readonly reason: "unsound" | "foreign"; readonly why: string };

export type Trial = {
  readonly judgement: Judgement;
  /** Something of the update may be in the shadow: it must be made anew. */
  readonly isSpoilt: boolean;
};

const nothing = new Uint8Array([0, 0]);

const stateOf = (doc: Y.Doc): ReadonlyMap<number, number> => Y.decodeStateVector(Y.encodeStateVector(doc));

/** Items from a clock on, as the document has them now. */
function itemsSince(doc: Y.Doc, client: number, clock: number): readonly Y.Item[] {
  const structs = doc.store.clients.get(client) ?? [];
  let first = structs.length;
  while (first > 0 && (structs[first - 1]?.id.clock ?? 0) + (structs[first - 1]?.length ?? 0) > clock) first -= 1;
  return structs.slice(first).filter((struct) => struct instanceof Y.Item);
}

const parkedBytes = (doc: Y.Doc): Uint8Array =>
  Buffer.concat([doc.store.pendingStructs?.update ?? nothing, doc.store.pendingDs ?? nothing]);

/** What applying an update adds to the document, in its own encoding; undefined when it throws or parks something. */
function tryOn(doc: Y.Doc, update: Uint8Array): Uint8Array | undefined {
  const produced: Uint8Array[] = [];
  const keep = (bytes: Uint8Array): void => void produced.push(bytes);
  // Others' updates may wait here for a part that is on its way. This one must not.
  const parked = parkedBytes(doc);
  doc.on("update", keep);
  try {
    Y.applyUpdate(doc, update);
  } catch {
    return undefined;
  } finally {
    doc.off("update", keep);
  }
  if (!bytesEqual(parkedBytes(doc), parked)) return undefined;
  return produced.length === 0 ? nothing : produced.length === 1 ? produced[0] : Y.mergeUpdates(produced);
}

const refused = (reason: "unsound" | "foreign", why: string): Judgement => ({ kind: "refused", reason, why });

/** `own`: client ids that are the author's. `taken`: those that somebody else announced but has not written with. */
export function judgeUpdate(
  shadow: Y.Doc,
  update: Uint8Array,
  author: Rights & { readonly own: ReadonlySet<number>; readonly taken: ReadonlySet<number> },
): Trial {
  const have = stateOf(shadow);
  const mayUse = (client: number): boolean =>
    author.own.has(client) || (!have.has(client) && !author.taken.has(client));
  const structure = judgeStructure(update, have, mayUse);
  if (structure.kind === "bad") return { judgement: refused("unsound", structure.why), isSpoilt: false };
  if (structure.kind === "early") return { judgement: { kind: "early" }, isSpoilt: false };
  const { fresh, newClients, hasForeign } = structure;
  if (hasForeign && fresh.length === 0)
    return { judgement: refused("foreign", "written in somebody else's name"), isSpoilt: false };
  const erased = judgeDeletions(shadow, update);
  if (erased !== undefined) return { judgement: refused("foreign", erased), isSpoilt: false };
  const before = claimsOf(shadow, author.type);
  const values = valuesOf(shadow, author.type);
  const bytes = tryOn(shadow, hasForeign ? encodeStructs(fresh) : update);
  if (bytes === undefined) return { judgement: refused("unsound", "it does not apply"), isSpoilt: true };
  const clients = new Set(fresh.map(({ id }) => id.client));
  const items = [...clients].flatMap((client) => itemsSince(shadow, client, have.get(client) ?? 0));
  const problem = judgeSchema(shadow, items, author);
  if (problem !== undefined) return { judgement: refused("unsound", problem), isSpoilt: true };
  const meta = shadow.getMap(keys.meta);
  const isUnseen = items.every((item) => item.parent !== meta || item.origin === null);
  const trespass = judgeMeaning(before, claimsOf(shadow, author.type), author, isUnseen);
  if (trespass !== undefined) return { judgement: refused("foreign", trespass), isSpoilt: true };
  const unsaid = judgeHistory(shadow, values, valuesOf(shadow, author.type), author);
  if (unsaid !== undefined) return { judgement: refused("unsound", unsaid), isSpoilt: true };
  return { judgement: { kind: "accepted", bytes, newClients, isPartial: hasForeign }, isSpoilt: false };
}
