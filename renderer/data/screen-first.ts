// The first screen has the machine to itself: what nobody has asked for yet is loaded after it.

const QUIET_AFTER_MS = 1_000;
const QUIET_AT_LATEST_MS = 3_000;

/** Resolves when the first screen is likely to be painted, or when somebody begins to work in it. At once without a screen. */
export const screenFirst: Promise<void> =
  typeof document === "undefined"
    ? Promise.resolve()
    : new Promise((resolve) => {
        setTimeout(() => {
          // Safari has none.
          if (typeof requestIdleCallback === "undefined") resolve();
          else requestIdleCallback(() => resolve(), { timeout: QUIET_AT_LATEST_MS - QUIET_AFTER_MS });
        }, QUIET_AFTER_MS);
        for (const sign of ["pointermove", "pointerdown", "keydown"])
          addEventListener(sign, () => resolve(), { once: true, capture: true, passive: true });
      });
