// The check of attached files: are the bytes the ones that were brought, and which ones are still to come?

import type { Doc } from "yjs";
import { readFacet } from "#shared/doc/facet-document.ts";
import { file as fileType } from "#shared/record-types/index.ts";
import { nameOfFile } from "#sync-server/files/file-store.ts";
import type { HeldFile, InspectedDocument } from "#sync-server/storage/inspect-folder.ts";

export type FilesFound = {
  readonly here: number;
  /** Names of files whose bytes have another hash than the one they are kept under. */
  readonly changed: readonly string[];
  /** Documents that name bytes which are not here. */
  readonly missing: readonly string[];
};

export function gatherFiles() {
  /** What each document of a file says its bytes are called; and were called by older versions. */
  const wanted = new Map<string, readonly string[]>();
  return {
    add({ docId, recordId, type }: Pick<InspectedDocument, "docId" | "recordId" | "type">, doc: Doc): void {
      if (type !== fileType.type) return;
      const { fields, deletion } = readFacet(doc);
      const { sha256 } = fields;
      if (deletion !== undefined || typeof sha256 !== "string") return;
      wanted.set(docId, [nameOfFile({ docId, sha256 }), `${recordId}.${sha256}`]);
    },
    examine(held: Iterable<HeldFile>): FilesFound {
      const names = new Set<string>();
      const changed: string[] = [];
      for (const { name, sha256 } of held) {
        names.add(name);
        if (!name.endsWith(`.${sha256}`)) changed.push(name);
      }
      const missing = [...wanted].filter(([, called]) => !called.some((name) => names.has(name)));
      return { here: names.size, changed, missing: missing.map(([docId]) => docId) };
    },
  };
}
