// What waits and what was refused, read again whenever the local tables change.

import { useObserved, useSyncStatus } from "#renderer/data/hooks.tsx";
import type { PendingChange, RefusedChange } from "#renderer/data/types.ts";

export type Waiting = { readonly pending: readonly PendingChange[]; readonly refused: readonly RefusedChange[] };

export function useWaiting(): Waiting | undefined {
  const { waiting, refused } = useSyncStatus();
  // The counts are in the key: what the reads touch may be behind a cache that only the status knows about.
  const read = useObserved(`waiting ${waiting} ${refused}`, async (data) => ({
    pending: await data.sync.pending(),
    refused: await data.sync.refused(),
  }));
  return read;
}
