// Slows guessing: failed sign-ins, and secrets of links, are counted per address and per e-mail over a sliding window. In memory only.

import type { Result } from "#shared/model/result.ts";
import { fail } from "./access-errors.ts";
import type { AccessError } from "./access.ts";

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

const GUESSES = 10;
const GUESS_WINDOW_MS = 60_000;

/** For what a link's secret opens: ten tries a minute and network address. */
export function createGuessBrake(now: () => number) {
  const brake = createSignInBrake(GUESSES, GUESS_WINDOW_MS, now);
  /** Counts the try before the secret is looked at, so that parallel guesses count too. */
  return <T>(address: string, attempt: () => Result<T, AccessError>): Result<T, AccessError> => {
    const keys = [`address ${address}`];
    if (!brake.tryNow(keys)) return fail("TooManyTries", "There were too many tries. Wait a minute, then try again.");
    const result = attempt();
    if (result.ok) brake.forgive(keys);
    return result;
  };
}
