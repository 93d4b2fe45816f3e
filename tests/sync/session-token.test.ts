// The desktop app's way to keep the session: the token lies outside the device database, or nowhere at all.

import { Dexie } from "dexie";
import { describe, expect, test } from "vitest";
import type { TokenKeeper } from "#renderer/data/session.ts";
import { crmOf, networkOfTest, PASSWORD, setUpOwner, synced, until, type Device, type Network } from "./network.ts";

type Keeper = TokenKeeper & { kept: string | undefined };

const keeper = (keeps: boolean): Keeper => ({
  kept: undefined,
  load() {
    return Promise.resolve(this.kept);
  },
  save(token) {
    if (keeps) this.kept = token;
    return Promise.resolve(keeps);
  },
  clear() {
    this.kept = undefined;
    return Promise.resolve();
  },
});

const kindOf = (device: Device): string => device.data.session.state().kind;

async function signedIn(keeps: boolean): Promise<{ network: Network; device: Device; tokens: Keeper }> {
  const network = await networkOfTest();
  await setUpOwner(network);
  const tokens = keeper(keeps);
  const device = await network.addDevice({ tokens });
  await signInOlga(device);
  return { network, device, tokens };
}

async function signInOlga(device: Device): Promise<void> {
  const done = await device.data.session.signIn({ email: "olga@northwind.example", password: PASSWORD });
  expect(done.ok).toBe(true);
  await synced(device);
}

/** Everything the device database says about the session. */
async function storedSession(device: Device): Promise<string> {
  const database = await new Dexie(`${device.prefix}-device`).open();
  const rows: unknown = await database.table("session").toArray();
  database.close();
  return JSON.stringify(rows);
}

async function createContact(device: Device): Promise<string> {
  const created = await device.data.edit.create({
    type: "contact",
    space: await crmOf(device),
    values: { firstName: "Rosa", lastName: "Lind" },
  });
  if (!created.ok) throw new Error(JSON.stringify(created.error));
  return created.value.id;
}

describe("a token kept outside the device database", () => {
  test("is nowhere in it, and opens the app signed in after a restart, offline too", async () => {
    const { device, tokens } = await signedIn(true);
    expect(tokens.kept).toMatch(/\S{20,}/);
    const stored = await storedSession(device);
    expect(stored).toContain("Olga");
    expect(stored).not.toContain(tokens.kept);
    expect(stored).not.toContain('"token"');

    device.link.setOn(false);
    await device.reload();
    expect(kindOf(device)).toBe("signedIn");
    device.link.setOn(true);
    await synced(device);

    expect((await device.data.session.signOut()).ok).toBe(true);
    expect(tokens.kept).toBeUndefined();
    await device.reload();
    await until(() => kindOf(device) === "signedOut", "signed out after the restart");
  });

  test("that could not be kept lasts for this run; the data and what waits stay for the next sign-in", async () => {
    const { device, tokens } = await signedIn(false);
    device.link.setOn(false);
    await until(() => device.data.sync.status().state === "unreachable", "the device notices");
    const rosa = await createContact(device);
    await device.reload();
    await until(() => kindOf(device) === "signedOut", "no token, so sign-in");
    expect(tokens.kept).toBeUndefined();

    device.link.setOn(true);
    await signInOlga(device);
    expect((await device.data.query.record(rosa))?.fields["firstName"]).toBe("Rosa");
    expect(device.data.sync.status().waiting).toBe(0);
  });

  for (const keeps of [true, false])
    test(`whose session the relay ended is forgotten (${keeps ? "kept" : "not kept"})`, async () => {
      const { network, device, tokens } = await signedIn(keeps);
      await network.stopRelay();
      network.endSessions();
      await network.startRelay();
      await until(() => kindOf(device) === "signedOut", "the session has ended");
      await until(() => tokens.kept === undefined, "the token is forgotten");
      await signInOlga(device);
      await device.reload();
      await until(() => kindOf(device) === (keeps ? "signedIn" : "signedOut"), "as kept");
    });
});
