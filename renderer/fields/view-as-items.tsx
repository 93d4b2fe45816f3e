// "View as ..." in the menu of a record or a project, for the team: the people from outside in its space, and what they are.

import { Menu } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useMembers } from "#renderer/data/hooks.tsx";
import { usePersonaChoices } from "#renderer/data/use-personas.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";

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
      <Menu.Divider />
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
