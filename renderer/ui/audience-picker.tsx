// Who will see what is being written: team only until the author opens it and picks. Names the people before anything is sent.

import { Menu, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconHeartHandshake, IconLock, IconUser, IconUsers } from "@tabler/icons-react";
import type { AudienceChoice } from "#shared/model/audience.ts";
import type { AudienceOption } from "./audience-choices.ts";
import classes from "./audience-picker.module.css";

type Props = {
  readonly options: readonly AudienceOption[];
  readonly value: AudienceChoice;
  readonly onChange: (audience: AudienceChoice) => void;
};

const icons = { internal: IconLock, client: IconUser, partner: IconHeartHandshake, everyone: IconUsers } as const;
const labels = {
  internal: "Team only",
  client: "Team and client",
  partner: "Team and partner",
  everyone: "Everyone here",
} as const;

const namesOf = (option: AudienceOption): string =>
  option.audience === "internal"
    ? "Nobody outside the team"
    : option.names.length === 0
      ? "The team; nobody from outside is here yet"
      : option.names.join(", ");

export function AudiencePicker({ options, value, onChange }: Props) {
  const Icon = icons[value];
  const chosen = options.find((option) => option.audience === value);
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <UnstyledButton
          className={classes.button}
          data-audience={value}
          aria-label={`Who can see this: ${labels[value]}`}
          title={chosen && namesOf(chosen)}
        >
          <Icon size={14} stroke={1.8} aria-hidden />
          {labels[value]}
          <IconChevronDown size={14} stroke={1.8} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {options.map((option) => {
          const OptionIcon = icons[option.audience];
          return (
            <Menu.Item
              key={option.audience}
              leftSection={<OptionIcon size={16} stroke={1.8} aria-hidden />}
              onClick={() => onChange(option.audience)}
            >
              {labels[option.audience]}
              <span className={classes.names}>{namesOf(option)}</span>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
