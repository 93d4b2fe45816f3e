// Values on their way between facets while the relay is killed, kill -9, again and again, and while a device that knows
// nothing of the decision goes on editing without a network: every value arrives, and nothing stays where it no longer belongs.

import "fake-indexeddb/auto";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { assert } from "#shared/model/result.ts";
import type { Right } from "#shared/model/policy.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";
import { openLink } from "#tests/link.ts";
import { openDevice, PASSWORD, synced, until, type Device, valueOf } from "#tests/sync/network.ts";
import { createRandom } from "#tests/sync/random.ts";
import { OWNER, prepareRelay, setUpRelay, type RelayProcess } from "./relay-process.ts";
import { seedFor } from "#tests/seed.ts";

const RECORDS = 120;
const seed = seedFor("MOVE_SEED");
const random = createRandom(seed);

const folder = mkdtempSync(join(tmpdir(), "drawbridge-move-"));
const devices: (Device & { close(): Promise<void> })[] = [];
let relay: RelayProcess | undefined;

afterEach(async () => {
  for (const device of devices.splice(0)) await device.close();
  await relay?.stop("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function deviceOf(email: string): Promise<Device> {
  const device = await openDevice(await openLink(() => relay?.port), {});
  devices.push(device);
  valueOf(await device.data.session.signIn({ email, password: PASSWORD }));
  await synced(device, 30_000);
  return device;
}

test(
  `W10 F8: a move is killed with -9 in its middle, with edits of a device that was away meanwhile (MOVE_SEED=${seed})`,
  { timeout: 240_000 },
  async () => {
    relay = await prepareRelay(folder, { flags: ["--policy-hold", "0"] });
    await relay.start();
    await setUpRelay(relay.address);
    const olga = await deviceOf(OWNER);
    const people = { igor: "consultant", carla: "client" } as const;
    for (const [name, persona] of Object.entries(people))
      valueOf(await olga.data.people.add({ name, email: `${name}@northwind.example`, password: PASSWORD, persona }));
    const space = valueOf(await olga.data.edit.createProject({ name: "Clinic roof" })).id;
    const values = (index: number) => ({ title: `Step ${index}`, internalNotes: `note ${index}` });
    const milestones = Array.from({ length: RECORDS }, (_, index) => ({
      id: `m${index}`,
      type: "milestone",
      space,
      values: values(index),
    }));
    valueOf(await olga.data.edit.createMany(milestones));
    await synced(olga, 30_000);
    const everybody = valueOf(await olga.data.people.all());
    const carlaId = everybody.find(({ name }) => name === "carla")?.id ?? "";
    valueOf(await olga.data.people.addToSpace(space, carlaId, "client"));
    const [igor, carla] = [await deviceOf("igor@northwind.example"), await deviceOf("carla@northwind.example")];
    const noteOf = async (device: Device, index: number): Promise<unknown> =>
      (await device.data.query.record(`m${index}`))?.fields["internalNotes"];
    await until(async () => (await noteOf(igor, RECORDS - 1)) !== undefined, "Igor has all of it", 30_000);

    let killedInTheMiddle = 0;
    /** Decides, kills the relay a few times while values move, and waits until they have moved. */
    async function moveUnderFire(right: Right): Promise<void> {
      assert(relay !== undefined, "it was started");
      const { version } = valueOf(await olga.data.policy.state());
      const edits = [{ type: "milestone", field: "internalNotes", persona: "client" as const, right }];
      valueOf(await olga.data.policy.decide({ base: version, edits }));
      for (let kill = 0; kill < 3; kill += 1) {
        await new Promise((resolve) => setTimeout(resolve, random.below(60)));
        await relay.stop("SIGKILL");
        killedInTheMiddle += pendingMoves() > 0 ? 1 : 0;
        await relay.start();
      }
      olga.data.sync.syncNow();
      await until(
        async () => {
          const state = await olga.data.policy.state();
          return state.ok && !state.value.isMoving;
        },
        "everything has moved",
        60_000,
      );
    }
    const pendingMoves = (): number => {
      const database = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
      const row = database.prepare("SELECT count(*) AS count FROM field_moves").get();
      database.close();
      return Number(row?.["count"]);
    };
    const expected = Array.from({ length: RECORDS }, (_, index) => `note ${index}`);
    const editAway = async (words: string): Promise<void> => {
      for (let edit = 0; edit < 20; edit += 1) {
        const index = random.below(RECORDS);
        expected[index] = `${words} ${edit}`;
        valueOf(await igor.data.edit.set(`m${index}`, { internalNotes: `${words} ${edit}` }));
      }
    };
    const notesOf = (device: Device): Promise<readonly unknown[]> =>
      Promise.all(expected.map((_, index) => noteOf(device, index)));
    const agree = (device: Device, what: string): Promise<void> =>
      until(async () => JSON.stringify(await notesOf(device)) === JSON.stringify(expected), what, 60_000);

    igor.link.setOn(false);
    await editAway("opened meanwhile");
    await moveUnderFire("read");
    igor.link.setOn(true);
    igor.data.sync.syncNow();
    carla.data.sync.syncNow();
    await agree(igor, "Igor's edits are where the field lies now");
    await agree(olga, "the team has all of it");
    await agree(carla, "the client has all that was opened");

    await synced(igor, 30_000);
    igor.link.setOn(false);
    await editAway("closed meanwhile");
    await moveUnderFire("none");
    igor.link.setOn(true);
    igor.data.sync.syncNow();
    carla.data.sync.syncNow();
    await agree(igor, "Igor's edits came back with the field");
    await agree(olga, "the team has all of it again");
    await until(
      async () => (await notesOf(carla)).every((note) => note === undefined),
      "the client has nothing of it any more",
      60_000,
    );
    expect(await igor.data.sync.refused()).toEqual([]);
    expect(killedInTheMiddle).toBeGreaterThan(0);
    console.log(`killed ${killedInTheMiddle} times out of 6 with values on their way`);
  },
);
