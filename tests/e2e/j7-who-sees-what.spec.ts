// J7 and T18: a manager invites a client, decides in the matrix what clients see, checks it through the lens before and after
// it counts, and takes the right back. The client's browser is searched at every step: it holds exactly that. Left without
// contact it closes, and opens by itself.

import { expect, test, type Page } from "@playwright/test";
import { axeFindings, lookOverTwice } from "./look-over.ts";
import { apiOf, Device, expectChip, recordId, signIn } from "./people.ts";
import { RelayProcess } from "./relay-process.ts";

const CANARY = "anchor bolts 77f1c09e";
const MARGIN = 31.5737;
const email = "cora@harbor.example";
const password = "a long enough one";

/** Everything in the databases of the browser: values as JSON, bytes one character each. */
const held = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const answerOf = <T>(asked: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        asked.addEventListener("success", () => resolve(asked.result));
        asked.addEventListener("error", () => reject(asked.error ?? new Error("IndexedDB failed")));
      });
    const parts: string[] = [];
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await answerOf(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const bytes = (_key: string, value: unknown): unknown => {
          if (!(value instanceof Uint8Array)) return value;
          parts.push(Array.from(value, (byte) => String.fromCodePoint(byte)).join(""));
          return undefined;
        };
        parts.push(JSON.stringify([await answerOf(objects.getAllKeys()), await answerOf(objects.getAll())], bytes));
      }
      database.close();
    }
    return parts.join("\n");
  });

const float64 = (value: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("latin1");
};

/** Which of the hidden values a device holds, in text or as a number in the bytes of a document. */
async function canariesIn(page: Page): Promise<readonly string[]> {
  const all = await held(page);
  expect(all, "the search sees what is there").toContain("Structure");
  return [CANARY, String(MARGIN), float64(MARGIN)].filter((canary) => all.includes(canary));
}

test("J7 T18: a manager invites a client, opens a field to clients, looks through the lens, takes it back", async () => {
  test.setTimeout(300_000);
  const relay = await RelayProcess.start({ flags: ["--policy-hold", "1"] });
  const olga = new Device();
  const cora = new Device({ width: 390, height: 844, scheme: "dark" });
  const thief = new Device();
  try {
    const owner = relay.account("Olga");
    const project = owner.spaces.find(({ name }) => name === "Clinic roof")?.id ?? "";
    const milestone = await recordId(relay.url, owner, "milestone", "M2 Structure");
    const api = await apiOf(relay.url, owner);
    await api("PATCH", `/records/${milestone}`, { fields: { internalNotes: CANARY } });
    await api("PATCH", `/records/${project}`, { fields: { margin: MARGIN } });

    const page = await olga.open(relay.url);
    await signIn(page, owner);
    await page.goto(`${relay.url}/projects/${project}/people`);
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByLabel("E-mail").fill(email);
    await expect(page.getByRole("dialog")).toContainText(/Never .*Internal notes.*Labour cost/);
    await page.getByRole("button", { name: "Make the invitation" }).click();
    const link = await page.getByLabel("Invitation link").inputValue();
    expect(link).toMatch(/\/invite#[\w-]{40,}$/);
    expect(await axeFindings(page, { severeOnly: true })).toEqual([]);
    await page.getByRole("button", { name: "Done" }).click();
    await expect(page.getByRole("list", { name: "Invitations" })).toContainText(email);

    const stolen = await thief.open(link);
    await stolen.getByLabel("Your e-mail").fill("mallory@evil.example");
    await stolen.getByLabel("Your name").fill("Mallory");
    await stolen.getByLabel("Password", { exact: true }).fill(password);
    await stolen.getByRole("button", { name: "Join" }).click();
    await expect(stolen.getByRole("alert")).toContainText("another e-mail address");

    const begun = Date.now();
    const phone = await cora.open(link);
    await expect(phone.getByRole("heading", { level: 1 })).toContainText("Join");
    expect(await axeFindings(phone, { severeOnly: true })).toEqual([]);
    await phone.getByLabel("Your e-mail").fill(email);
    await phone.getByLabel("Your name").fill("Cora Lind");
    await phone.getByLabel("Password", { exact: true }).fill(password);
    await phone.getByRole("button", { name: "Join" }).click();
    await expect(phone).toHaveURL(new RegExp(`/projects/${project}$`));
    await expect(phone.getByRole("heading", { level: 1, name: "Clinic roof" })).toBeVisible();
    await expectChip(phone, "Synced");
    const joined = Date.now() - begun;
    expect(joined).toBeLessThan(60_000);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await canariesIn(phone)).toEqual([]);
    await expect(page.getByText("Cora Lind").first()).toBeVisible();
    await expect(page.getByText(email)).toHaveCount(0);
    await stolen.reload();
    await expect(stolen.getByRole("alert")).toContainText("used already");
    await thief.close();

    // What is asked of her she finds where she is, and answers with one press.
    await page.goto(`${relay.url}/projects/${project}/ask/${milestone}`);
    const approvers = page.getByRole("combobox", { name: "Approvers" });
    await approvers.waitFor();
    for (const pill of await page.locator(".mantine-Pill-remove").all()) await pill.click({ force: true });
    await approvers.fill("Cora");
    await page.getByRole("option", { name: /Cora Lind/ }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Ask and sign" }).click();
    const asked = Date.now();
    await phone.getByRole("link", { name: /Approve M2 Structure/ }).click();
    await phone.getByRole("button", { name: "Approve and sign" }).click();
    await expect(phone.getByText("Cora Lind approved revision 1")).toBeVisible({ timeout: 30_000 });
    expect(joined + Date.now() - asked, "from the link to the signature").toBeLessThan(60_000);
    expect(await axeFindings(phone, { severeOnly: true })).toEqual([]);
    await expect(page.getByText("Cora Lind approved revision 1")).toBeVisible({ timeout: 30_000 });
    await phone.goto(`${relay.url}/projects/${project}`);

    await page.goto(`${relay.url}/settings/policy`);
    await page.getByText("Milestone", { exact: true }).click();
    const cell = page.getByRole("button", { name: /^Internal notes, Client:/ });
    await expect(cell).toHaveAccessibleName("Internal notes, Client: none");
    await cell.focus();
    await page.keyboard.press("r");
    await expect(cell).toHaveAccessibleName("Internal notes, Client: read, new");
    await expect(page.getByText(/will newly see/).first()).toBeVisible();
    await expect(page.getByText(/Cora Lind/).first()).toBeVisible();
    expect(await axeFindings(page, { severeOnly: true })).toEqual([]);
    await page
      .getByRole("link", { name: /^See .* would$/ })
      .first()
      .click();
    await expect(page.getByText(/would see/)).toBeVisible();
    await expect(page.getByText("Internal notes").first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Edit Internal notes" })).toHaveCount(0);
    expect(await canariesIn(phone), "what is only proposed reaches nobody").toEqual([]);
    await page.getByRole("link", { name: "Back to the decision" }).click();
    await expect(cell).toHaveAccessibleName("Internal notes, Client: read, new");
    await page.getByRole("button", { name: /^Share with \d+ / }).click();
    await expect(page.getByText(/Decided/)).toBeVisible();
    await expect.poll(() => canariesIn(phone), { timeout: 30_000 }).toEqual([CANARY]);

    await page.goto(`${relay.url}/record/${milestone}?as=client`);
    await expect(page.getByText(/You see what a client sees/)).toBeVisible();
    await expect(page.getByText(CANARY).first()).toBeVisible();
    await expect(page.getByRole("region", { name: "What a client does not hold" })).toContainText("Labour cost");
    await expect(page.getByRole("button", { name: "Edit Internal notes" })).toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(page.getByText(/You see what a client sees/)).toHaveCount(0);
    const { entries } = await api<{ entries: { details: { as?: string } }[] }>("GET", "/audit?action=lens.opened");
    expect(entries.map(({ details }) => details.as)).toContain("client");

    await page.goto(`${relay.url}/settings/policy`);
    await page.getByText("Milestone", { exact: true }).click();
    await expect(cell).toHaveAccessibleName("Internal notes, Client: read");
    await cell.focus();
    await page.keyboard.press("n");
    await page.getByRole("button", { name: /^Take away from \d+ / }).click();
    await expect.poll(() => canariesIn(phone), { timeout: 30_000 }).toEqual([]);

    // Without contact for longer than 72 hours: closed, then open again by itself.
    await relay.stop();
    await phone.clock.setSystemTime(Date.now() + 73 * 3_600_000);
    await phone.reload();
    await expect(phone.getByRole("heading", { level: 1, name: /^Closed until/ })).toBeVisible();
    expect(await lookOverTwice(phone, "closed")).toEqual([]);
    await expect(phone.getByText("Structure")).toHaveCount(0);
    await relay.start();
    await phone.getByRole("button", { name: "Try now" }).click();
    await expect(phone.getByRole("heading", { level: 1, name: "Clinic roof" })).toBeVisible({ timeout: 30_000 });

    await page.goto(`${relay.url}/projects/${project}/people`);
    await page.getByRole("button", { name: "Remove Cora Lind" }).click();
    await page.getByRole("button", { name: "Remove Cora", exact: true }).click();
    await expect(phone.getByText(/Your access to Clinic roof has ended/)).toBeVisible();
    await expect.poll(() => held(phone)).not.toContain("Structure");
    expect([...olga.problems, ...cora.problems]).toEqual([]);
  } finally {
    await Promise.all([olga.dispose(), cora.dispose(), thief.dispose(), relay.dispose()]);
  }
});
