// J4, J5, J6 in real browsers: a consultant at a desk, a client with a phone and no network, her colleague. Networks are cut
// for real, browsers and the relay are killed, and an outsider with Python comes to the same conclusion.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { unzipSync } from "fflate";
import { lookOver } from "./look-over.ts";
import { apiOf, expectChip, recordId, setFact, type DeviceOptions } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { cut, reconnect, World, type Person } from "./world.ts";

const verifier = path.resolve(import.meta.dirname, "../../docs/verify/verify.py");
/** Browser and relay are killed at so many points each; ten by APPROVAL_KILLS=10. */
const KILLS = Number(process.env["APPROVAL_KILLS"] ?? 3);

let world: World;
let relay: RelayProcess;
let space: string;
let milestone: string;

const person = (name: string, options: DeviceOptions = {}): Promise<Person> => world.enterLinked(name, "/", options);

const address = (tail: string): string => `${relay.url}/projects/${space}/${tail}`;

test.beforeEach(async () => {
  world = await World.start(["Igor", "Carla", "Cem"]);
  relay = world.relay;
  const igor = relay.account("Igor");
  space = igor.spaces.find((one) => one.name === "Clinic roof")?.id ?? "";
  milestone = await recordId(relay.url, igor, "milestone", "M2 Structure");
});

test.afterEach(async () => {
  await world.dispose();
});

/** Igor asks; resolves with the address of the request below the project. */
async function ask(igor: Person, ...approvers: readonly string[]): Promise<string> {
  await igor.page.goto(address(`ask/${milestone}`));
  const box = igor.page.getByRole("combobox", { name: "Approvers" });
  await box.waitFor();
  // Somebody of the client is proposed already.
  for (const pill of await igor.page.locator(".mantine-Pill-remove").all()) await pill.click({ force: true });
  for (const name of approvers) {
    await box.fill(name);
    await igor.page.getByRole("option", { name: new RegExp(name) }).click();
  }
  await igor.page.keyboard.press("Escape");
  if (approvers.length > 1) await igor.page.getByLabel("Approvals needed").fill(String(approvers.length));
  await igor.page.getByLabel("Message").fill("Structure between axis A and F, ready for steel order.");
  await igor.page.getByRole("button", { name: "Ask and sign" }).click();
  await expect(igor.page).toHaveURL(/\/approvals\/[\w-]+$/);
  return `approvals/${new URL(igor.page.url()).pathname.split("/").at(-1) ?? ""}`;
}

const status = (page: Page) => page.getByRole("banner").or(page.getByRole("main")).first();

async function expectStatus(one: Person, words: string): Promise<void> {
  await expect(status(one.page).getByText(words, { exact: true }).first()).toBeVisible({ timeout: 30_000 });
}

/** Resolves when the relay has it: shown, and the chip of a moment before, is not yet saved. */
async function moveTarget(igor: Person, day: string): Promise<void> {
  await igor.page.goto(new URL(`/record/${milestone}`, igor.page.url()).href);
  await setFact(igor.page, "Target", day);
  const api = await apiOf(relay.url, relay.account("Igor"));
  const target = async (): Promise<unknown> =>
    (await api<{ fields: Record<string, unknown> }>("GET", `/records/${milestone}`)).fields["targetDate"];
  await expect.poll(target).toBe(day);
}

const look = async (page: Page, name: string): Promise<void> => expect(await lookOver(page, name, "all")).toEqual([]);

test("J4 J5: a client approves on a phone in a cellar; it arrives, verifies, and no longer covers what is changed", async () => {
  test.setTimeout(240_000);
  const igor = await person("Igor");
  const carla = await person("Carla", { width: 390, height: 844 });
  const request = await ask(igor, "Carla Meyer");
  await expectStatus(igor, "Waiting");

  await carla.page.goto(address(""));
  await carla.page.getByRole("link", { name: /Approve M2 Structure/ }).click();
  const approve = carla.page.getByRole("button", { name: "Approve and sign" });
  await expect(approve).toBeVisible();
  await expect(carla.page.getByText("You approve revision 1 as Carla Meyer", { exact: false })).toBeVisible();
  await look(carla.page, "approve-phone");
  await cut(carla);
  await carla.page.getByRole("button", { name: "Reject" }).click();
  await carla.page.getByRole("button", { name: "Reject and sign" }).click();
  await expect(carla.page.getByText("Say why", { exact: false })).toBeVisible();
  await carla.page.getByRole("button", { name: "Cancel" }).click();
  await approve.click();
  await expect(carla.page.getByRole("heading", { name: "Signed here, not yet delivered" })).toBeVisible();
  await expect(carla.page.getByRole("main").getByRole("button", { name: "More", exact: true })).toHaveCount(0);
  await look(carla.page, "signed-offline-phone");
  await expectStatus(igor, "Waiting");

  await reconnect(carla);
  await expectStatus(igor, "Approved");
  await expect(igor.page.getByText("Carla Meyer approved revision 1")).toBeVisible();
  await look(igor.page, "approval-decided");
  await igor.page.goto(address(request.replace("approvals/", "certificate/")));
  await expect(igor.page.getByRole("heading", { name: "Approval of M2 Structure" })).toBeVisible();
  await look(igor.page, "certificate");
  await expectPrinted(igor.page);
  const [download] = await Promise.all([
    igor.page.waitForEvent("download"),
    igor.page.getByRole("button", { name: "Export to verify" }).click(),
  ]);
  expect(outsider(await download.path())).toContainEqual(
    expect.objectContaining({ title: "M2 Structure", outcome: "approved", revision: 1, covers: true }),
  );

  await moveTarget(igor, "2027-06-30");
  await igor.page.goto(address(request));
  await expect(igor.page.getByText("Approved rev 1, changed since")).toBeVisible();
  await carla.page.goto(address(request));
  await expect(carla.page.getByText("Approved rev 1, the current content is not approved.")).toBeVisible();
  await expect(carla.page.getByText("30 Jun 2027").first()).toBeVisible();
  await look(carla.page, "approval-stale-phone");

  await igor.page.getByRole("link", { name: "Ask again for revision 2" }).click();
  await igor.page.getByRole("button", { name: "Ask and sign" }).click();
  await expect(igor.page).toHaveURL(/\/approvals\//);
  await carla.page.goto(address(""));
  await carla.page.getByRole("link", { name: /Approve M2 Structure/ }).click();
  await expect(carla.page.getByRole("heading", { name: "Since revision 1" })).toBeVisible();

  // Changed by Igor while she decides in the cellar: her word is recorded for revision 2, and covers nothing else.
  await cut(carla);
  await moveTarget(igor, "2027-07-15");
  await carla.page.getByRole("button", { name: "Approve and sign" }).click();
  await expect(carla.page.getByRole("heading", { name: "Signed here, not yet delivered" })).toBeVisible();
  await reconnect(carla);
  await expect(carla.page.getByText("Approved rev 2, the current content is not approved.")).toBeVisible();
  await igor.page.goto(new URL(new URL(carla.page.url()).pathname, igor.page.url()).href);
  await expect(igor.page.getByText("Approved rev 2, the current content is not approved.")).toBeVisible();
  await expect(igor.page.getByText("15 Jul 2027").first()).toBeVisible();
  expect([...igor.device.problems, ...carla.device.problems]).toEqual([]);
});

test("J6: two clients disagree, both offline: one outcome on every device, and the reason", async () => {
  test.setTimeout(240_000);
  const igor = await person("Igor");
  const carla = await person("Carla", { width: 390, height: 844 });
  const cem = await person("Cem", { scheme: "dark" });
  const request = await ask(igor, "Carla Meyer", "Cem Aydin");
  for (const one of [carla, cem]) {
    await one.page.goto(address(request));
    await expect(one.page.getByRole("button", { name: "Approve and sign" })).toBeVisible();
  }
  await look(cem.page, "approve-dark");
  // Carla's network is dead and says nothing of it: connected, and not a byte goes through. Cem's is cut.
  carla.link.setDeaf(true);
  await cut(cem);
  await carla.page.getByRole("button", { name: "Approve and sign" }).click();
  await cem.page.getByRole("button", { name: "Reject" }).click();
  await cem.page.getByLabel("Why do you reject it?").fill("The east anchors are still M12.");
  await cem.page.getByRole("button", { name: "Reject and sign" }).click();
  for (const one of [carla, cem])
    await expect(one.page.getByRole("heading", { name: "Signed here, not yet delivered" })).toBeVisible();
  await reconnect(cem);
  await expectStatus(igor, "Changes requested");
  // She is told that nothing gets through, before anything else happens; Igor has nothing of hers.
  await expectChip(carla.page, /not reachable|Offline/);
  await expect(igor.page.getByText("Carla Meyer approved revision 1")).toHaveCount(0);
  // What was lost in a dead connection stays lost: it comes back as another one.
  carla.link.setDeaf(false);
  carla.link.cut();
  await reconnect(carla);
  for (const one of [igor, carla, cem]) {
    await expectStatus(one, "Changes requested");
    await expect(one.page.getByText("The east anchors are still M12.")).toBeVisible();
    await expect(one.page.getByText("Carla Meyer approved revision 1")).toBeVisible();
  }
});

test("a decision survives kill -9 of the browser and of the relay, and counts once", async () => {
  test.setTimeout(120_000 + KILLS * 40_000);
  const igor = await person("Igor");
  const carla = await person("Carla", { width: 390, height: 844 });
  for (let point = 0; point < KILLS; point += 1) {
    const request = await ask(igor, "Carla Meyer");
    await carla.page.goto(address(request));
    const approve = carla.page.getByRole("button", { name: "Approve and sign" });
    await approve.waitFor();
    if (point % 2 === 0) await cut(carla);
    await approve.click();
    await expect(approve).toBeHidden();
    // The relay dies a moment later every time, a little further along the way.
    await igor.page.waitForTimeout(point * 7);
    await Promise.all([carla.device.kill(), relay.stop("SIGKILL")]);
    await relay.start();
    carla.link.setOn(true);
    carla.page = await carla.device.open(address(request));
    await igor.page.evaluate(() => globalThis.dispatchEvent(new Event("online")));
    await igor.page.goto(address(request));
    for (const one of [carla, igor]) {
      await expectStatus(one, "Approved");
      await expect(one.page.getByText(/^Carla Meyer approved revision/)).toHaveCount(point + 1);
    }
  }
});

/** On paper: every hash in full, every time with its zone, numbered pages, and nothing to press. */
async function expectPrinted(page: Page): Promise<void> {
  await page.emulateMedia({ media: "print" });
  for (const role of ["navigation", "button", "banner"] as const)
    for (const one of await page.getByRole(role).all()) await expect(one, role).toBeHidden();
  const certificate = page.getByRole("article");
  const words = await certificate.innerText();
  expect(words).toContain("Carla Meyer approved revision 1");
  const hashes = words.match(/\b[0-9a-f]{64}\b/g) ?? [];
  expect(hashes.length, "content, key and head of the chain").toBeGreaterThanOrEqual(3);
  const times = words.match(/\d{1,2} \w{3,4} \d{4},? (?:at )?\d{2}:\d{2}(?: \S+)?/g) ?? [];
  expect(times.length, "asked, signed, received, registered, printed").toBeGreaterThanOrEqual(5);
  for (const time of times) expect(time, "with its zone").toMatch(/\d{2}:\d{2} (UTC|GMT|[A-Z]{2,5})/);
  const rules = await page.evaluate(() =>
    [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)),
  );
  expect(rules.filter((rule) => rule.startsWith("@page")).join("")).toMatch(/counter\(page\).*counter\(pages\)/);
  expect((await page.pdf({ preferCSSPageSize: true })).subarray(0, 5).toString()).toBe("%PDF-");
  await page.emulateMedia({ media: "screen" });
}

type Conclusion = {
  readonly title: string;
  readonly outcome: string;
  readonly revision: number;
  readonly covers: boolean;
};

/** An outsider: the export folder, Python, and nothing of ours. */
function outsider(zip: string): readonly Conclusion[] {
  const folder = mkdtempSync(path.join(tmpdir(), "drawbridge-outsider-"));
  const files = unzipSync(new Uint8Array(readFileSync(zip)));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  const output = execFileSync("python3", [verifier, folder], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  const result = JSON.parse(output) as {
    valid: boolean;
    conclusion: readonly Conclusion[];
  };
  expect(result.valid).toBe(true);
  return result.conclusion;
}
