// The one chip that says how this device and the relay stand, in words, shape and border. A press opens the panel.

import { lazy, Suspense, useState } from "react";
import { screenFirst } from "#renderer/data/screen-first.ts";
import { ChipFace } from "./chip-face.tsx";
import classes from "./sync-chip.module.css";
import { chipWords } from "./sync-words.ts";
import { useCalmWords, useShownStatus } from "./use-shown-status.ts";

const SyncPopover = lazy(async () => {
  await screenFirst;
  return { default: (await import("./sync-popover.tsx")).SyncPopover };
});

export function SyncChip() {
  const status = useShownStatus();
  /** A press before the panel is there opens it when it comes. */
  const [pressed, setPressed] = useState(false);
  const { short, rest } = chipWords(status);
  return (
    <>
      <Suspense fallback={<ChipFace status={status} onClick={() => setPressed(true)} />}>
        <SyncPopover status={status} startOpen={pressed} />
      </Suspense>
      <span role="status" className={classes.spoken}>
        {useCalmWords(short + rest)}
      </span>
    </>
  );
}
