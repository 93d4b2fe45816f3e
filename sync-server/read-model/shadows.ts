// Shadows of documents that were projected lately: of one that people go on writing only what came since is applied, so that a
// projection costs what changed and not what was written since the document was folded.

import { openFacetDocument } from "#shared/doc/facet-document.ts";
import { applyAll } from "#shared/doc/sound-updates.ts";
import { docIdOf } from "#shared/model/ids.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { FacetRow } from "#sync-server/storage/storage.ts";
import { rowOf, type FacetDocument } from "./project-facet.ts";

export type ProjectionRequest = {
  readonly meta: DocumentMeta;
  /** What the shadow holds already, as a number of the log; 0: the updates are the whole document. */
  readonly after: number;
  readonly updates: readonly Uint8Array[];
  /** The number of the last of them. */
  readonly upTo: number;
  /** The row's. */
  readonly seq: number;
};
/** A row, or why there is none. `cold`: there is no such shadow (any more); ask again, with the whole document. */
export type ProjectionReply = { readonly row: FacetRow } | { readonly problem: string } | "cold";

export type Shadows = {
  project(request: ProjectionRequest): ProjectionReply;
  forget(docId: string): void;
};

type Shadow = {
  readonly doc: FacetDocument;
  readonly seq: number;
  readonly cost: number;
  readonly askedAt: number;
};

/** What a shadow costs beside the updates it was made of. */
const OVERHEAD = 8 * 1024;
const FORGET_MS = 10_000;

/** `maxBytes`: what they may cost together. Those that were not asked about for ten seconds go. */
export function createShadows(maxBytes: number): Shadows {
  /** The one that was asked about last is at the end. */
  const shadows = new Map<string, Shadow>();
  let bytes = 0;
  const idle = setTimeout(() => {
    for (const docId of shadows.keys()) forget(docId);
  }, FORGET_MS).unref();

  function take(docId: string): Shadow | undefined {
    const shadow = shadows.get(docId);
    if (shadow === undefined) return undefined;
    shadows.delete(docId);
    bytes -= shadow.cost;
    return shadow;
  }

  function forget(docId: string): void {
    take(docId)?.doc.destroy();
  }

  function keep(docId: string, shadow: Shadow): void {
    shadows.set(docId, shadow);
    bytes += shadow.cost;
    idle.refresh();
    for (const [oldest, { askedAt }] of shadows) {
      if (bytes <= maxBytes && shadow.askedAt - askedAt < FORGET_MS) return;
      forget(oldest);
    }
  }

  /** Undefined: it is not what the updates come after, or one of them did not apply. */
  function grown(shadow: Shadow | undefined, { after, updates }: ProjectionRequest): FacetDocument | undefined {
    if (shadow?.seq === after && applyAll(shadow.doc, updates)) return shadow.doc;
    shadow?.doc.destroy();
    return undefined;
  }

  function projectSoundly(request: ProjectionRequest): ProjectionReply {
    const { meta, after, updates, upTo, seq } = request;
    const docId = docIdOf(meta.recordId, meta.facet);
    const before = take(docId);
    const isWhole = after === 0;
    const doc = isWhole ? openFacetDocument(meta, updates) : grown(before, request);
    if (doc === undefined) return "cold";
    const row = rowOf(meta, doc, seq);
    const costBefore = isWhole ? OVERHEAD : (before?.cost ?? OVERHEAD);
    const cost = updates.reduce((total, { length }) => total + length, costBefore);
    keep(docId, { doc, seq: upTo, cost, askedAt: performance.now() });
    return { row };
  }

  return {
    project(request) {
      try {
        return projectSoundly(request);
      } catch (error) {
        return { problem: error instanceof Error ? error.message : "unreadable" };
      }
    },
    forget,
  };
}
