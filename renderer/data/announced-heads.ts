// What the relay says its chains' heads are, noted with what this device had seen when it said so: a relay that goes back
// is found out by that, even when it shows nothing else.

import type { SpaceHead, SpaceInfo } from "#shared/protocol/frames.ts";
import { headsKey, readCheck } from "./seal-checks.ts";
import type { Database } from "./database.ts";

export type Announced = {
  /** `seenBefore`: how far this device had seen the chain when the relay named this head. */
  readonly heads: readonly (SpaceHead & { readonly seenBefore: number })[];
  /** The space has been caught up with at least once since it came here: links that are missing are missing. */
  readonly ready: boolean;
};

export const readAnnounced = async (database: Database, space: string): Promise<Announced> =>
  ((await database.settings.get(headsKey(space)))?.value as Announced | undefined) ?? { heads: [], ready: false };

/** Inside `writing`. */
export async function noteHeads(database: Database, { id: space, heads = [] }: SpaceInfo): Promise<void> {
  const check = await readCheck(database, space);
  const seen = Object.entries(check).filter(([, { witnessed }]) => witnessed.seq > 0);
  const before = await readAnnounced(database, space);
  if (heads.length === 0 && seen.length === 0 && before.heads.length === 0) return;
  // A chain this device has seen and the relay does not name any more has gone all the way back.
  const named = new Map<string, SpaceHead>(heads.map((head) => [head.facet, head]));
  for (const [facet] of seen) if (!named.has(facet)) named.set(facet, { facet, seq: 0, hash: "" });
  const ready = before.ready && (await database.cursors.get(space)) !== undefined;
  const value: Announced = {
    heads: [...named.values()].map((head) => ({ ...head, seenBefore: check[head.facet]?.witnessed.seq ?? 0 })),
    ready,
  };
  await database.settings.put({ key: headsKey(space), value });
}

/** Inside `writing`. The relay told where one chain ends now, after links were handed back to it. */
export async function announcedAnew(database: Database, space: string, head: SpaceHead): Promise<void> {
  const announced = await readAnnounced(database, space);
  const heads = announced.heads.map((told) => (told.facet === head.facet ? { ...told, ...head } : told));
  await database.settings.put({ key: headsKey(space), value: { ...announced, heads } });
}

/** Inside `writing`: a space is in step. */
export async function headsReady(database: Database, space: string): Promise<void> {
  const announced = await readAnnounced(database, space);
  if (!announced.ready) await database.settings.put({ key: headsKey(space), value: { ...announced, ready: true } });
}
