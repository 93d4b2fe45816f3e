// The chip itself: glyph and words. A button, so that the panel's popover can hang on it.

import type { ComponentProps } from "react";
import type { SyncStatus } from "#renderer/data/types.ts";
import { SyncGlyph } from "#renderer/ui/sync-glyph.tsx";
import classes from "./sync-chip.module.css";
import { chipWords } from "./sync-words.ts";

type ChipFaceProps = ComponentProps<"button"> & { readonly status: SyncStatus };

export function ChipFace({ status, ...rest }: ChipFaceProps) {
  const { short, rest: more } = chipWords(status);
  return (
    <button
      {...rest}
      type="button"
      className={classes.chip}
      data-state={status.state}
      aria-label={`${short}${more}, show details`}
    >
      <SyncGlyph state={status.state} size={16} />
      <span className={classes.words}>
        {short}
        <span className={classes.rest}>{more}</span>
      </span>
    </button>
  );
}
