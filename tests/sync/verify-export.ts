// An export, as an outsider gets it, before both programs of docs/verify.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import type { Device } from "./network.ts";

type Verdict = { readonly valid: boolean; readonly problems: readonly string[] };

const programs = resolve(import.meta.dirname, "../../docs/verify");

const run = (command: string, program: string, folder: string): Promise<Verdict> =>
  new Promise((done, failed) => {
    execFile(command, [join(programs, program), folder], (error, output) => {
      // Exit code 1 says that a folder does not hold; anything else is a program that fell over.
      if (error !== null && error.code !== 1) failed(error);
      else done(JSON.parse(output) as Verdict);
    });
  });

/** What the two programs find wrong with the approvals of a space as this device exports them. */
export async function problemsOfExport(device: Device, space: string): Promise<readonly string[]> {
  const exported = await device.data.approvals.exportFolder(space);
  if (!exported.ok) throw new Error(exported.error.message);
  const folder = mkdtempSync(join(tmpdir(), "drawbridge-verify-"));
  try {
    const files = unzipSync(new Uint8Array(await exported.value.arrayBuffer()));
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    const verdicts = [await run(process.execPath, "verify.mjs", folder), await run("python3", "verify.py", folder)];
    return verdicts.flatMap(({ valid, problems }) => (valid || problems.length > 0 ? problems : ["invalid"]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
