// The person: who is signed in, light or dark, and the way out.

import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import {
  IconCheck,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconRefresh,
  IconSettings,
  IconSun,
  IconUserShield,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { isInternal } from "#shared/model/personas.ts";
import type { Me } from "#renderer/data/types.ts";
import { showDialog } from "#renderer/ui/dialogs.ts";
import { PersonButton } from "./person-button.tsx";
import classes from "./person-menu.module.css";

const schemes: readonly {
  readonly value: MantineColorScheme;
  readonly label: string;
  readonly icon: typeof IconSun;
}[] = [
  { value: "light", label: "Light", icon: IconSun },
  { value: "dark", label: "Dark", icon: IconMoon },
  { value: "auto", label: "As the system", icon: IconDeviceDesktop },
];

export function PersonMenu({ me, startOpen }: { readonly me: Me; readonly startOpen: boolean }) {
  const navigate = useNavigate();
  const labelOf = usePersonaLabel();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={240} withinPortal={false} defaultOpened={startOpen}>
      <Menu.Target>
        <PersonButton me={me} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={classes.who ?? ""}>
          <strong>{me.name}</strong>
          <span>{me.email}</span>
          <span>{labelOf(me.persona)}</span>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        {schemes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            aria-current={colorScheme === value}
            leftSection={<Icon size={17} stroke={1.7} aria-hidden />}
            rightSection={colorScheme === value ? <IconCheck size={15} stroke={2.2} aria-hidden /> : null}
            onClick={() => setColorScheme(value)}
            closeMenuOnClick={false}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconRefresh size={17} stroke={1.7} aria-hidden />}
          onClick={() => void navigate({ to: "/pending" })}
        >
          Pending changes
        </Menu.Item>
        {isInternal(me.persona) ? null : (
          <Menu.Item
            leftSection={<IconUserShield size={17} stroke={1.7} aria-hidden />}
            onClick={() => void navigate({ to: "/my-data" })}
          >
            My data
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconSettings size={17} stroke={1.7} aria-hidden />}
          onClick={() => void navigate({ to: "/settings" })}
        >
          Settings
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKeyboard size={17} stroke={1.7} aria-hidden />}
          onClick={() => showDialog("shortcuts")}
        >
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={17} stroke={1.7} aria-hidden />}
          onClick={() => showDialog("signOut")}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
