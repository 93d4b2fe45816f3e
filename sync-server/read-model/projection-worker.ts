// Projects one large document at a time, in a thread that may be ended when one never ends.

import { parentPort } from "node:worker_threads";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { FacetRow } from "#sync-server/storage/storage.ts";
import { projectFacet } from "./project-facet.ts";

export type ProjectionRequest = {
  readonly meta: DocumentMeta;
  readonly updates: readonly Uint8Array[];
  readonly seq: number;
};
/** A row, or why there is none. */
export type ProjectionReply = { readonly row: FacetRow } | { readonly problem: string };

function project({ meta, updates, seq }: ProjectionRequest): ProjectionReply {
  try {
    return { row: projectFacet(meta, updates, seq) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "unreadable" };
  }
}

parentPort?.on("message", (request: ProjectionRequest) => parentPort?.postMessage(project(request)));
