// A popover below its target, with the focus inside while it is open.

import { Popover, type PopoverDropdownProps, type PopoverProps as Shown } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";

export type PopoverProps = Pick<Shown, "opened" | "onChange"> & {
  readonly target: ReactElement;
  readonly children: ReactNode;
  /** Which edge of the target it stands under. */
  readonly edge?: "start" | "end";
  readonly dropdown?: Omit<PopoverDropdownProps, "children">;
};

export const PlacedPopover = ({ target, children, edge = "start", dropdown = {}, ...shown }: PopoverProps) => (
  <Popover {...shown} position={`bottom-${edge}`} withinPortal trapFocus returnFocus>
    <Popover.Target>{target}</Popover.Target>
    <Popover.Dropdown {...dropdown}>{children}</Popover.Dropdown>
  </Popover>
);
