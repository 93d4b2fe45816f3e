// The search for canaries finds a token in the very update that put it in place of another.

import { expect, test } from "vitest";
import * as Y from "yjs";
import { writePlainText } from "#shared/doc/text-merge.ts";
import { createRandom } from "#tests/sync/random.ts";
import { seedFor } from "#tests/seed.ts";
import { findCanaries, newToken } from "./canaries.ts";

const seed = seedFor("CANARY_SEED");

test(`a token that replaces another stands whole in its update, 2,000 times (CANARY_SEED=${seed})`, () => {
  const random = createRandom(seed);
  const text = new Y.Doc().getText("text/description");
  for (let turn = 0; turn < 2_000; turn += 1) {
    const token = newToken(random, text.toJSON());
    let update: Uint8Array = new Uint8Array();
    text.doc?.once("update", (bytes: Uint8Array) => (update = bytes));
    text.doc?.transact(() => writePlainText(text, token));
    expect(text.toJSON()).toBe(token);
    expect(findCanaries([{ channel: "feed", bytes: update }], [{ what: "token", token }]).length).toBeGreaterThan(0);
  }
});
