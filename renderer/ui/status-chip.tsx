// A status in words on a quiet plate. Colour is extra: neutral, waits (amber tint), done (ink), bad (brick tint).

import type { ReactNode } from "react";
import classes from "./status-chip.module.css";

type StatusChipProps = {
  readonly tone: "neutral" | "waits" | "done" | "bad";
  readonly title?: string;
  readonly children: ReactNode;
};

export const StatusChip = ({ tone, title, children }: StatusChipProps) => (
  <span className={classes.chip} data-tone={tone} title={title}>
    {children}
  </span>
);
