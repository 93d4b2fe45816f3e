// The one chip that says how this device and the relay stand, in words, shape and border. A press opens the panel.

import { Popover, VisuallyHidden } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { SyncGlyph } from "#renderer/ui/sync-glyph.tsx";
import classes from "./sync-chip.module.css";
import { chipWords } from "./sync-words.ts";
import { useCalmWords, useShownStatus } from "./use-shown-status.ts";

const SyncPanel = lazy(async () => ({ default: (await import("./sync-panel.tsx")).SyncPanel }));

export function SyncChip() {
  const status = useShownStatus();
  const { short, rest } = chipWords(status);
  const spoken = useCalmWords(short + rest);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Popover opened={open} onChange={setOpen} position="bottom-end" width={360} trapFocus returnFocus>
        <Popover.Target>
          <button
            type="button"
            className={classes.chip}
            data-state={status.state}
            aria-label={`${short}${rest}, show details`}
            onClick={() => setOpen((before) => !before)}
          >
            <SyncGlyph state={status.state} size={16} />
            <span className={classes.words}>
              {short}
              <span className={classes.rest}>{rest}</span>
            </span>
          </button>
        </Popover.Target>
        <Popover.Dropdown p={0} aria-label="Sync">
          {open && (
            <Suspense fallback={null}>
              <SyncPanel status={status} onLeave={() => setOpen(false)} />
            </Suspense>
          )}
        </Popover.Dropdown>
      </Popover>
      <VisuallyHidden role="status">{spoken}</VisuallyHidden>
    </>
  );
}
