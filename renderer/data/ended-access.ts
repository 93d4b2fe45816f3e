// Spaces that were taken from this device and whose person has not read it yet.

import type { SpaceInfo } from "#shared/protocol/frames.ts";
import type { Database } from "./database.ts";
import type { Replica } from "./replica.ts";
import type { EndedAccess, SpaceRow } from "./types.ts";

const ENDED = "endedAccess";

/** The person is told, on every page, until it was read. */
export async function noteAccessEnded({ database, now }: Replica, { id, name }: SpaceRow): Promise<void> {
  const known = await endedAccess(database);
  await database.settings.put({ key: ENDED, value: [...known, { id, space: name, at: now().toISOString() }] });
}

/** A changed persona takes a space away and brings it again as that persona sees it: nothing has ended. */
export async function keepEnded(database: Database, present: readonly SpaceInfo[]): Promise<void> {
  const known = await endedAccess(database);
  const left = known.filter(({ id }) => !present.some((space) => space.id === id));
  if (left.length < known.length) await database.settings.put({ key: ENDED, value: left });
}

export async function endedAccess(database: Database): Promise<readonly EndedAccess[]> {
  return ((await database.settings.get(ENDED))?.value as readonly EndedAccess[] | undefined) ?? [];
}

export const forgetEndedAccess = (database: Database): Promise<void> => database.settings.delete(ENDED);
