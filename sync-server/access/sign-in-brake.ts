// Slows guessing: failed sign-ins are counted per address and per e-mail over a sliding window. In memory only.

export type SignInBrake = {
  /** Counts a try before the password is looked at, so that parallel guesses count too. False: too many already. */
  tryNow(keys: readonly string[]): boolean;
  /** The try was right: it no longer counts. */
  forgive(keys: readonly string[]): void;
};

export function createSignInBrake(tries: number, windowMs: number, now: () => number): SignInBrake {
  const triesByKey = new Map<string, number[]>();
  let sweptAt = now();

  const recent = (key: string): number[] => (triesByKey.get(key) ?? []).filter((at) => at > now() - windowMs);

  function sweep(): void {
    if (now() - sweptAt < windowMs) return;
    sweptAt = now();
    for (const key of triesByKey.keys()) if (recent(key).length === 0) triesByKey.delete(key);
  }

  return {
    tryNow(keys) {
      sweep();
      if (keys.some((key) => recent(key).length >= tries)) return false;
      for (const key of keys) triesByKey.set(key, [...recent(key), now()]);
      return true;
    },
    forgive(keys) {
      for (const key of keys) {
        const left = recent(key).slice(0, -1);
        if (left.length === 0) triesByKey.delete(key);
        else triesByKey.set(key, left);
      }
    },
  };
}
