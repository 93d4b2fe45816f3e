// The clock of the offline term by itself: whoever sets it back between uses gains nothing, what runs on adds up.

import "fake-indexeddb/auto";
import { afterEach, expect, it } from "vitest";
import { Database } from "#renderer/data/database.ts";
import { noteContact, watchOfflineTerm } from "#renderer/data/offline-term.ts";
import { createReplica } from "#renderer/data/replica.ts";
import { newId } from "#shared/model/ids.ts";

const HOUR_MS = 3_600_000;
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

it("T9: an hour of use with the clock set back before each adds up to 72; a clock that was ahead is believed after a contact", async () => {
  let clock = Date.parse("2026-05-14T08:00:00Z");
  let ran = 0;
  const me = { id: "pia", name: "Pia", email: "pia@delta.example", persona: "partner" as const };
  const replica = createReplica(new Database(`test-${newId()}`), me, () => new Date(clock));
  await noteContact(replica);
  /** The app is opened, runs for an hour, looks at the time once more when it is opened the next time. */
  const use = async (): Promise<boolean> => {
    const watch = await watchOfflineTerm(
      replica,
      () => undefined,
      () => ran,
    );
    stops.push(() => watch.stop());
    ran += HOUR_MS;
    await watch.look();
    watch.stop();
    return watch.closed !== undefined;
  };
  let uses = 0;
  while (!(await use())) uses += 1;
  expect(uses).toBe(73);

  clock += 365 * 24 * HOUR_MS;
  await noteContact(replica);
  clock -= 365 * 24 * HOUR_MS;
  await noteContact(replica);
  expect(await use()).toBe(false);
});
