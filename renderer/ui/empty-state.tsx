// Nothing here, five ways: empty (something can be made here), nothing to do, no match, not on this device, no permission. Each
// says what it is and what to do next.

import { IconCheck, IconCloudDown, IconFilterOff, IconLock, IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./empty-state.module.css";

type EmptyStateProps = {
  readonly kind: "empty" | "nothingToDo" | "noMatch" | "notOnDevice" | "noPermission";
  readonly title: string;
  readonly text: ReactNode;
  readonly action?: ReactNode;
};

const icons = {
  empty: IconPlus,
  nothingToDo: IconCheck,
  noMatch: IconFilterOff,
  notOnDevice: IconCloudDown,
  noPermission: IconLock,
} as const;

export function EmptyState({ kind, title, text, action }: EmptyStateProps) {
  const Icon = icons[kind];
  return (
    <div className={classes.empty} data-kind={kind}>
      <p className={classes.title}>
        <Icon size={17} stroke={1.7} aria-hidden />
        {title}
      </p>
      <p className={classes.text}>{text}</p>
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  );
}
