// The chip with its panel hanging on it. Loaded after the first paint; the bare chip stands in until then.

import { Popover } from "@mantine/core";
import { useState } from "react";
import type { SyncStatus } from "#renderer/data/types.ts";
import { ChipFace } from "./chip-face.tsx";
import { SyncPanel } from "./sync-panel.tsx";

type Props = { readonly status: SyncStatus; readonly startOpen: boolean };

export function SyncPopover({ status, startOpen }: Props) {
  const [open, setOpen] = useState(startOpen);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={360} trapFocus returnFocus>
      <Popover.Target>
        <ChipFace status={status} onClick={() => setOpen((before) => !before)} />
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Sync">
        <SyncPanel status={status} onLeave={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
