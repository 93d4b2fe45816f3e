// What personas are called and which the organization has, and where fields lie: the words of the policy for every screen.

import { usePolicy } from "./hooks.tsx";
import { personaLabel, type Persona } from "#shared/model/personas.ts";
import { facetOfField, personasOf } from "#shared/model/policy.ts";
import { findRecordType } from "#shared/record-types/index.ts";

export function usePersonaLabel(): (persona: Persona) => string {
  const { personas } = usePolicy();
  return (persona) => personaLabel(persona, personas);
}

/** For a choice among all of them. */
export function usePersonaChoices(): readonly { readonly value: Persona; readonly label: string }[] {
  const policy = usePolicy();
  return personasOf(policy).map((persona) => ({ value: persona, label: personaLabel(persona, policy.personas) }));
}

/** The facet in which a field of a type lies; for types whose authors pick the audience there is none. */
export function usePlacement(): (type: string, field: string) => string {
  const policy = usePolicy();
  return (type, field) => {
    const definition = findRecordType(type);
    return definition === undefined ? "internal" : facetOfField(definition, field, "internal", policy);
  };
}
