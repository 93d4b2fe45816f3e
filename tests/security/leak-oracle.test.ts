// T11, T17, T22: not one forbidden byte on the wire or the disk of somebody from outside.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "#tests/sync/random.ts";
import { findCanaries } from "./canaries.ts";
import { openLeakWorld } from "./leak-world.ts";
import { seedFor } from "#tests/seed.ts";

const seed = seedFor("LEAK_SEED");
let world: Awaited<ReturnType<typeof openLeakWorld>>;

beforeAll(async () => void (world = await openLeakWorld({ random: createRandom(seed) })), 60_000);
afterAll(() => world.close());

describe(`leak oracle (LEAK_SEED=${seed})`, () => {
  test.each(["client", "partner", "customer"] as const)(
    "T11 T17 T22: a %s gets every visible canary and no hidden one: feed, live, HTTP, refusals, exports, search, disk",
    async (persona) => {
      const { pieces, hidden, visible } = await world.take(persona);
      expect(hidden.length).toBeGreaterThan(100);
      expect(visible.length).toBeGreaterThan(10);
      expect(findCanaries(pieces, hidden)).toEqual([]);
      // The net has no holes: what this persona may see is found in what they got.
      const seen = new Set(findCanaries(pieces, visible).map(({ what }) => what));
      expect(visible.filter(({ what }) => !seen.has(what))).toEqual([]);
    },
  );
});
