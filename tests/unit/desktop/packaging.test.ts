// Packages the desktop app against a stand-in for Electron's binary (which is not needed to check what goes in), opens the
// app.asar and checks it. Opening a real window is not part of this test.

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { extractFile, listPackage } from "@electron/asar";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../../..");
const run = (file: string, parameters: readonly string[], env: Record<string, string> = {}): void => {
  execFileSync(process.execPath, [path.join(root, "node_modules", file), ...parameters], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: "pipe",
  });
};

function standInElectron(): string {
  const dist = mkdtempSync(path.join(tmpdir(), "electron-stand-in-"));
  for (const folder of ["locales", "resources"]) mkdirSync(path.join(dist, folder));
  writeFileSync(path.join(dist, "electron"), "#!/bin/sh\nexit 0\n");
  chmodSync(path.join(dist, "electron"), 0o755);
  writeFileSync(path.join(dist, "version"), "45.4.1");
  writeFileSync(path.join(dist, "LICENSE"), "stand-in");
  writeFileSync(path.join(dist, "LICENSES.chromium.html"), "stand-in");
  writeFileSync(path.join(dist, "locales", "en-US.pak"), "");
  return dist;
}

it("packs main, preload and the renderer's build into app.asar, and nothing else", { timeout: 180_000 }, () => {
  if (!existsSync(path.join(root, "dist/renderer/index.html")))
    run("vite/bin/vite.js", ["build", "--logLevel", "error"]);
  execFileSync(process.execPath, ["electron/build.ts"], { cwd: root, stdio: "pipe" });
  const output = mkdtempSync(path.join(tmpdir(), "drawbridge-release-"));
  // The stand-in is no real executable, so there are no fuses to flip in it; all else is the product's own configuration.
  const config = path.join(output, "electron-builder.json");
  const overrides = {
    extends: path.join(root, "electron-builder.yml"),
    electronFuses: null,
    electronDist: standInElectron(),
  };
  writeFileSync(config, JSON.stringify({ ...overrides, directories: { output } }));
  run("electron-builder/cli.js", ["--linux", "--dir", "--publish", "never", "--config", config], {
    DRAWBRIDGE_UPDATES: "https://updates.example",
  });

  const asar = path.join(output, "linux-unpacked/resources/app.asar");
  const files = listPackage(asar, { isPack: false });
  expect(files).toEqual(
    expect.arrayContaining([
      "/dist/electron/main.cjs",
      "/dist/electron/preload.cjs",
      "/dist/renderer/index.html",
      "/package.json",
    ]),
  );
  expect(files.filter((file) => !/^\/(package\.json|dist(\/(electron|renderer)(\/.*)?)?)$/.test(file))).toEqual([]);
  expect(files.filter((file) => /\.map$|\.env|\.test\.|\.ts$/.test(file))).toEqual([]);
  const manifest = JSON.parse(extractFile(asar, "package.json").toString()) as { main: string; type: string };
  expect(manifest.main).toBe("dist/electron/main.cjs");
  expect(existsSync(path.join(output, "linux-unpacked/drawbridge"))).toBe(true);
  expect(readFileSync(path.join(output, "linux-unpacked/resources/app-update.yml"), "utf8")).toContain(
    "https://updates.example",
  );

  const main = extractFile(asar, "dist/electron/main.cjs").toString();
  for (const setting of [
    "sandbox: true",
    "contextIsolation: true",
    "nodeIntegration: false",
    "requestSingleInstanceLock",
  ])
    expect(main).toContain(setting);
  const preload = extractFile(asar, "dist/electron/preload.cjs").toString();
  expect(preload.match(/exposeInMainWorld\(/g)).toHaveLength(1);
  expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])).toEqual(["electron"]);
});
