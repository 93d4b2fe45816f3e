// Trust, end to end: a forged change from a client's session is refused and stands in the audit, the audit is filtered and
// taken away as a file, and a client who asks to be erased is gone.

import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { WebSocket } from "ws";
import { decodeRelayFrame, encodeClientFrame } from "#shared/protocol/frames.ts";
import { FEED_SUBPROTOCOL, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { updateOf } from "../unit/relay/test-relay.ts";
import { lookOver, lookOverTwice } from "./look-over.ts";
import { recordId, setFact, type DeviceOptions } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

let world: World;
let relay: RelayProcess;

test.beforeEach(async () => {
  world = await World.start(["Olga", "Ana", "Carla"]);
  relay = world.relay;
});
test.afterEach(async () => world.dispose());

async function at(firstName: string, address: string, look: DeviceOptions = {}): Promise<Page> {
  const { page } = await world.enter(firstName, address, look);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return page;
}

const check = async (page: Page, picture: string): Promise<void> => expect(await lookOver(page, picture)).toEqual([]);

/** What a hostile program with the client's own session does: it pushes an amount into the team's facet of a deal. */
async function forge(firstName: string, docId: string): Promise<number> {
  const { email, password } = relay.account(firstName);
  const json = { "content-type": "application/json" };
  const post = async (route: string, body: object, token = ""): Promise<Record<string, string>> => {
    const headers = token === "" ? json : { ...json, authorization: `Bearer ${token}` };
    const answer = await fetch(`${relay.url}/api/v1${route}`, { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, string>;
  };
  const { token = "" } = await post("/auth/sign-in", { email, password });
  const { ticket = "" } = await post("/tickets", {}, token);
  const socket = new WebSocket(`${relay.url.replace("http", "ws")}/feed?ticket=${ticket}`, FEED_SUBPROTOCOL);
  await new Promise((resolve) => socket.on("open", resolve));
  const answered = new Promise<number>((resolve) => {
    socket.on("message", (data: Buffer) => {
      const frame = decodeRelayFrame(data);
      if (frame.ok && frame.value.kind === "refused") resolve(frame.value.code);
    });
  });
  socket.send(
    encodeClientFrame({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "forger", logId: "", cursors: new Map() }),
  );
  socket.send(encodeClientFrame({ kind: "push", n: 1, docId, bytes: updateOf("amount", "1") }));
  const code = await answered;
  socket.close();
  return code;
}

test("J7.5 a forged change from the client's session is refused, and the owner finds it in the audit", async () => {
  const deal = await recordId(relay.url, relay.account("Ana"), "deal", "Clinic roof");
  expect(await forge("Carla", `${deal}.partner`)).toBe(1);
  const page = await at("Olga", "/settings/audit");
  const entries = page.getByRole("list", { name: /Audit entries/ }).getByRole("listitem");
  await expect(entries.first()).toBeVisible();
  const all = await entries.count();
  expect(all).toBeGreaterThan(2);
  await check(page, "audit-1440-light");
  await page.getByRole("combobox", { name: "What" }).click();
  await page.getByRole("option", { name: "Write denied" }).click();
  await expect(entries).toHaveCount(1);
  await expect(entries.first()).toContainText("Carla Meyer");
  await expect(entries.first()).toContainText("came over: the sync of a device");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    (async () => {
      await page.getByRole("button", { name: "Export" }).click();
      await page.getByRole("menuitem", { name: "Table (CSV)" }).click();
    })(),
  ]);
  const csv = readFileSync(await file.path(), "utf8");
  expect(csv).toMatch(/^seq,at,action/);
  expect(csv).toContain("write.denied");
});

test("an edit that came after access had ended waits for a decision: looked over, and what is asked before it counts", async () => {
  const carla = relay.account("Carla");
  const project = carla.spaces.find((space) => space.name === "Clinic roof")?.id ?? "";
  const scope = await recordId(relay.url, relay.account("Olga"), "document", "Scope");
  const page = await at("Olga", `/projects/${project}/people`);
  await page.getByRole("button", { name: "Remove Carla Meyer" }).click();
  await page.getByRole("button", { name: "Remove Carla", exact: true }).click();
  await expect(page.getByRole("button", { name: "Remove Carla Meyer" })).toHaveCount(0);
  expect(await forge("Carla", `${scope}.client-shared`)).toBe(1);
  await page.goto(`${relay.url}/late-edits`);
  await expect(page.getByRole("main").getByText("Carla Meyer").first()).toBeVisible();
  expect(await lookOverTwice(page, "late-edits")).toEqual([]);
});

test("the audit is for owners and managers", async () => {
  const page = await at("Ana", "/settings/audit");
  await expect(page.getByText("For owners and managers")).toBeVisible();
  await expect(page.getByRole("list", { name: /Audit entries/ })).toHaveCount(0);
});

for (const look of [
  { name: "390-light", width: 390, height: 844, scheme: "light" },
  { name: "1440-dark", width: 1440, height: 900, scheme: "dark" },
] as const) {
  test(`audit, data requests and My data at ${look.name}`, async () => {
    const olga = await at("Olga", "/settings/audit", look);
    await expect(olga.getByRole("list", { name: /Audit entries/ })).toBeVisible();
    await check(olga, `audit-${look.name}`);
    await olga.goto(`${relay.url}/settings/data-requests`);
    await expect(olga.getByText("Nobody has asked")).toBeVisible();
    await check(olga, `data-requests-${look.name}`);
    const carla = await at("Carla", "/my-data", look);
    await expect(carla.getByRole("heading", { name: "Your account" })).toBeVisible();
    await check(carla, `my-data-${look.name}`);
  });
}

test("My data: a client sees what is held and by whom, asks to be erased, the owner erases, and the client is gone", async () => {
  const carla = await at("Carla", "/my-data");
  const records = carla.getByRole("region", { name: "Records" });
  await expect(records).toContainText("Contact");
  await expect(records).toContainText("Can see it:");
  await expect(records).toContainText("Ana");
  await check(carla, "my-data-1440-light");
  const asking = carla.getByRole("region", { name: "Ask for erasure" });
  await asking.getByLabel("In your words").fill("I have left Harbor Clinic.");
  await asking.getByRole("button", { name: "Ask for erasure" }).click();
  await expect(asking).toContainText("Waits for an answer");

  const olga = await at("Olga", "/settings/data-requests");
  await expect(olga.getByRole("region", { name: "Requests" })).toContainText("I have left Harbor Clinic.");
  await olga.getByRole("button", { name: "Answer" }).click();
  const dialog = olga.getByRole("dialog");
  await expect(dialog).toContainText("It cannot be taken back");
  await check(olga, "data-request-answer-1440-light");
  await dialog.getByLabel("Your answer").fill("Done, all the best.");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(olga.getByRole("region", { name: "Requests" })).toContainText("Erased person");
  await expect(carla.getByRole("button", { name: "Sign in" })).toBeVisible();
  await olga.goto(`${relay.url}/contacts`);
  await expect(olga.getByText("Carla Meyer")).toHaveCount(0);
});

test("history of a record: before and after, both times, the device, and all of it as a file", async () => {
  const page = await at("Ana", `/record/${await recordId(relay.url, relay.account("Ana"), "deal", "Clinic roof")}`);
  await setFact(page, "Next step", "Send the revised offer");
  await page.getByRole("button", { name: "Changes", exact: true }).click();
  const newest = page.getByRole("listitem").filter({ hasText: "Send the revised offer" }).first();
  await expect(newest).toContainText("Chrome on Linux");
  await expect(newest).toContainText("received");
  await check(page, "history-1440-light");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the history" }).click(),
  ]);
  const csv = readFileSync(await file.path(), "utf8");
  expect(csv).toMatch(/^received,claimed,by/);
  expect(csv).toContain("Send the revised offer");
});
