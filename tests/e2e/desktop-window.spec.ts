// The desktop app in a real Electron window, where its binary is on this machine. What it is made of is tested without.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { _electron as electron, expect, test } from "@playwright/test";
import { RelayProcess } from "./relay-process.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Electron's package writes the binary's name beside it once it is downloaded. */
function findElectron(): string | undefined {
  const folder = path.join(root, "node_modules/electron");
  const pathFile = path.join(folder, "path.txt");
  if (!existsSync(pathFile)) return undefined;
  const binary = path.join(folder, "dist", readFileSync(pathFile, "utf8").trim());
  return existsSync(binary) ? binary : undefined;
}

function missing(executable: string | undefined): string | undefined {
  if (executable === undefined) return "Electron's binary is not on this machine (install-electron downloads it)";
  if (!existsSync(path.join(root, "dist/electron/main.cjs"))) return "the shell is not built (npm run build:desktop)";
  if (
    process.platform === "linux" &&
    process.env["DISPLAY"] === undefined &&
    process.env["WAYLAND_DISPLAY"] === undefined
  )
    return "there is no display (run under xvfb-run)";
  return undefined;
}

test("the real window asks for its server, signs in, and shows nothing of Node to the page", async () => {
  const executablePath = findElectron();
  const reason = missing(executablePath);
  if (reason !== undefined) console.log(`Desktop window not opened: ${reason}.`);
  test.skip(executablePath === undefined || reason !== undefined, reason);
  const relay = await RelayProcess.start();
  const userData = mkdtempSync(path.join(tmpdir(), "drawbridge-window-"));
  const app = await electron.launch({
    executablePath: executablePath ?? "",
    args: [root, `--user-data-dir=${userData}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  try {
    const page = await app.firstWindow();
    await expect(page.getByRole("heading", { level: 1, name: "Where is your Drawbridge?" })).toBeVisible();
    expect(page.url()).toMatch(/^app:\/\/drawbridge\//);
    expect(await page.evaluate(() => ["require", "process", "module"].filter((name) => name in globalThis))).toEqual(
      [],
    );
    await page.getByLabel("Server address").fill(relay.url);
    await page.getByRole("button", { name: "Continue" }).click();
    const ana = relay.account("Ana");
    await page.getByLabel("E-mail").fill(ana.email);
    await page.getByLabel("Password", { exact: true }).fill(ana.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("button", { name: /, show details$/ })).toContainText("Synced", { timeout: 30_000 });
  } finally {
    await app.close();
    await relay.dispose();
    rmSync(userData, { recursive: true, force: true });
  }
});
