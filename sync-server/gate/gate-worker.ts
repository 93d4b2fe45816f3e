// The thread in which updates from outside are tried. It keeps shadows of the documents it was asked about lately, so that a
// keystroke costs a keystroke; whoever ends this thread loses nothing but those.

import { parentPort } from "node:worker_threads";
import { Doc } from "yjs";
import { applyAll, loadSoundly } from "#shared/doc/sound-updates.ts";
import { judgeUpdate, type Judgement } from "./judge-update.ts";

export type GateRequest = {
  readonly docId: string;
  /** The document, when this thread has no shadow of it. */
  readonly parts?: readonly Uint8Array[];
  /** Committed since the last request about this document. */
  readonly news: readonly Uint8Array[];
  readonly update: Uint8Array;
  readonly author: string;
  readonly type: string;
  readonly own: readonly number[];
  readonly taken: readonly number[];
  readonly mayTurn: boolean;
};

/**
 * `hasShadow`: the document need not be sent with the next request. `gone`: shadows that made room for others. `cold`: ask
 * again, with the document.
 */
export type GateReply =
  | { readonly judgement: Judgement; readonly hasShadow: boolean; readonly gone: readonly string[] }
  | "cold";

const SHADOWS = 32;

const shadows = new Map<string, Doc>();

function shadowOf({ docId, parts, news }: GateRequest): Doc | undefined {
  const known = shadows.get(docId);
  shadows.delete(docId);
  if (parts !== undefined) return loadSoundly(() => new Doc({ guid: docId }), parts).doc;
  // A member's update that does not apply: what is left of it in this shadow must not count.
  return known !== undefined && applyAll(known, news) ? known : undefined;
}

function answer(request: GateRequest): GateReply {
  const { docId, update, author, type, own, taken, mayTurn } = request;
  const shadow = shadowOf(request);
  if (shadow === undefined) return "cold";
  const { judgement, isSpoilt } = judgeUpdate(shadow, update, {
    id: author,
    type,
    mayTurn,
    own: new Set(own),
    taken: new Set(taken),
  });
  if (isSpoilt) shadow.destroy();
  else shadows.set(docId, shadow);
  const gone: string[] = [];
  for (const oldest of shadows.keys()) {
    if (shadows.size <= SHADOWS) break;
    shadows.delete(oldest);
    gone.push(oldest);
  }
  return { judgement, hasShadow: !isSpoilt, gone };
}

parentPort?.on("message", (request: GateRequest) => parentPort?.postMessage(answer(request)));
