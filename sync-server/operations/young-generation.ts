// How much room new objects have. A relay at rest keeps it small for good (main.ts): it would grow with the first thousand
// sign-ins and never give the memory back. Under load what is on its way survives a small room again and again, and copying it
// costs more than everything else the collector does.

import { setFlagsFromString } from "node:v8";
import type { UpdateLog } from "#sync-server/log/update-log.ts";

/** Updates of one commit that no single device brings about. */
const BUSY_UPDATES = 32;

/** Lets it grow, to 16 MiB at most, once updates come in numbers. */
export function growUnderLoad(log: Pick<UpdateLog, "subscribe">): void {
  const unsubscribe = log.subscribe((committed) => {
    if (committed.length < BUSY_UPDATES) return;
    setFlagsFromString("--semi-space-growth-factor=4");
    unsubscribe();
  });
}
