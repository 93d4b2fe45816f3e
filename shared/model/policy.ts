// The policy: in which facet each field lies, and which personas the organization has. Rights follow from facets (see
// facets.ts), so who sees what is wholly said by where fields lie. Plain data and pure functions, the same on the relay and
// on every device; version 0 is what the record types declare.

import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { sha256 } from "./canonical-json.ts";
import { findRecordType, recordTypes } from "#shared/record-types/index.ts";
import { canReadFacet, canWriteFacet, facetFor } from "./facets.ts";
import { isShippedPersona, shippedPersonas, type Persona, type PersonaLabel } from "./personas.ts";

/** type -> field -> facet, where it is not the declared one. */
export type Placements = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Policy = {
  readonly version: number;
  /** Personas the organization added, and shipped ones it renamed. */
  readonly personas: readonly PersonaLabel[];
  readonly placements: Placements;
};

/** A policy as a device (or the relay's readers) apply it, in the middle of a move too. */
export type PolicyView = Policy & {
  /** type -> field -> facets in which its value may still lie while the relay moves it. */
  readonly moving: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** type -> facets that held fields once and hold none now: their documents have nothing to say any more. */
  readonly retired: Readonly<Record<string, readonly string[]>>;
  /** An outsider's view names the fields it may see and no other: what is not in `placements` is hidden. */
  readonly isAllowList?: boolean;
};

export const shippedPolicy: PolicyView = { version: 0, personas: [], placements: {}, moving: {}, retired: {} };

/** Where a view puts a field it does not name. No document can lie there for anybody outside. */
const HIDDEN = "hidden";

export type Right = "none" | "read" | "write";

/** One cell of the matrix, as somebody wants it. */
export type PolicyEdit = {
  readonly type: string;
  readonly field: string;
  readonly persona: Persona;
  readonly right: Right;
};

export type PolicyProblem = { readonly message: string; readonly edit?: PolicyEdit };

/** Every persona of the organization: the shipped ones, then those it added. */
export const personasOf = (policy: Policy): readonly Persona[] => [
  ...shippedPersonas,
  ...policy.personas.map((one) => one.id).filter((id) => !isShippedPersona(id)),
];

/** Facet in which a field lies; for `chosen` placement the facet the record was made in. */
export function facetOfField(
  definition: RecordTypeDefinition,
  field: string,
  chosenFacet: string,
  policy: Pick<PolicyView, "placements" | "isAllowList">,
): string {
  if (definition.placement === "chosen") return chosenFacet;
  // Nobody else is in that space: there is nothing to decide.
  if (definition.home === "personal") return definition.fields[field]?.facet ?? "internal";
  const placed = policy.placements[definition.type]?.[field];
  if (placed !== undefined) return placed;
  return policy.isAllowList === true ? HIDDEN : (definition.fields[field]?.facet ?? "internal");
}

/** Facet in which a record's name lies, its first part where it has several: whoever may write it may delete the record. */
export const titleFacetOf = (
  definition: RecordTypeDefinition,
  chosenFacet: string,
  policy: Pick<PolicyView, "placements" | "isAllowList">,
): string => facetOfField(definition, titleFields(definition)[0] ?? "", chosenFacet, policy);

export const rightOf = (facet: string, persona: Persona): Right =>
  canWriteFacet(facet, persona) ? "write" : canReadFacet(facet, persona) ? "read" : "none";

export const isRetired = (policy: PolicyView, type: string, facet: string): boolean =>
  policy.retired[type]?.includes(facet) === true;

/** Types with a matrix; of `chosen` ones each author picks the audience of each record, and personal ones are one member's own. */
export const policyTypes = recordTypes.filter(
  (definition) => definition.placement !== "chosen" && definition.home !== "personal",
);

const titleFields = (definition: RecordTypeDefinition): readonly string[] =>
  typeof definition.title === "string" ? [definition.title] : definition.title;

/** The same policy with cells of the matrix set; every distinct (readers, writers) pair is one facet. */
export function applyEdits(policy: Policy, edits: readonly PolicyEdit[]): Policy {
  const placements: Record<string, Record<string, string>> = {};
  for (const [type, fields] of Object.entries(policy.placements)) placements[type] = { ...fields };
  const all = personasOf(policy);
  for (const [key, own] of Map.groupBy(edits, (edit) => `${edit.type} ${edit.field}`)) {
    const [type = "", field = ""] = key.split(" ");
    const definition = findRecordType(type);
    if (definition === undefined) continue;
    const before = facetOfField(definition, field, "", policy);
    const rights = new Map(all.map((persona) => [persona, rightOf(before, persona)]));
    for (const edit of own) rights.set(edit.persona, edit.right);
    const having = (...wanted: readonly Right[]): Persona[] =>
      all.filter((persona) => wanted.includes(rights.get(persona) ?? "none"));
    const facet = facetFor(having("read", "write"), having("write"), all);
    const fields = { ...placements[type] };
    if (facet === (definition.fields[field]?.facet ?? "internal")) delete fields[field];
    else fields[field] = facet;
    placements[type] = fields;
  }
  return { ...policy, placements: Object.fromEntries(Object.entries(placements).filter(([, own]) => hasAny(own))) };
}

const hasAny = (fields: object): boolean => Object.keys(fields).length > 0;

/** Edits that name what does not exist, or that nobody can mean. */
export function checkEdits(policy: Policy, edits: readonly PolicyEdit[]): readonly PolicyProblem[] {
  const all = new Set<string>(personasOf(policy));
  return edits.flatMap((edit): PolicyProblem[] => {
    const definition = findRecordType(edit.type);
    const say = (message: string): PolicyProblem[] => [{ message, edit }];
    if (definition === undefined) return say("There is no record type of this name.");
    if (definition.placement === "chosen")
      return say(`Who sees ${definition.label.many.toLowerCase()} is picked by whoever writes each of them.`);
    if (!Object.hasOwn(definition.fields, edit.field)) return say(`${definition.label.one} has no field of this name.`);
    if (!all.has(edit.persona)) return say("There is no persona of this name.");
    if (edit.persona === "owner" && edit.right !== "write")
      return say("Owners see and change everything: somebody has to be able to undo a mistake.");
    return [];
  });
}

/** What a policy must not say: somebody who writes a record has to see what it is called. */
export function checkPolicy(policy: Policy, labelOf: (persona: Persona) => string): readonly PolicyProblem[] {
  return policyTypes.flatMap((definition) =>
    personasOf(policy).flatMap((persona): PolicyProblem[] => {
      const right = (field: string): Right => rightOf(facetOfField(definition, field, "", policy), persona);
      const hidden = titleFields(definition).find((field) => right(field) === "none");
      const written = Object.keys(definition.fields).find((field) => right(field) === "write");
      if (hidden === undefined || written === undefined) return [];
      const name = definition.fields[hidden]?.label ?? hidden;
      const other = definition.fields[written]?.label ?? written;
      return [
        {
          message: `${labelOf(persona)} may change ${other} of a ${definition.label.one.toLowerCase()} and would not see its ${name}. Let them read ${name}, or take away what they may change.`,
        },
      ];
    }),
  );
}

/** Fit to be kept with a warning: a persona that sees parts of records without their names. */
export function warnAbout(policy: Policy, labelOf: (persona: Persona) => string): readonly string[] {
  return policyTypes.flatMap((definition) =>
    personasOf(policy).flatMap((persona) => {
      const reads = (field: string): boolean => canReadFacet(facetOfField(definition, field, "", policy), persona);
      const isNameless = !titleFields(definition).every(reads);
      return isNameless && Object.keys(definition.fields).some(reads)
        ? [`${labelOf(persona)} sees ${definition.label.many.toLowerCase()} without their names.`]
        : [];
    }),
  );
}

export type RightChange = {
  readonly type: string;
  readonly field: string;
  readonly persona: Persona;
  readonly from: Right;
  readonly to: Right;
};

export type FieldMove = {
  readonly type: string;
  readonly field: string;
  readonly from: string;
  readonly to: string;
};

/** Who newly may what, and who no longer; personas that only one of the two has count as having nothing in the other. */
export function diffRights(before: Policy, after: Policy): readonly RightChange[] {
  const personas = [...new Set([...personasOf(before), ...personasOf(after)])];
  return fieldsOf(policyTypes).flatMap(({ definition, field }) => {
    const right = (policy: Policy, persona: Persona): Right =>
      personasOf(policy).includes(persona) ? rightOf(facetOfField(definition, field, "", policy), persona) : "none";
    return personas.flatMap((persona): RightChange[] => {
      const [from, to] = [right(before, persona), right(after, persona)];
      return from === to ? [] : [{ type: definition.type, field, persona, from, to }];
    });
  });
}

/** Fields that lie elsewhere after. */
export const diffPlacements = (before: Policy, after: Policy): readonly FieldMove[] =>
  fieldsOf(policyTypes).flatMap(({ definition, field }): FieldMove[] => {
    const from = facetOfField(definition, field, "", before);
    const to = facetOfField(definition, field, "", after);
    return from === to ? [] : [{ type: definition.type, field, from, to }];
  });

const fieldsOf = (
  definitions: readonly RecordTypeDefinition[],
): readonly { readonly definition: RecordTypeDefinition; readonly field: string }[] =>
  definitions.flatMap((definition) => Object.keys(definition.fields).map((field) => ({ definition, field })));

/** True when somebody who reads `from` does not read `to`: what was written there must leave it, its history too. */
export const isNarrowing = (policy: Policy, { from, to }: Pick<FieldMove, "from" | "to">): boolean =>
  personasOf(policy).some((persona) => canReadFacet(from, persona) && !canReadFacet(to, persona));

/**
 * What a member's device needs of the policy. The team's devices fall back on what record types declare, like the relay;
 * an outsider's names the fields that one of his personas may see and nothing else.
 */
export function viewFor(policy: PolicyView, personas: readonly Persona[], isOutside: boolean): PolicyView {
  // Nothing was decided yet: the record types say it all.
  if (policy.version === 0) return policy;
  const view = cutFor(policy, personas, isOutside);
  if (!isOutside) return view;
  // A count of what the team decided is none of an outsider's: theirs says what their view holds, and changes with it.
  const content = contentOf(view);
  return content === contentOf(cutFor(shippedPolicy, personas, true))
    ? shippedPolicy
    : { ...view, version: 1 + Number.parseInt(sha256(content).slice(0, VERSION_DIGITS), 16) };
}

const VERSION_DIGITS = 7;
const contentOf = ({ version: _count, ...content }: PolicyView): string => JSON.stringify(content);

function cutFor(policy: PolicyView, personas: readonly Persona[], isOutside: boolean): PolicyView {
  const reads = (facet: string): boolean => personas.some((persona) => canReadFacet(facet, persona));
  const placements: Record<string, Record<string, string>> = {};
  const moving: Record<string, Record<string, readonly string[]>> = {};
  for (const { definition, field } of fieldsOf(policyTypes)) {
    const { type } = definition;
    const facet = facetOfField(definition, field, "", policy);
    const isDeclared = facet === (definition.fields[field]?.facet ?? "internal");
    if (isOutside ? reads(facet) : !isDeclared) placements[type] = { ...placements[type], [field]: facet };
    const from = (policy.moving[type]?.[field] ?? []).filter(reads);
    if (from.length > 0 && reads(facet)) moving[type] = { ...moving[type], [field]: from };
  }
  const retired = Object.fromEntries(
    Object.entries(policy.retired)
      .map(([type, own]) => [type, own.filter(reads)] as const)
      .filter(([, own]) => own.length > 0),
  );
  const { version } = policy;
  const own = policy.personas.filter(({ id }) => !isOutside || personas.includes(id));
  return { version, personas: own, placements, moving, retired, ...(isOutside ? { isAllowList: true } : {}) };
}
