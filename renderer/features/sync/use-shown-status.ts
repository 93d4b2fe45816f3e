// The status as it is shown: "Saving" only when it takes longer than 400 ms, so that quick saves do not flicker.

import { useEffect, useRef, useState } from "react";
import { useSyncStatus } from "#renderer/data/hooks.tsx";
import type { SyncStatus } from "#renderer/data/types.ts";

const SAVING_DELAY = 400;
const ANNOUNCE_EVERY = 10_000;

export function useShownStatus(): SyncStatus {
  const status = useSyncStatus();
  const saving = status.state === "saving";
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!saving) return undefined;
    const timer = setTimeout(() => setSlow(true), SAVING_DELAY);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [saving]);
  // Never on a device that has yet to get its first records: nothing there was synced before.
  const wasSynced = status.lastSyncedAt !== undefined && status.progress === undefined;
  return saving && !slow && wasSynced ? { ...status, state: "synced" } : status;
}

/** Follows `words`, but changes at most every 10 s: for the live region that screen readers speak. */
export function useCalmWords(words: string): string {
  const [spoken, setSpoken] = useState(words);
  const spokenAt = useRef(0);
  useEffect(() => {
    if (words === spoken) return undefined;
    const timer = setTimeout(
      () => {
        spokenAt.current = Date.now();
        setSpoken(words);
      },
      Math.max(0, spokenAt.current + ANNOUNCE_EVERY - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [words, spoken]);
  return spoken;
}
