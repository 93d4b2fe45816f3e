// Open rich texts. A document opens from this device at once, online or not; while the relay can be reached everybody in it
// sees keystrokes and cursors. What is typed goes to this device first, in the same tables as every other edit.

import * as Y from "yjs";
import { adoptFormerText, openFacetDocument, richTextOf } from "#shared/doc/facet-document.ts";
import { facetOfField, type PolicyView } from "#shared/model/policy.ts";
import { canWriteFacet } from "#shared/model/facets.ts";
import { docIdOf, parseDocId } from "#shared/model/ids.ts";
import { assert, err, ok, type Result } from "#shared/model/result.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { whenAtRelay, type LiveDeps } from "./live-deps.ts";
import { openLiveConnection, type LiveConnection } from "./live-connection.ts";
import { createSaving, type Saving } from "./live-saving.ts";
import { readPolicy } from "./policy.ts";
import { createPresence } from "./presence.ts";
import { findDoc } from "./record-rows.ts";
import { createVisibility, type Visibility } from "./visibility.ts";
import type { LiveApi, LiveDocument, RecordRow } from "./types.ts";

type Shared = {
  readonly doc: Y.Doc;
  readonly connection: LiveConnection;
  readonly saving: Saving;
  readonly close: () => Promise<void>;
};
type Held = { users: number; readonly opening: Promise<Shared> };

// The person marks of the look: quiet enough for text to stay readable beside a caret.
const CARET_COLORS = ["#2f6f8f", "#8a5a2b", "#3f7d4e", "#8b3f6b", "#5b5aa6", "#a0522d", "#2e7d7a", "#7a6a1f"] as const;

function caretColor(memberId: string): string {
  let sum = 0;
  for (const letter of memberId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return CARET_COLORS[sum % CARET_COLORS.length] ?? CARET_COLORS[0];
}

/** Where a rich text of a record lies; undefined where that document is not here. */
export function facetOfText(
  record: Pick<RecordRow, "type" | "docs">,
  field: string,
  policy: PolicyView,
): string | undefined {
  const definition = findRecordType(record.type);
  if (definition?.fields[field]?.kind !== "richText") return undefined;
  const facet = facetOfField(definition, field, Object.keys(record.docs)[0] ?? "", policy);
  return record.docs[facet] === undefined ? undefined : facet;
}

/** Words must be on this device before the page can be frozen or closed. */
function onPageHide(act: () => void): () => void {
  const onVisibility = (): void => {
    if (document.visibilityState === "hidden") act();
  };
  if (typeof document !== "undefined") document.addEventListener("visibilitychange", onVisibility);
  globalThis.addEventListener?.("pagehide", act);
  return () => {
    if (typeof document !== "undefined") document.removeEventListener("visibilitychange", onVisibility);
    globalThis.removeEventListener?.("pagehide", act);
  };
}

function keyOf(docId: string): { recordId: string; facet: string } {
  const parsed = parseDocId(docId);
  assert(parsed.ok, "a document id names a record and a facet");
  return parsed.value;
}

/** Bytes that throw stay out of the open document, as they do out of the stored one. */
function applyIfItApplies(doc: Y.Doc, bytes: Uint8Array, origin: unknown): void {
  try {
    Y.applyUpdate(doc, bytes, origin);
  } catch {
    // The feed leaves the same bytes out; the words of everybody else are here.
  }
}

async function openShared(deps: LiveDeps, visibility: Visibility, docId: string, canWrite: boolean): Promise<Shared> {
  const { store } = deps;
  const doc = openFacetDocument(keyOf(docId), await store.load(docId));
  const saving = createSaving(docId, store, deps.unsaved);
  const connection = openLiveConnection({
    docId,
    doc,
    relayUrl: deps.relayUrl,
    ticket: deps.ticket,
    WebSocket: deps.WebSocket,
    onCommitted: saving.committed,
  });
  const me = deps.me();
  if (me !== undefined) {
    connection.awareness.setLocalStateField("user", {
      memberId: me.id,
      name: me.name,
      persona: me.persona,
      color: caretColor(me.id),
    });
  }
  const hide = visibility.attach(connection.awareness);
  const onUpdate = (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction): void => {
    // Remote updates are not saved here: the feed brings them to this device, once, for all tabs.
    if (transaction.local && canWrite) saving.add(update);
  };
  doc.on("update", onUpdate);
  const unobserve = store.observe(docId, (bytes) => applyIfItApplies(doc, bytes, connection.origin));
  let release: (() => void) | undefined;
  const unfollow = connection.subscribe((state) => {
    // Only a live connection delivers: in every other state the feed must not wait for it.
    if (state === "live") {
      release ??= store.hold(docId);
      deps.relay.reached();
    } else {
      release?.();
      release = undefined;
    }
  });
  const unhurry = deps.relay.onReached(connection.hurry);
  const unready = whenAtRelay(
    deps.database(),
    async (database) => (await findDoc(database, docId))?.snapshot !== undefined,
    connection.start,
  );
  // Signed out: nobody listens in the name of a session that has ended.
  deps.database().on("close", connection.close);
  const unhide = onPageHide(() => void saving.flush());
  return {
    doc,
    connection,
    saving,
    close: async () => {
      unready();
      hide();
      unhurry();
      unhide();
      doc.off("update", onUpdate);
      await saving.close();
      connection.close();
      unfollow();
      release?.();
      unobserve();
      doc.destroy();
    },
  };
}

export function createLiveApi(deps: LiveDeps): LiveApi {
  const heldByDoc = new Map<string, Held>();
  const visibility = createVisibility(deps.database);

  function share(docId: string, canWrite: boolean): Held {
    const known = heldByDoc.get(docId);
    const held = known ?? { users: 0, opening: openShared(deps, visibility, docId, canWrite) };
    held.users += 1;
    if (known === undefined) {
      heldByDoc.set(docId, held);
      held.opening.catch(() => heldByDoc.delete(docId));
    }
    return held;
  }

  async function leave(docId: string, held: Held): Promise<void> {
    held.users -= 1;
    if (held.users > 0) return;
    if (heldByDoc.get(docId) === held) heldByDoc.delete(docId);
    await (await held.opening).close();
  }

  async function open(recordId: string, field: string): Promise<Result<LiveDocument, { readonly message: string }>> {
    const database = deps.database();
    const record = await database.records.get(recordId);
    const facet = record === undefined ? undefined : facetOfText(record, field, await readPolicy(database));
    if (record === undefined || facet === undefined)
      return err({ message: "This text is not on this device. Ask somebody in the space to share it with you." });
    const persona = (await database.spaces.get(record.space))?.persona;
    const canWrite = persona !== undefined && canWriteFacet(facet, persona);
    const docId = docIdOf(recordId, facet);
    const held = share(docId, canWrite);
    const { doc, connection, saving } = await held.opening;
    const adopted = canWrite ? adoptFormerText(doc, field) : undefined;
    if (adopted !== undefined) {
      Y.applyUpdate(doc, adopted);
      saving.add(adopted);
    }
    const listening = new Set<() => void>();
    let closed = false;
    return ok({
      fragment: richTextOf(doc, field),
      awareness: connection.awareness,
      canWrite,
      connection: connection.state,
      onConnection: (listener) => {
        const stop = connection.subscribe(listener);
        listening.add(stop);
        return () => {
          listening.delete(stop);
          stop();
        };
      },
      close: async () => {
        if (closed) return;
        closed = true;
        for (const stop of listening) stop();
        await leave(docId, held);
      },
    });
  }

  return {
    open,
    joinSpace: createPresence(deps, visibility),
    visible: visibility.get,
    setVisible: visibility.set,
  };
}
