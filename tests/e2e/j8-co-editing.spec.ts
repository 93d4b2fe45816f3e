// J8: a consultant and a client write in one document, one of them offline for a while; comments go to whom they are for.

import { expect, test, type Page } from "@playwright/test";
import { expectChip, recordId } from "./people.ts";
import { cut, reconnect, World } from "./world.ts";

// A click that waits for nothing says so, before the whole test runs out of time.
test.use({ actionTimeout: 20_000 });

/** Whether a record of this device says these words: what is typed is there a moment later, on a busy machine a long one. */
const isOnDisk = (page: Page, words: string): Promise<boolean> =>
  page.evaluate(async (sought) => {
    const answerOf = <T>(asked: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        asked.addEventListener("success", () => resolve(asked.result));
        asked.addEventListener("error", () => reject(asked.error ?? new Error("IndexedDB failed")));
      });
    for (const { name } of await indexedDB.databases()) {
      const database = await answerOf(indexedDB.open(name ?? ""));
      const rows = database.objectStoreNames.contains("records")
        ? await answerOf<unknown[]>(database.transaction("records").objectStore("records").getAll())
        : [];
      database.close();
      if (JSON.stringify(rows).includes(sought)) return true;
    }
    return false;
  }, words);

/**
 * A busy machine: where the caret went is said only after the keys and the words of others that wait already. Here it is
 * never said.
 */
const sayNothingOfTheCaret = (page: Page): Promise<void> =>
  page.evaluate(() =>
    document.addEventListener("selectionchange", (event) => event.isTrusted && event.stopImmediatePropagation(), true),
  );

type Words = { readonly get: (index: number) => Words; readonly insert: (at: number, words: string) => void };
type Opened = { readonly extensionManager: { readonly extensions: { name: string; options: { fragment?: Words } }[] } };

/** The caret goes to the end, and before the browser has said so: a key, or a word of somebody else in the first line. */
const goToTheEnd = (page: Page, then: "Enter" | "a word"): Promise<void> =>
  page.evaluate((next) => {
    const text = document.querySelector<HTMLElement & { editor?: Opened }>(".ProseMirror");
    const selection = document.getSelection();
    if (text?.lastElementChild == null || selection === null) throw new Error("no text");
    selection.selectAllChildren(text.lastElementChild);
    selection.collapseToEnd();
    if (next === "Enter")
      text.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true, cancelable: true }));
    else
      text.editor?.extensionManager.extensions
        .find(({ name }) => name === "collaboration")
        ?.options.fragment?.get(0)
        .get(0)
        .insert(0, "Well: ");
  }, then);

test("J8 two people write one document, and an internal comment stays internal", async () => {
  const world = await World.start(["Igor", "Carla"]);
  const relay = world.relay;
  try {
    const account = relay.account("Carla");
    const space = account.spaces[0]?.id ?? "";
    const id = await recordId(relay.url, account, "document", "Scope");
    const address = `/projects/${space}/documents/${id}`;
    const igor = await world.enterLinked("Igor", address);
    const igorPage = igor.page;
    const { device: carla, page: carlaPage } = await world.enter("Carla", address);
    const text = (page: typeof igorPage) => page.locator(".ProseMirror");
    await Promise.all([expect(text(igorPage)).not.toBeEmpty(), expect(text(carlaPage)).not.toBeEmpty()]);
    await expect(igorPage.getByText(/Live/)).toBeVisible();
    await expect(carlaPage.getByText(/Live/)).toBeVisible();

    // Together, keystroke by keystroke.
    await text(carlaPage).click();
    await carlaPage.keyboard.press("Control+End");
    await carlaPage.keyboard.type(" The crane comes on a Saturday.");
    await expect(text(igorPage)).toContainText("The crane comes on a Saturday.");

    // Words of others leave a caret where it was put a moment ago.
    await sayNothingOfTheCaret(igorPage);
    await text(igorPage).click();
    await igorPage.keyboard.press("Control+End");
    await carlaPage.keyboard.press("Control+Home");
    await carlaPage.keyboard.type("Ours: ");
    await expect(text(igorPage)).toContainText("Ours: ");
    await igorPage.keyboard.type(" It leaves on Sunday.");
    await expect(text(carlaPage)).toContainText("The crane comes on a Saturday. It leaves on Sunday.");

    // Igor's network goes; both go on.
    await cut(igor);
    await text(igorPage).click();
    await goToTheEnd(igorPage, "Enter");
    await igorPage.keyboard.type("Section 9: standing seam, ");
    // An empty line above the very heading that Carla writes into.
    await igorPage.keyboard.press("Control+Home");
    await igorPage.keyboard.press("Enter");
    await igorPage.keyboard.press("ArrowUp");
    await igorPage.keyboard.type("Read on the way.");
    await goToTheEnd(igorPage, "a word");
    await igorPage.keyboard.type("written on the train.");
    await text(carlaPage).click();
    await carlaPage.keyboard.press("Control+Home");
    await carlaPage.keyboard.type("Agreed: ");
    await expect.poll(() => isOnDisk(igorPage, "written on the train.")).toBe(true);
    await igorPage.reload();
    await expect(text(igorPage)).toContainText("written on the train.");

    await reconnect(igor);
    await expectChip(carlaPage, "Synced");
    for (const page of [igorPage, carlaPage]) {
      await expect(text(page).locator("p").first()).toContainText("Read on the way.");
      await expect(text(page).locator("h2").first()).toContainText("Agreed: ");
      await expect(text(page)).toContainText("The crane comes on a Saturday.");
      await expect(text(page).locator("p").last()).toContainText("Section 9: standing seam, written on the train.");
    }
    // Carets are decorations: the document's own text must be identical.
    const words = (page: typeof igorPage) =>
      text(page).evaluate((root) => {
        const copy = root.cloneNode(true) as HTMLElement;
        for (const caret of copy.querySelectorAll('[class*="caret"], [class*="cursor"]')) caret.remove();
        return copy.textContent?.replace(/\u2060/g, "");
      });
    await expect.poll(async () => (await words(igorPage)) === (await words(carlaPage))).toBe(true);

    const comment = async (body: string, audience?: RegExp) => {
      await igorPage.getByLabel("Write a comment").fill(body);
      if (audience !== undefined) {
        const comments = igorPage.getByRole("complementary", { name: "Comments" });
        await comments.getByRole("button", { name: /^Who can see this/ }).click();
        await igorPage.getByRole("menuitem", { name: audience }).click();
      }
      await igorPage.getByRole("button", { name: "Comment", exact: true }).click();
      await expect(igorPage.getByText(body)).toBeVisible();
    };
    await comment("Margin is thin here, mind the anchors.");
    await comment("Which anchor do you mean in sheet 4?", /client/);
    await expect(carlaPage.getByText("Which anchor do you mean in sheet 4?")).toBeVisible();
    await expect(carlaPage.getByText("Margin is thin here")).toHaveCount(0);

    // A milestone's description is written in the same way, beside its other facts.
    const milestone = await recordId(relay.url, account, "milestone", "M2 Structure");
    const panel = `${relay.url}/projects/${space}/milestones?open=${milestone}`;
    await Promise.all([igorPage.goto(panel), carlaPage.goto(panel)]);
    await igorPage.getByRole("button", { name: "Edit Description" }).click();
    await text(igorPage).click();
    await igorPage.keyboard.press("Control+End");
    await igorPage.keyboard.type(" Then the glass.");
    await expect(carlaPage.getByText("on the chosen Saturday. Then the glass.", { exact: false })).toBeVisible();
    await igorPage.getByRole("button", { name: "Done with Description" }).click();
    await expect(igorPage.getByText("on the chosen Saturday. Then the glass.", { exact: false })).toBeVisible();
    await expect(carlaPage.getByRole("button", { name: "Edit Description" })).toHaveCount(0);
    expect([...igor.device.problems, ...carla.problems]).toEqual([]);
  } finally {
    await world.dispose();
  }
});
