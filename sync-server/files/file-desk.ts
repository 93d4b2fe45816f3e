// Who may bring and fetch the bytes of a file: whoever writes, and whoever reads, its record. Bytes are asked for by record,
// never by hash, and are there for the document they were brought for only: knowing a hash, or naming it in a record of one's own,
// opens nothing and tells nothing of what others have.

import { createHash } from "node:crypto";
import type { FacetContent } from "#shared/doc/facet-content.ts";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { facetOfAudience } from "#shared/model/audience.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { file as fileType } from "#shared/record-types/index.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import { nameOfFile, type FileKey, type FileStore } from "./file-store.ts";

export type FileRefusal = {
  readonly type: "NotFound" | "NotAllowed" | "Differs" | "NotHere";
};

export type FileDesk = {
  put(member: Member, recordId: string, bytes: Uint8Array): Promise<Result<void, FileRefusal>>;
  /** How much of a file this member has brought: all of it once it is whole. */
  brought(member: Member, recordId: string): Promise<Result<number, FileRefusal>>;
  /** The next part of a file, of which `from` bytes are here already; answers how many are here now. */
  putPart(member: Member, recordId: string, from: number, part: Uint8Array): Promise<Result<number, FileRefusal>>;
  get(member: Member, recordId: string): Promise<Result<Uint8Array, FileRefusal>>;
  close(): Promise<void>;
};

type Dependencies = {
  readonly access: Pick<Access, "mayRead" | "mayWrite" | "facets">;
  readonly log: Pick<UpdateLog, "find" | "read" | "documents" | "documentsOf" | "onErased">;
  readonly store: FileStore;
  readonly onProblem: (error: unknown) => void;
};

type Described = { readonly meta: DocumentMeta; readonly sha256: string; readonly size: number };

const keyOf = ({ meta, sha256 }: Pick<Described, "meta" | "sha256">): FileKey => ({
  docId: docIdOf(meta.recordId, meta.facet),
  sha256,
});

const refuse = (type: FileRefusal["type"]): Result<never, FileRefusal> => err({ type });

export function openFileDesk({ access, log, store, onProblem }: Dependencies): FileDesk {
  /** What the document says; undefined when it is damaged. */
  function contentOf(meta: DocumentMeta): FacetContent | undefined {
    const updates = unlessDamaged(() => log.read(docIdOf(meta.recordId, meta.facet)));
    return updates === undefined ? undefined : readFacet(openFacetDocument(meta, updates));
  }

  function describe(meta: DocumentMeta): Described | undefined {
    const { fields = {}, deletion } = contentOf(meta) ?? {};
    const { sha256, size } = fields;
    if (deletion !== undefined || typeof sha256 !== "string" || typeof size !== "number") return undefined;
    return { meta, sha256, size };
  }

  /** A file is one document; the first that this member reads is the one. */
  function find(member: Member, recordId: string): Described | undefined {
    const facets = new Set([...Object.values(facetOfAudience), ...access.facets()]);
    for (const facet of facets) {
      const meta = log.find(docIdOf(recordId, facet));
      if (meta?.type === fileType.type && access.mayRead(member.id, meta)) return describe(meta);
    }
    return undefined;
  }

  /**
   * Of every file record there is, those in the trash included: they may be restored. Undefined when one of them cannot be
   * read: nobody knows what it names.
   */
  function namedFiles(): ReadonlySet<string> | undefined {
    const named = new Set<string>();
    for (const { meta } of log.documents(({ type }) => type === fileType.type)) {
      const content = contentOf(meta);
      if (content === undefined) return undefined;
      const { sha256 } = content.fields;
      if (typeof sha256 === "string") named.add(nameOfFile(keyOf({ meta, sha256 })));
    }
    return named;
  }

  /** Of several that name it, the one that was there first: bytes are brought for what is there. */
  function documentOf(recordId: string, sha256: string): string | undefined {
    const meta = log
      .documentsOf(recordId)
      .filter(({ type }) => type === fileType.type)
      .find((one) => contentOf(one)?.fields["sha256"] === sha256);
    return meta === undefined ? undefined : docIdOf(recordId, meta.facet);
  }
  const renamed = store.renameOld(documentOf).catch(onProblem);

  let sweeping: Promise<void> = renamed;
  async function sweepNow(): Promise<void> {
    const named = namedFiles();
    if (named !== undefined) await store.sweep(named);
  }
  const sweep = (): void => {
    sweeping = sweeping.then(sweepNow).catch(onProblem);
  };
  const stopFollowing = log.onErased(sweep);
  sweep();

  function findWritable(member: Member, recordId: string): Result<Described, FileRefusal> {
    const found = find(member, recordId);
    if (found === undefined) return refuse("NotFound");
    return access.mayWrite(member.id, found.meta) ? ok(found) : refuse("NotAllowed");
  }

  async function keep(found: Described, bytes: Uint8Array): Promise<Result<void, FileRefusal>> {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (bytes.length !== found.size || sha256 !== found.sha256) return refuse("Differs");
    await sweeping;
    await store.put(keyOf(found), bytes);
    return ok(undefined);
  }

  async function broughtOf(found: Described, by: string): Promise<number> {
    await renamed;
    return (await store.has(keyOf(found))) ? found.size : store.sizeOfUpload(keyOf(found), by);
  }

  async function addPart(
    found: Described,
    by: string,
    from: number,
    part: Uint8Array,
  ): Promise<Result<number, FileRefusal>> {
    const here = await broughtOf(found, by);
    // Another part than the next one: whoever sends it is told where to go on.
    if (here !== from || part.length === 0) return ok(here);
    if (from + part.length > found.size) return refuse("Differs");
    await store.addToUpload(keyOf(found), by, part);
    if (from + part.length < found.size) return ok(from + part.length);
    const kept = await keep(found, await store.takeUpload(keyOf(found), by));
    return kept.ok ? ok(found.size) : kept;
  }

  /** Parts go behind one another, also when two tabs send. */
  let adding: Promise<unknown> = Promise.resolve();

  return {
    async put(member, recordId, bytes) {
      const found = findWritable(member, recordId);
      return found.ok ? keep(found.value, bytes) : found;
    },
    async brought(member, recordId) {
      const found = findWritable(member, recordId);
      return found.ok ? ok(await broughtOf(found.value, member.id)) : found;
    },
    async putPart(member, recordId, from, part) {
      const found = findWritable(member, recordId);
      if (!found.ok) return found;
      const added = adding.then(() => addPart(found.value, member.id, from, part));
      adding = added.catch(() => undefined);
      return added;
    },
    async get(member, recordId) {
      const found = find(member, recordId);
      if (found === undefined) return refuse("NotFound");
      await renamed;
      const bytes = await store.read(keyOf(found));
      return bytes === undefined ? refuse("NotHere") : ok(bytes);
    },
    async close() {
      stopFollowing();
      await sweeping;
    },
  };
}
