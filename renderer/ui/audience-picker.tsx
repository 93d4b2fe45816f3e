// Who will see what is being written: team only until the author opens it and picks. Names the people before anything is sent.

import { Menu, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconHeartHandshake, IconLock, IconUser, IconUsers } from "@tabler/icons-react";
import { audienceLabels, type AudienceChoice } from "#shared/model/audience.ts";
import { audienceNames, audienceWords, type AudienceOption } from "./audience-choices.ts";
import classes from "./audience-picker.module.css";

type Props = {
  readonly options: readonly AudienceOption[];
  readonly value: AudienceChoice;
  readonly onChange: (audience: AudienceChoice) => void;
};

const icons = { internal: IconLock, client: IconUser, partner: IconHeartHandshake, everyone: IconUsers } as const;

export function AudiencePicker({ options, value, onChange }: Props) {
  const Icon = icons[value];
  const chosen = options.find((option) => option.audience === value);
  const words = chosen === undefined ? audienceLabels[value] : audienceWords(chosen);
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <UnstyledButton
          className={classes.button}
          data-audience={value}
          aria-label={`Who can see this: ${words}`}
          title={chosen && audienceNames(chosen)}
        >
          <Icon size={14} stroke={1.8} aria-hidden />
          <span className={classes.words}>{words}</span>
          <IconChevronDown size={14} stroke={1.8} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Who can see this? It cannot be widened later.</Menu.Label>
        {options.map((option) => {
          const OptionIcon = icons[option.audience];
          return (
            <Menu.Item
              key={option.audience}
              leftSection={<OptionIcon size={16} stroke={1.8} aria-hidden />}
              onClick={() => onChange(option.audience)}
            >
              {audienceLabels[option.audience]}
              <span className={classes.names}>{audienceNames(option)}</span>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
