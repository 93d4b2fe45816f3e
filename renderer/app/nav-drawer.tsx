// The pages in a drawer: from the left where the nav is folded, from below on a phone.

import { Drawer } from "@mantine/core";
import { useReturnFocus } from "#renderer/ui/use-return-focus.ts";
import { SideNav } from "./side-nav.tsx";

type NavDrawerProps = { readonly from: "left" | "bottom"; readonly onClose: () => void };

export function NavDrawer({ from, onClose }: NavDrawerProps) {
  useReturnFocus();
  return (
    <Drawer
      opened
      onClose={onClose}
      position={from}
      size={from === "left" ? 260 : "80%"}
      title={from === "left" ? "Pages" : "All pages"}
    >
      <SideNav everything={from === "bottom"} />
    </Drawer>
  );
}
