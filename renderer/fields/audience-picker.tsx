// Who will see what is being written: team only until somebody picks more, and the choice says with whom, by name and number.

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconHeartHandshake, IconLock, IconUser, IconWorld } from "@tabler/icons-react";
import type { MemberRow } from "#renderer/data/types.ts";
import { audienceLabels, facetOfAudience, type AudienceChoice } from "#shared/model/audience.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { useRequiredFieldContext } from "./field-context.tsx";
import classes from "./fields.module.css";

const icons = { internal: IconLock, client: IconUser, partner: IconHeartHandshake, everyone: IconWorld } as const;

/** Outsiders have no team: they write to everybody here, or to the team and their own kind. */
export const audiencesFor = (persona: Persona): readonly AudienceChoice[] =>
  isInternal(persona)
    ? ["internal", "client", "partner", "everyone"]
    : persona === "client" || persona === "partner"
      ? ["everyone", persona]
      : ["everyone"];

export const defaultAudience = (persona: Persona): AudienceChoice => (isInternal(persona) ? "internal" : "everyone");

const people = (count: number): string => (count === 1 ? "1 person" : `${count} people`);

export function audienceWords(audience: AudienceChoice, members: readonly MemberRow[]): string {
  const readers = members.filter((member) => canReadFacet(facetOfAudience[audience], member.persona));
  const outside = readers.filter((member) => !isInternal(member.persona));
  if (audience === "internal") return `Team only, ${people(readers.length)}`;
  if (outside.length === 0) return `${audienceLabels[audience]}: nobody outside the team yet`;
  const first = outside.slice(0, 2).map((member) => member.name);
  const names = outside.length > 2 ? `${first.join(", ")} and ${outside.length - 2} more` : first.join(" and ");
  return `${names} ${outside.length === 1 ? "sees" : "see"} this`;
}

type Props = { readonly value: AudienceChoice; readonly onChange: (audience: AudienceChoice) => void };

export function AudiencePicker({ value, onChange }: Props) {
  const { members, persona } = useRequiredFieldContext();
  const choices = audiencesFor(persona);
  const Icon = icons[value];
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="compact-sm"
          className={classes.audience}
          data-audience={value}
          leftSection={<Icon size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {audienceWords(value, members)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Who can see this? It cannot be widened later.</Menu.Label>
        {choices.map((choice) => {
          const ChoiceIcon = icons[choice];
          return (
            <Menu.Item key={choice} leftSection={<ChoiceIcon size={15} aria-hidden />} onClick={() => onChange(choice)}>
              {audienceWords(choice, members)}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
