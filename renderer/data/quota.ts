// The device ran out of space: one place knows how IndexedDB says so, and everybody else gets a value.

import { err, type Result } from "#shared/model/result.ts";
import type { EditError } from "./types.ts";

/** Told whether the last write found room. */
export type QuotaWatch = { readonly storageFull: (full: boolean) => void; readonly saved: () => void };

/** Dexie wraps the engine's error, an aborted transaction wraps it again. */
export function isQuotaError(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < 4 && typeof current === "object" && current !== null; depth += 1) {
    if ("name" in current && current.name === "QuotaExceededError") return true;
    current = "inner" in current ? current.inner : undefined;
  }
  return false;
}

export async function withQuota<T>(
  watch: QuotaWatch,
  body: () => Promise<Result<T, EditError>>,
): Promise<Result<T, EditError>> {
  try {
    const result = await body();
    if (result.ok) {
      watch.storageFull(false);
      watch.saved();
    }
    return result;
  } catch (error) {
    if (!isQuotaError(error)) throw error;
    watch.storageFull(true);
    return err({
      type: "QuotaExceeded",
      message:
        "This device is out of space. Your change is still on screen: copy it, free some space, then save again.",
    });
  }
}
