// Tells the audit what leaves this device as a file: what kind of thing and how much of it, never a word of it. Written down
// here before the file is handed over, and told at the next contact when there is none now.

import { newId } from "#shared/model/ids.ts";
import type { AuditDetails } from "#shared/model/audit-actions.ts";
import type { Data } from "./types.ts";

type Report = { readonly id: string; readonly target: string; readonly details: AuditDetails };
type Teller = {
  readonly device: Pick<Data["device"], "getSetting" | "setSetting">;
  readonly trust: Pick<Data["trust"], "report">;
};

const KEY = "exports to report";

const waiting = async ({ device }: Teller): Promise<readonly Report[]> =>
  (await device.getSetting<readonly Report[]>(KEY)) ?? [];

/** Tells what waits, oldest first, until one is not taken. */
export async function tellExports(data: Teller): Promise<void> {
  for (const { id, target, details } of await waiting(data)) {
    const told = await data.trust.report("export.made", target, details);
    if (!told.ok) return;
    await data.device.setSetting(
      KEY,
      (await waiting(data)).filter((one) => one.id !== id),
    );
  }
}

/** To be awaited before the file is handed over. `at`: when it was made, by this device's clock. */
export async function noteExport(data: Teller, details: AuditDetails, target = ""): Promise<void> {
  const report = { id: newId(), target, details: { ...details, at: new Date().toISOString() } };
  await data.device.setSetting(KEY, [...(await waiting(data)), report]);
  await tellExports(data);
}
