// The face that opens the person menu; drawn before the menu's code is there.

import { UnstyledButton, type UnstyledButtonProps } from "@mantine/core";
import type { ComponentProps } from "react";
import type { Me } from "#renderer/data/types.ts";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import classes from "./person-menu.module.css";

type PersonButtonProps = UnstyledButtonProps & ComponentProps<"button"> & { readonly me: Me };

export const PersonButton = ({ me, ...rest }: PersonButtonProps) => (
  <UnstyledButton {...rest} className={classes.person ?? ""} aria-label={`${me.name}, menu`}>
    <PersonAvatar name={me.name} persona={me.persona} size={30} decorative />
  </UnstyledButton>
);
