// What is on its way to this device's disk and not there yet: edits being written, words being joined, and the code that
// writes them being loaded. The screens show a new value before it is safe, so leaving the page asks here.

import { createWatched } from "./emitter.ts";

export type Unsaved = {
  /** Something would be lost if the page ended now. */
  readonly any: () => boolean;
  /** Resolves when nothing is on its way any more. */
  readonly settled: () => Promise<void>;
};

export type UnsavedKeeper = Unsaved & {
  /** From now until the returned function is called something is on its way. */
  readonly begin: () => () => void;
  /** The same for as long as the work takes, however it ends. */
  readonly track: <T>(work: () => Promise<T>) => Promise<T>;
};

export function createUnsaved(): UnsavedKeeper {
  const underWay = createWatched(0);

  function begin(): () => void {
    underWay.set(underWay.get() + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      underWay.set(underWay.get() - 1);
    };
  }

  return {
    any: () => underWay.get() > 0,
    settled: () =>
      new Promise((resolve) => {
        if (underWay.get() === 0) {
          resolve();
          return;
        }
        const unsubscribe = underWay.subscribe((count) => {
          if (count > 0) return;
          unsubscribe();
          resolve();
        });
      }),
    begin,
    track: async (work) => {
      const end = begin();
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}
