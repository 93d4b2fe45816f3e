// What the demo leaves in a data folder: that it was begun, and when it is whole, who can sign in. Apart from what fills it, so
// that a start without the demo loads nothing of that.

import { access as look, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Persona } from "#shared/model/personas.ts";
import type { SpaceInfo } from "#shared/protocol/frames.ts";
import type { OpenAccess } from "#sync-server/access/open-access.ts";

export type DemoAccount = {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly persona: Persona;
  readonly spaces: readonly Pick<SpaceInfo, "id" | "kind" | "name">[];
};

const accountsFile = (folder: string): string => join(folder, "demo-accounts.json");

/** Lies in the folder while the demo is being filled in. */
const markFile = (folder: string): string => join(folder, "demo-unfinished");

const exists = (file: string): Promise<boolean> =>
  look(file).then(
    () => true,
    () => false,
  );

/** Filling was cut short: people and some records are there, the rest never will be. */
export const isDemoCutShort = async (access: Pick<OpenAccess, "isSetUp">, folder: string): Promise<boolean> =>
  access.isSetUp() && (await exists(markFile(folder))) && !(await exists(accountsFile(folder)));

export const markDemoBegun = (folder: string): Promise<void> => writeFile(markFile(folder), "");

export async function keepDemoAccounts(folder: string, accounts: readonly DemoAccount[]): Promise<void> {
  // Whole or not there at all: it says that the demo is complete.
  await writeFile(`${accountsFile(folder)}.new`, `${JSON.stringify(accounts, undefined, 2)}\n`);
  await rename(`${accountsFile(folder)}.new`, accountsFile(folder));
  await rm(markFile(folder));
}

/** Undefined when the folder was set up by somebody else. */
export async function readDemoAccounts(folder: string): Promise<readonly DemoAccount[] | undefined> {
  try {
    // The relay wrote this file itself.
    return JSON.parse(await readFile(accountsFile(folder), "utf8")) as readonly DemoAccount[];
  } catch {
    return undefined;
  }
}
