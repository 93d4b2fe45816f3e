// One piece of work at a time, and whoever has much of it waits behind their own: the members who wait take turns.

export type FairTurns = {
  /** What one key asks for is done in the order it was asked in. */
  take<Value>(key: string, work: () => Promise<Value>): Promise<Value>;
  /** Resolves when nothing is under way or waits. */
  idle(): Promise<void>;
};

export function createFairTurns(): FairTurns {
  /** In the order of their turns: whoever had one goes to the end. */
  const waiting = new Map<string, (() => Promise<void>)[]>();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      const [key, works] = next;
      const work = works.shift();
      waiting.delete(key);
      if (works.length > 0) waiting.set(key, works);
      await work?.();
    }
    running = undefined;
  }

  return {
    take: (key, work) =>
      new Promise((resolve) => {
        const own = waiting.get(key) ?? [];
        waiting.set(key, own);
        own.push(async () => {
          const result = work();
          resolve(result);
          await result.catch(() => undefined);
        });
        running ??= run();
      }),
    async idle() {
      await running;
    },
  };
}
