// What the app promises besides the journeys: it opens on any address without a network, says truthfully how things stand,
// shows who sees what and who is here, can be used from the keyboard, and gives everything back as a file.

import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { expect, test, type Page } from "@playwright/test";
import { unzipped } from "../unzipped.ts";
import { Device, expectChip, recordId, setFact, type DeviceOptions } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

let world: World;
let relay: RelayProcess;

test.beforeEach(async () => {
  world = await World.start(["Ana", "Igor", "Carla"]);
  relay = world.relay;
});
test.afterEach(async () => world.dispose());

async function at(name: string, address: string, options: DeviceOptions = {}): Promise<{ device: Device; page: Page }> {
  const entered = await world.enter(name, address, options);
  await expect(entered.page.getByRole("heading", { level: 1 })).toBeVisible();
  return entered;
}

const idOf = (type: string, title: string): Promise<string> => recordId(relay.url, relay.account("Ana"), type, title);
const roofOf = (): string => relay.account("Ana").spaces.find((space) => space.name === "Clinic roof")?.id ?? "";

/** A wire that can be held: sockets stay open and nothing passes, as behind a dead router. */
async function openWire(): Promise<{ port: number; hold(held: boolean): void; cut(): void; close(): void }> {
  const sockets = new Set<Socket>();
  let held = false;
  const server: Server = createServer((inside) => {
    const outside = connect(relay.port, "localhost");
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(from);
      if (held) from.pause();
      from.on("data", (bytes) => to.write(bytes));
      from.on("close", () => to.destroy());
      // The close that follows ends the other side.
      from.on("error", () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    hold: (hold) => {
      held = hold;
      for (const socket of sockets) {
        if (hold) socket.pause();
        else socket.resume();
      }
    },
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}

test("a cold start without relay and network opens any address, with what belongs there", async () => {
  const [deal, scope] = [await idOf("deal", "Clinic roof"), await idOf("document", "Scope")];
  const { device, page } = await at("Ana", "/");
  await expectChip(page, "Synced");
  await relay.stop("SIGKILL");
  await device.close();
  const project = roofOf();
  const addresses: readonly (readonly [string, string | RegExp])[] = [
    ["/", /./],
    ["/companies", "Harbor Clinic"],
    ["/deals?view=board", "Clinic roof"],
    [`/record/${deal}`, "Clinic roof"],
    ["/projects", "Clinic roof"],
    [`/projects/${project}/milestones`, "M2 Structure"],
    [`/projects/${project}/people`, "Carla Meyer"],
    [`/projects/${project}/documents/${scope}`, "Scope"],
    ["/import", /./],
    ["/pending", /./],
    ["/settings", /./],
    ["/search?q=harbor", "Harbor Clinic"],
  ];
  for (const [address, words] of addresses) {
    const cold = await device.open(relay.url + address);
    await expect(cold.getByRole("heading", { level: 1 }), address).toBeVisible();
    await expect(cold.getByRole("main").getByText(words).first(), address).toBeVisible();
    await expectChip(cold, "Server not reachable");
    await cold.close();
  }
  const text = await device.open(`${relay.url}/projects/${project}/documents/${scope}`);
  await expect(text.locator(".ProseMirror")).not.toBeEmpty();
  const nowhere = await device.open(`${relay.url}/record/no-such-record`);
  await expect(nowhere.getByText("This record is not on this device")).toBeVisible();
  expect(device.problems).toEqual([]);
});

test("the chip says how things stand: synced, saving, server not reachable, offline, and synced again", async () => {
  const wire = await openWire();
  try {
    const route = { from: `localhost:${relay.port}`, through: wire.port };
    const { device, page } = await at("Ana", `/record/${await idOf("contact", "Carla Meyer")}`, { route });
    await expectChip(page, "Synced");
    wire.hold(true);
    await setFact(page, "Job title", "Head of Facilities");
    await expectChip(page, "Saving...");
    wire.hold(false);
    await expectChip(page, "Synced");
    await relay.stop();
    await expectChip(page, /^Server not reachable$/);
    await setFact(page, "Salutation", "Dr.");
    await expectChip(page, "Server not reachable, 1 waiting");
    await device.context.setOffline(true);
    await expectChip(page, "Offline, 1 change on this device");
    await relay.start();
    await device.context.setOffline(false);
    await expectChip(page, "Synced");
  } finally {
    wire.close();
  }
});

test("a browser without what is needed gets a page that says so", async () => {
  const device = new Device();
  world.devices.push(device);
  const page = await device.open("about:blank");
  await device.context.addInitScript(() => {
    Reflect.deleteProperty(Navigator.prototype, "locks");
  });
  await page.goto(relay.url);
  await expect(page.getByRole("heading", { name: "This browser cannot open Drawbridge" })).toBeVisible();
  await expect(page.getByText(/It does not offer: Web Locks\./)).toBeVisible();
});

test("what outsiders see is marked with words; what only the team sees is not", async () => {
  const { page } = await at("Ana", `/record/${await idOf("deal", "Clinic roof")}`);
  const mark = (field: string) =>
    page
      .getByRole("main")
      .getByRole("button", { name: `Edit ${field}`, exact: true })
      .locator("..");
  await expect(page.getByRole("main").getByRole("img", { name: "Partner can see this" }).first()).toBeVisible();
  await expect(mark("Margin").getByRole("img")).toHaveCount(0);
  await page.goto(`${relay.url}/record/${await idOf("contact", "Carla Meyer")}`);
  await expect(page.getByRole("img", { name: "Client can see and change this" }).first()).toBeVisible();
});

test("a deal moves over the board from the keyboard, and back with Undo", async () => {
  const { page } = await at("Ana", "/deals?view=board");
  const column = (name: RegExp) =>
    page.getByRole("main").getByRole("list", { name }).or(page.getByRole("main").getByRole("region", { name }));
  const card = page.getByRole("link", { name: "Clinic roof", exact: true });
  await expect(column(/^Qualification/).getByRole("link", { name: "Clinic roof", exact: true })).toBeVisible();
  await card.focus();
  await page.keyboard.press("m");
  await expect(page.getByRole("menuitem", { name: "Negotiation" })).toBeVisible();
  await page.getByRole("menuitem", { name: "Negotiation" }).press("Enter");
  await expect(column(/^Negotiation/).getByRole("link", { name: "Clinic roof", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(column(/^Qualification/).getByRole("link", { name: "Clinic roof", exact: true })).toBeVisible();
});

test("people in one project see one another, and one another's names at the caret", async () => {
  const address = `/projects/${roofOf()}`;
  const { page: igor } = await at("Igor", address);
  const { page: carla } = await at("Carla", address);
  const here = (page: Page, name: RegExp) =>
    page.getByRole("list", { name: "Here now" }).getByRole("listitem").filter({ hasText: name });
  await expect(here(igor, /^Carla/)).toBeVisible();
  await expect(here(igor, /^Carla Meyer, on Overview/)).toBeVisible();
  // The team looks on unseen, until one of it chooses otherwise.
  await expect(here(carla, /^Igor/)).toHaveCount(0);
  const choose = async (name: string): Promise<void> => {
    await igor.getByRole("button", { name: "More for this project" }).click();
    await igor.getByRole("menuitem", { name }).click();
  };
  await choose("Let clients see that I am here");
  await expect(here(carla, /^Igor/)).toBeVisible();
  await choose("Hide from clients that I am here");
  await expect(here(carla, /^Igor/)).toHaveCount(0);
  const scope = await idOf("document", "Scope");
  for (const page of [igor, carla]) {
    await page.goto(`${relay.url}${address}/documents/${scope}`);
    await expect(page.locator(".ProseMirror")).not.toBeEmpty();
  }
  await expect(igor.getByText("Live with Carla")).toBeVisible();
  await carla.locator(".ProseMirror").click();
  await carla.keyboard.type("Hello ");
  await expect(igor.locator(".document-caret-name", { hasText: "Carla" })).toHaveCount(1);
  // Whoever writes is seen by all who may read it.
  await expect(carla.getByText("Live, only you are here")).toBeVisible();
  await igor.locator(".ProseMirror").click();
  await igor.keyboard.type("And hello from us. ");
  await expect(carla.locator(".document-caret-name", { hasText: "Igor" })).toHaveCount(1);
  await expect(carla.getByText("Live with Igor")).toBeVisible();
  await carla.close();
  await expect(igor.getByText("Live, only you are here")).toBeVisible();
  await expect(igor.locator(".document-caret-name")).toHaveCount(0);
});

test("everything on the device comes out as one file, and rows with errors as a table", async () => {
  const { device, page } = await at("Ana", "/settings");
  await device.context.setOffline(true);
  await expectChip(page, "Offline");
  const shown = page.getByRole("main").locator("dt", { hasText: "Records" }).first().locator("+ dd");
  const count = Number((await shown.textContent())?.replaceAll(",", ""));
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export everything" }).click(),
  ]);
  const zip = await unzipped(new Blob([readFileSync(await file.path())]));
  const exported = JSON.parse(zip.text("export.json")) as { format: string; records: { id: string }[] };
  expect(exported.format).toBe("drawbridge-export");
  expect(count).toBeGreaterThan(500);
  expect(new Set(exported.records.map((record) => record.id)).size).toBe(count);

  await page.goto(`${relay.url}/import`);
  const csv =
    "Account Name;Website;Number of Employees\nWeir One;weir.example;12\n;nameless.example;3\nWeir Two;;many\n";
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "weirs.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Check values" }).click();
  const [errors] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV of these rows" }).click(),
  ]);
  const rows = readFileSync(await errors.path(), "utf8");
  expect(rows).toContain("nameless.example");
  expect(rows).toContain("Weir Two");
  expect(rows).not.toContain("Weir One");
});
