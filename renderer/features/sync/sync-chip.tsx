// The one chip that says how this device and the relay stand, in words, shape and border. A press opens the panel.

import { lazy, Suspense } from "react";
import { ChipFace } from "./chip-face.tsx";
import classes from "./sync-chip.module.css";
import { chipWords } from "./sync-words.ts";
import { useCalmWords, useShownStatus } from "./use-shown-status.ts";

const SyncPopover = lazy(async () => ({ default: (await import("./sync-popover.tsx")).SyncPopover }));

export function SyncChip() {
  const status = useShownStatus();
  const { short, rest } = chipWords(status);
  return (
    <>
      <Suspense fallback={<ChipFace status={status} />}>
        <SyncPopover status={status} />
      </Suspense>
      <span role="status" className={classes.spoken}>
        {useCalmWords(short + rest)}
      </span>
    </>
  );
}
