// Light or dark, and whether single keys do something.

import { SegmentedControl, Switch, useMantineColorScheme } from "@mantine/core";
import { Panel } from "#renderer/ui/panel.tsx";
import { useSingleKeys } from "#renderer/ui/single-keys.ts";
import classes from "./settings.module.css";

const schemes = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "As the system" },
];

export function LookPanel() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const keys = useSingleKeys();
  return (
    <Panel title="Look and keys">
      <div className={classes.setting}>
        <span id="theme-label">Theme</span>
        <SegmentedControl
          aria-labelledby="theme-label"
          data={schemes}
          value={colorScheme}
          onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
        />
      </div>
      <div className={classes.setting}>
        <Switch
          label="Keys without Ctrl or Cmd"
          description="G then a letter goes to a page, ? lists all keys. They never act while you type."
          checked={keys.enabled}
          onChange={(event) => keys.setEnabled(event.currentTarget.checked)}
        />
      </div>
    </Panel>
  );
}
