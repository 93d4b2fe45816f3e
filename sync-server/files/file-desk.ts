// Who may bring and fetch the bytes of a file: whoever writes, and whoever reads, its record. Bytes are asked for by record,
// never by hash: knowing a hash opens nothing, and tells nothing of what others have.

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
import type { FileStore } from "./file-store.ts";

export type FileRefusal = {
  readonly type: "NotFound" | "NotAllowed" | "Differs" | "NotHere";
};

export type FileDesk = {
  put(member: Member, recordId: string, bytes: Uint8Array): Promise<Result<void, FileRefusal>>;
  get(member: Member, recordId: string): Promise<Result<Uint8Array, FileRefusal>>;
  close(): Promise<void>;
};

type Dependencies = {
  readonly access: Pick<Access, "mayRead" | "mayWrite" | "facets">;
  readonly log: Pick<UpdateLog, "find" | "read" | "documents" | "onErased">;
  readonly store: FileStore;
  readonly onProblem: (error: unknown) => void;
};

type Described = { readonly meta: DocumentMeta; readonly sha256: string; readonly size: number };

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
  function namedHashes(): ReadonlySet<string> | undefined {
    const named = new Set<string>();
    for (const { meta } of log.documents()) {
      if (meta.type !== fileType.type) continue;
      const content = contentOf(meta);
      if (content === undefined) return undefined;
      const { sha256 } = content.fields;
      if (typeof sha256 === "string") named.add(sha256);
    }
    return named;
  }

  let sweeping: Promise<void> = Promise.resolve();
  async function sweepNow(): Promise<void> {
    const named = namedHashes();
    if (named !== undefined) await store.sweep(named);
  }
  const sweep = (): void => {
    sweeping = sweeping.then(sweepNow).catch(onProblem);
  };
  const stopFollowing = log.onErased(sweep);
  sweep();

  return {
    async put(member, recordId, bytes) {
      const found = find(member, recordId);
      if (found === undefined) return refuse("NotFound");
      if (!access.mayWrite(member.id, found.meta)) return refuse("NotAllowed");
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      if (bytes.length !== found.size || sha256 !== found.sha256) return refuse("Differs");
      await sweeping;
      await store.put(sha256, bytes);
      return ok(undefined);
    },
    async get(member, recordId) {
      const found = find(member, recordId);
      if (found === undefined) return refuse("NotFound");
      const bytes = await store.read(found.sha256);
      return bytes === undefined ? refuse("NotHere") : ok(bytes);
    },
    async close() {
      stopFollowing();
      await sweeping;
    },
  };
}
