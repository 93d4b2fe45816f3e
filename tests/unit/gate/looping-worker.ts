// A thread for the tests of background threads: answers, loops for ever, or eats memory, as it is told.

import { parentPort } from "node:worker_threads";

parentPort?.on("message", (what: string) => {
  const eaten: number[][] = [];
  const isEndless = (turn: number): boolean => what !== "work" && turn >= 0;
  for (let turn = 0; isEndless(turn); turn += 1) {
    if (what === "eat") eaten.push(Array.from({ length: 100_000 }, () => turn));
  }
  parentPort?.postMessage(`did ${what}`);
});
