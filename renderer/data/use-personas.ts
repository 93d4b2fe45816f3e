// What personas are called and which the organization has, and where fields lie: the words of the policy for every screen.

import { usePolicy } from "./hooks.tsx";
import { personaLabel, type Persona } from "#shared/model/personas.ts";
import { facetOfField, personasOf, rightOf } from "#shared/model/policy.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
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

/** Labels of the fields of these types that somebody with this persona never gets, as the policy is now. */
export function useUnseenFields(types: readonly RecordTypeDefinition[]): (persona: Persona) => readonly string[] {
  const policy = usePolicy();
  return (persona) => {
    const unseen = types.flatMap((definition) =>
      Object.entries(definition.fields)
        .filter(([field, { hidden }]) => {
          const facet = facetOfField(definition, field, "internal", policy);
          return hidden !== true && rightOf(facet, persona) === "none";
        })
        .map(([, { label }]) => label),
    );
    return [...new Set(unseen)];
  };
}

/** The facet in which a field of a type lies; for types whose authors pick the audience there is none. */
export function usePlacement(): (type: string, field: string) => string {
  const policy = usePolicy();
  return (type, field) => {
    const definition = findRecordType(type);
    return definition === undefined ? "internal" : facetOfField(definition, field, "internal", policy);
  };
}
