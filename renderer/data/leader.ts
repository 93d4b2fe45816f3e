// Many tabs share one database; one of them runs the feed. Web Locks decide which: when that tab dies, the browser hands
// the lock to the next one at once.

export type Locks = Pick<LockManager, "request">;

/** `lead` runs in the tab that holds the lock, until it is asked to stop. Returns the resignation. */
export function electLeader(
  locks: Locks | undefined,
  name: string,
  lead: () => () => Promise<void>,
): () => Promise<void> {
  if (locks === undefined) return lead();
  const leaving = new AbortController();
  const held = locks
    .request(name, { signal: leaving.signal }, async () => {
      const stop = lead();
      await new Promise<void>((resolve) => {
        if (leaving.signal.aborted) resolve();
        else leaving.signal.addEventListener("abort", () => resolve());
      });
      await stop();
    })
    .catch((error: unknown) => {
      // Resigning while still in the queue rejects the request; that is what was asked for.
      if (!leaving.signal.aborted) throw error;
    });
  return async () => {
    leaving.abort();
    await held;
  };
}
