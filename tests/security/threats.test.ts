// The list is complete: every threat this product defends against has a test that names it in its title.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const threats: Readonly<Record<string, string>> = {
  T1: "a socket or request without a session",
  T2: "probing the API as a guest",
  T3: "a foreign page opens a socket",
  T7: "somebody removed while online goes on reading or writing",
  T8: "somebody removed pushes later, with a clock set back",
  T9: "somebody removed keeps an old copy",
  T10: "ids of another project or organization",
  T11: "hidden values through sync, history, counts, sizes, order",
  T13: "an approval in somebody else's name",
  T14: "approved one thing, says it was another",
  T15: "two grants of one person widen each other",
  T16: "hidden records inferred from counts, errors, timing",
  T17: "hidden values through search and exports",
  T18: "a colleague misuses the lens",
  T19: "rows of the audit altered or deleted in the database",
  T20: "updates that launder, forge or exhaust",
  T21: "updates and frames that exhaust the relay",
  T22: "awareness: a made-up name, an address, a megabyte",
  T23: "the relay forges an approval or a member",
  T24: "the relay cuts, forks, withholds or rolls back",
  R30: "revocation in the middle of something",
  R31: "permissions against a reference model",
  R32: "approvals under random schedules, exports mutated",
};

const tests = path.resolve(import.meta.dirname, "..");
const titles = readdirSync(tests, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(test|spec)\.ts$|-exam\.ts$/.test(file) && !file.endsWith("threats.test.ts"))
  .flatMap((file) => [
    ...readFileSync(path.join(tests, file), "utf8").matchAll(/["'`]((?:[A-Z]{1,2}\d+(?:\.\d+)?:? )+)/g),
  ])
  .flatMap(([, names = ""]) => names.split(/[ :]+/));

describe("threats", () => {
  for (const [name, what] of Object.entries(threats))
    it(`${name}, ${what}, is named by a test`, () => {
      expect(titles).toContain(name);
    });
});
