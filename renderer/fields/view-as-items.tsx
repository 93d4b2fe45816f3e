// "View as ..." in the menu of a record or a project, for the team: the people from outside in its space, and what they are.

import { ActionIcon, Menu } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useMembers } from "#renderer/data/hooks.tsx";
import { useRights } from "#renderer/data/rights.ts";
import { usePersonaChoices } from "#renderer/data/use-personas.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";

/** The same as a button of its own, where a page has no menu. */
export function ViewAsButton(props: { readonly space: string; readonly persona: Persona }) {
  const { readOnly } = useRights();
  // Through the lens its frame has the choice.
  if (!isInternal(props.persona) || readOnly !== undefined) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label="View as">
          <IconEye size={17} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ViewAsItems {...props} />
      </Menu.Dropdown>
    </Menu>
  );
}

export function ViewAsItems({ space, persona }: { readonly space: string; readonly persona: Persona }) {
  const navigate = useNavigate();
  const members = useMembers(space) ?? [];
  const choices = usePersonaChoices();
  if (!isInternal(persona)) return null;
  const options = [
    ...members.filter((member) => !isInternal(member.persona)).map(({ id, name }) => ({ value: id, label: name })),
    ...choices.filter((choice) => !isInternal(choice.value)),
  ];
  return (
    <>
      <Menu.Label>View as</Menu.Label>
      {options.map(({ value, label }) => (
        <Menu.Item
          key={value}
          leftSection={<IconEye size={16} aria-hidden />}
          onClick={() => void navigate({ to: ".", search: { as: value } })}
        >
          {label}
        </Menu.Item>
      ))}
    </>
  );
}
