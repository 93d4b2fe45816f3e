// Who may bring and fetch the bytes of a file: whoever writes, and whoever reads, its record. Bytes are asked for by record,
// never by hash: knowing a hash opens nothing, and tells nothing of what others have.

import { createHash } from "node:crypto";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { facetOfAudience } from "#shared/model/audience.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { file as fileType } from "#shared/record-types/index.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
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
  function describe(meta: DocumentMeta): Described | undefined {
    const { fields, deletion } = readFacet(openFacetDocument(meta, log.read(docIdOf(meta.recordId, meta.facet))));
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

  /** Of every file record there is, those in the trash included: they may be restored. */
  function namedHashes(): ReadonlySet<string> {
    const named = new Set<string>();
    for (const { docId, meta } of log.documents()) {
      if (meta.type !== fileType.type) continue;
      const { sha256 } = readFacet(openFacetDocument(meta, log.read(docId))).fields;
      if (typeof sha256 === "string") named.add(sha256);
    }
    return named;
  }

  let sweeping: Promise<void> = Promise.resolve();
  const sweep = (): void => {
    sweeping = sweeping.then(() => store.sweep(namedHashes())).catch(onProblem);
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
