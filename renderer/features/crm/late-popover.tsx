// A popover whose code comes right after the first paint: a list is read before it is filtered.

import { useEffect, useState, type ReactNode } from "react";
import { screenFirst } from "#renderer/data/screen-first.ts";
import type { PopoverProps } from "./placed-popover.tsx";

export function LatePopover(props: PopoverProps) {
  const [placed, setPlaced] = useState<{ readonly With: (props: PopoverProps) => ReactNode } | undefined>(undefined);
  const isAsked = props.opened === true;
  useEffect(() => {
    let left = false;
    void (isAsked ? Promise.resolve() : screenFirst)
      .then(() => import("./placed-popover.tsx"))
      .then(({ PlacedPopover }) => {
        if (!left) setPlaced({ With: PlacedPopover });
      });
    return () => {
      left = true;
    };
  }, [isAsked]);
  return placed === undefined ? props.target : <placed.With {...props} />;
}
