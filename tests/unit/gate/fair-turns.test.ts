// T21: whoever asks for much waits behind their own.

import { expect, it } from "vitest";
import { createFairTurns } from "#sync-server/gate/fair-turns.ts";

it("T21 one member's hundred updates hold another's up by one, keep their order, and a failure ends nobody's turns", async () => {
  const turns = createFairTurns();
  const done: string[] = [];
  const ask = (key: string, name: string): Promise<void> =>
    turns.take(key, async () => {
      await Promise.resolve();
      done.push(name);
      if (name === "mallory 3") throw new Error("it took too long");
    });
  const all = Array.from({ length: 100 }, (_, index) => ask("mallory", `mallory ${index}`));
  const others = [ask("carla", "carla 0"), ask("carla", "carla 1"), ask("cem", "cem 0")];
  const settled = await Promise.allSettled([...all, ...others]);
  expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(done.slice(0, 6)).toEqual(["mallory 0", "mallory 1", "carla 0", "cem 0", "mallory 2", "carla 1"]);
  expect(done.filter((name) => name.startsWith("mallory"))).toEqual(all.map((_, index) => `mallory ${index}`));
  await turns.idle();
  await turns.take("late", async () => void done.push("late"));
  expect(done.at(-1)).toBe("late");
});
