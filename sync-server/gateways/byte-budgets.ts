// How much a member may write (rule L4): bytes of updates a minute over all of his sockets and the API together. Whoever is
// over it is read more slowly; nothing is refused, so that what a device has to offer after a restore only takes longer.

export type ByteBudget = {
  /** Counts bytes that came in; answers how many ms the next ones should wait. */
  spend(bytes: number): number;
  /** ms until there is something to spend again. */
  wait(): number;
  /** A whole minute's worth over it, although it is read more slowly. */
  isFlooded(): boolean;
  /** One of their updates was no honest device's (rule L6): it cannot be applied, or its trial had to be cut short. */
  strike(): void;
  /** A few of those within a minute. */
  isHostile(): boolean;
};

export type ByteBudgets = { of(memberId: string): ByteBudget };

type Options = {
  readonly bytesPerMinute: number;
  /** The team imports whole address books, and offers everything again after a restore. */
  readonly teamFactor: number;
  readonly isExternal: (memberId: string) => boolean;
  readonly now?: () => number;
};

const MINUTE_MS = 60_000;
/** Rule L6 */
const STRIKES = 5;

export function createByteBudgets({ bytesPerMinute, teamFactor, isExternal, now = Date.now }: Options): ByteBudgets {
  /** One per member who wrote since the start: bounded by how many there are. */
  const budgets = new Map<string, ByteBudget>();

  function create(memberId: string): ByteBudget {
    const perMinute = isExternal(memberId) ? bytesPerMinute : bytesPerMinute * teamFactor;
    let left = perMinute;
    let refilledAt = now();
    let strikes: readonly number[] = [];

    function refill(): void {
      const at = now();
      left = Math.min(perMinute, left + ((at - refilledAt) / MINUTE_MS) * perMinute);
      refilledAt = at;
    }

    const wait = (): number => (left >= 0 ? 0 : (-left / perMinute) * MINUTE_MS);

    return {
      spend(bytes) {
        refill();
        left -= bytes;
        return wait();
      },
      wait() {
        refill();
        return wait();
      },
      isFlooded: () => left < -perMinute,
      strike() {
        strikes = [...strikes, now()].slice(-STRIKES);
      },
      isHostile: () => strikes.length === STRIKES && (strikes[0] ?? 0) > now() - MINUTE_MS,
    };
  }

  return {
    of(memberId) {
      const known = budgets.get(memberId);
      if (known !== undefined) return known;
      const made = create(memberId);
      budgets.set(memberId, made);
      return made;
    },
  };
}
