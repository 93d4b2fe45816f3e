// Finds the Chromium that end-to-end tests and the client bench drive: DRAWBRIDGE_CHROMIUM, the system's own, or
// Playwright's download. Run with --install it gets one where there is none.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Path of a Chromium that exists, or undefined. */
export function findChromium(): string | undefined {
  const candidates = [process.env["DRAWBRIDGE_CHROMIUM"] ?? "", ...SYSTEM, chromium.executablePath()];
  return candidates.find((file) => file !== "" && existsSync(file));
}

/** Headless, without the sandbox where root runs it, and without background traffic that a closed network would refuse. */
export function launchOptions(): { readonly args: string[]; readonly executablePath?: string } {
  const executablePath = findChromium();
  const args = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
  return executablePath === undefined ? { args } : { args, executablePath };
}

function attempt(command: string, parameters: readonly string[]): boolean {
  console.log(`Looking for a browser: ${command} ${parameters.join(" ")}`);
  try {
    execFileSync(command, parameters, { stdio: "inherit", shell: process.platform === "win32" });
    return true;
  } catch (error) {
    console.log(`That did not work (${error instanceof Error ? error.message.split("\n")[0] : "unknown reason"}).`);
    return false;
  }
}

/** Debian's package where the machine is ours to change, else Playwright's own download. */
function install(): void {
  const asRoot = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (asRoot && attempt("apt-get", ["update"])) attempt("apt-get", ["install", "-y", "chromium"]);
  if (findChromium() === undefined) attempt("npx", ["playwright", "install", "chromium"]);
}

if (process.argv.includes("--install")) {
  if (findChromium() === undefined) install();
  const found = findChromium();
  console.log(
    found === undefined
      ? "No Chromium could be had: install one, or set DRAWBRIDGE_CHROMIUM to its path."
      : `Browser: ${found}`,
  );
  if (found === undefined) process.exitCode = 1;
}
