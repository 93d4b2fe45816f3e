// Every test run has one temporary folder of its own, and takes it away with everything in it. Used as the global
// set-up of both test runners: whatever asks for the system's temporary folder gets this one.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Returns the teardown. */
function setUpTempFolder(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), "drawbridge-tests-"));
  process.env["TMPDIR"] = folder;
  // What one process has compiled the others take from here: the relay and its threads are started hundreds of times.
  process.env["NODE_COMPILE_CACHE"] = path.join(folder, "compiled");
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

// Both runners look for the default export.
// oxlint-disable-next-line import/no-default-export
export default setUpTempFolder;
