// The disk below the relay: a small C library, loaded before libc, that writes down every write and sync, fails on order,
// and from whose diary a folder is made as it would be found after a power loss.

import { spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Random } from "../sync/random.ts";

const source = join(import.meta.dirname, "disk-shim.c");

/** The library, or why there is none on this machine. */
export function buildShim(folder: string): { readonly library: string } | { readonly missing: string } {
  if (process.platform !== "linux") return { missing: "LD_PRELOAD is Linux's" };
  const library = join(folder, "disk-shim.so");
  const flags = ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl", "-lpthread"];
  const built = spawnSync("cc", flags, { encoding: "utf8" });
  if (built.error !== undefined) return { missing: "there is no C compiler (cc)" };
  return built.status === 0 ? { library } : { missing: `cc failed: ${built.stderr}` };
}

export type Orders = "" | "enospc" | "eio" | "nosync" | `slow ${number}`;

export type ShimmedDisk = {
  readonly env: Readonly<Record<string, string>>;
  order(orders: Orders): void;
  /** Remembers the folder as it is now: everything in it counts as on disk. The relay must not run. */
  remember(): void;
  /** Makes the folder what a power loss leaves: what was synced, and of the rest what chance left. The relay must not run. */
  losePower(random: Random): { readonly dropped: number };
};

export function openDisk(library: string, folder: string, workFolder: string): ShimmedDisk {
  const trace = join(workFolder, "disk.trace");
  const orders = join(workFolder, "disk.orders");
  const base = join(workFolder, "disk.base");
  writeFileSync(orders, "");
  return {
    env: { LD_PRELOAD: library, DISK_SHIM_FOLDER: folder, DISK_SHIM_TRACE: trace, DISK_SHIM_ORDERS: orders },
    order: (text) => writeFileSync(orders, text),
    remember() {
      rmSync(base, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      cpSync(folder, base, { recursive: true });
      rmSync(trace, { force: true });
      writeFileSync(trace, "");
    },
    losePower(random) {
      rmSync(folder, { recursive: true });
      cpSync(base, folder, { recursive: true });
      return replay(readRecords(readFileSync(trace)), random);
    },
  };
}

type DiskRecord = { readonly kind: string; readonly path: string; readonly where: number; readonly data: Uint8Array };

function readRecords(bytes: Buffer): readonly DiskRecord[] {
  const records: DiskRecord[] = [];
  const head = 17;
  for (let at = 0; at + head <= bytes.length;) {
    const pathLength = bytes.readUInt32LE(at + 1);
    const length = bytes.readUInt32LE(at + 13);
    const dataAt = at + head + pathLength;
    // The last record of a killed process may be cut off.
    if (dataAt + length > bytes.length) break;
    records.push({
      kind: String.fromCharCode(bytes[at] ?? 0),
      path: bytes.toString("utf8", at + head, dataAt),
      where: Number(bytes.readBigUInt64LE(at + 5)),
      data: bytes.subarray(dataAt, dataAt + length),
    });
    at = dataAt + length;
  }
  return records;
}

const SECTOR = 512;

/** Everything before a file's last sync is there; after it each write is there, missing, or there in part. */
function replay(records: readonly DiskRecord[], random: Random): { readonly dropped: number } {
  const handles = new Map<string, number>();
  const lastSync = new Map<string, number>();
  let dropped = 0;
  for (const [index, { kind, path }] of records.entries()) if (kind === "s") lastSync.set(path, index);
  for (const [index, { kind, path, where, data }] of records.entries()) {
    if (kind === "s") continue;
    const isDurable = index < (lastSync.get(path) ?? -1);
    const dice = isDurable ? 0 : random.below(3);
    if (dice === 1) {
      dropped += 1;
      continue;
    }
    let handle = handles.get(path);
    if (handle === undefined) {
      // Made when missing, and then opened for writing at any place.
      closeSync(openSync(path, "a"));
      handles.set(path, (handle = openSync(path, "r+")));
    }
    if (kind === "t") ftruncateSync(handle, where);
    else {
      const whole = dice === 2 ? random.below(Math.ceil(data.length / SECTOR)) * SECTOR : data.length;
      if (whole < data.length) dropped += 1;
      writeSync(handle, data, 0, whole, where);
    }
  }
  for (const handle of handles.values()) closeSync(handle);
  return { dropped };
}
