// The log as the gateways see it: the same log, with the rules of sealed records before every append (PROTOCOL.md, section 8).
// Feed, live and API all append here, so none of them has a way around it.

import { openFacetDocument } from "#shared/doc/facet-document.ts";
import { isSealedType, readSealed } from "#shared/doc/sealed-document.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { checkSealedFields, isSignedBy, type Seal, type SealedEntry } from "#shared/model/seals.ts";
import { refusalCodes, refusalSentences, type RefusalCode } from "#shared/protocol/close-codes.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import type { DeviceKeys } from "#sync-server/access/device-keys.ts";
import { isReadableUpdate } from "./check-update.ts";
import type { AppendRequest, CommittedUpdate, Refusal, UpdateLog } from "./update-log.ts";

type Dependencies = {
  readonly log: UpdateLog;
  readonly keys: Pick<DeviceKeys, "find">;
  readonly personaIn: (space: string, memberId: string) => Persona | undefined;
};

type Sealed = { readonly seal: Seal; readonly entry: SealedEntry };
type Appended = Promise<Result<CommittedUpdate, Refusal>>;

const bad = (code: RefusalCode, reason: string = refusalSentences[code]): Refusal => ({
  type: "Refused",
  code,
  reason,
});
const refuse = (code: RefusalCode): Result<never, Refusal> => err(bad(code));

export const isRelaysOwn = (type: string): boolean => findRecordType(type)?.writtenBy === "relay";

/** The sealed record in these bytes; undefined when they are not exactly that. */
export function sealedIn(meta: DocumentMeta, updates: readonly Uint8Array[]): Sealed | undefined {
  const doc = openFacetDocument(meta, updates);
  try {
    const isWhole = doc.store.pendingStructs === null && doc.store.pendingDs === null;
    return isWhole && doc.share.size === 1 ? readSealed(doc) : undefined;
  } finally {
    doc.destroy();
  }
}

const noMatter = (): void => undefined;

export function withSeals({ log, keys, personaIn }: Dependencies): UpdateLog {
  /** Records on their way: a second push of one waits for the first. */
  const underWay = new Map<string, Appended>();

  const isLive = (entry: SealedEntry): boolean => {
    const key = keys.find(entry.key);
    return key !== undefined && key.memberId === entry.author && key.revokedAt === undefined;
  };

  /**
   * A decision lies where its request lies, or it would count for some of its readers and not for others. A request that its
   * author does not read counts as none: the answer tells nothing of it. One may come later, after a restore.
   */
  async function liesWithItsParent(
    { parent }: RecordTypeDefinition,
    { fields, space, facet }: SealedEntry,
    persona: Persona,
  ): Promise<boolean> {
    const parentId = parent === undefined ? undefined : fields[parent];
    if (typeof parentId !== "string") return true;
    await underWay.get(parentId)?.then(noMatter, noMatter);
    return log
      .documentsOf(parentId)
      .filter((one) => isSealedType(one.type) && canReadFacet(one.facet, persona))
      .every((one) => one.space === space && one.facet === facet);
  }

  async function check(request: AppendRequest, meta: DocumentMeta): Promise<Result<SealedEntry, Refusal>> {
    if (!isReadableUpdate(request.bytes)) return refuse(refusalCodes.badUpdate);
    const sealed = sealedIn(meta, [request.bytes]);
    if (sealed === undefined) return refuse(refusalCodes.badSeal);
    const { seal, entry } = sealed;
    const definition = findRecordType(meta.type);
    if (entry.type !== meta.type || entry.space !== meta.space || definition === undefined)
      return refuse(refusalCodes.badSeal);
    if (entry.author !== request.author) return refuse(refusalCodes.notTheSigner);
    const persona = personaIn(meta.space, entry.author);
    if (persona === undefined || (definition.sealed?.by === "team" && !isInternal(persona)))
      return refuse(refusalCodes.forbidden);
    const fields = checkSealedFields(definition, entry);
    if (!fields.ok) return err(bad(refusalCodes.badSeal, fields.error.message));
    if (!(await liesWithItsParent(definition, entry, persona))) return refuse(refusalCodes.badSeal);
    const key = keys.find(entry.key);
    if (key === undefined || !isLive(entry)) return refuse(refusalCodes.keyNotLive);
    if (key.alg !== entry.alg || !(await isSignedBy(seal, key))) return refuse(refusalCodes.badSeal);
    return ok(entry);
  }

  /** What there is of the record already: its one document, under whichever facet. */
  function heldOf(recordId: string): string | undefined {
    const [held] = log.documentsOf(recordId);
    return held === undefined ? undefined : docIdOf(recordId, held.facet);
  }

  async function appendSealed(request: AppendRequest, meta: DocumentMeta): Appended {
    const held = heldOf(meta.recordId);
    if (held !== undefined) return again(request, meta, held);
    const checked = await check(request, meta);
    if (!checked.ok) return checked;
    // Asked again after the wait: a key that ended meanwhile signs nothing more. Between this and the log nothing may wait,
    // or the key's end could be chained before what it signed.
    if (!isLive(checked.value)) return refuse(refusalCodes.keyNotLive);
    // Somebody else's document under this id may have come in meanwhile.
    return heldOf(meta.recordId) === undefined ? log.append({ ...request, meta }) : refuse(refusalCodes.sealed);
  }

  /** A repeated push (rule W2) is acked again, whatever Yjs made of its bytes; everything else is refused. */
  async function again(request: AppendRequest, meta: DocumentMeta, held: string): Appended {
    const stored = unlessDamaged(() => log.read(held));
    if (stored === undefined) return refuse(refusalCodes.damaged);
    const known = held === request.docId ? sealedIn(meta, stored) : undefined;
    const sent = isReadableUpdate(request.bytes) ? sealedIn(meta, [request.bytes]) : undefined;
    const isSame =
      known !== undefined &&
      sent !== undefined &&
      known.seal.entry === sent.seal.entry &&
      known.seal.signature === sent.seal.signature &&
      known.entry.author === request.author;
    if (!isSame) return refuse(refusalCodes.sealed);
    const seq = log.lastSeqOf(held) ?? 0;
    return ok({ ...meta, ...request, seq, at: log.receivedAt(held) ?? 0 });
  }

  async function appendInTurn(request: AppendRequest, meta: DocumentMeta): Appended {
    const before = underWay.get(meta.recordId);
    // How the first one ended is told to whoever sent it.
    const ready = before === undefined ? Promise.resolve() : before.then(noMatter, noMatter);
    const appending = ready.then(() => appendSealed(request, meta));
    underWay.set(meta.recordId, appending);
    try {
      return await appending;
    } finally {
      if (underWay.get(meta.recordId) === appending) underWay.delete(meta.recordId);
    }
  }

  return {
    ...log,
    get seq() {
      return log.seq;
    },
    // Of most updates that is all there is to say: no promise of its own for them.
    append(request) {
      const meta = log.find(request.docId) ?? request.meta;
      const type = meta?.type ?? "";
      if (isRelaysOwn(type)) return Promise.resolve(refuse(refusalCodes.forbidden));
      return meta === undefined || !isSealedType(type) ? log.append(request) : appendInTurn(request, meta);
    },
  };
}
