// Marks on fields, comments and documents, held against what the compiled policy lets each persona read: a mark is shown to
// the team if and only if somebody from outside may read it, its words name exactly those, and nobody from outside sees any.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { facetOfAudience, type AudienceChoice } from "#shared/model/audience.ts";
import { canReadFacet, outsideWords } from "#shared/model/facets.ts";
import { personaLabel, type Persona, type PersonaLabel } from "#shared/model/personas.ts";
import {
  applyEdits,
  facetOfField,
  policyTypes,
  type Policy,
  type PolicyEdit,
  type Right,
} from "#shared/model/policy.ts";
import { recordTypes } from "#shared/record-types/index.ts";
import { marksOf } from "#renderer/ui/audience-of.ts";

/** Said once more and by hand, so that the product's own idea of who is outside is held against something. */
const team: readonly Persona[] = ["owner", "manager", "sales", "consultant", "member", "team-1"];
const outside: readonly Persona[] = ["client", "partner", "customer", "guest-1", "guest-2"];
const personas: readonly PersonaLabel[] = [
  { id: "team-1", label: "Lawyer" },
  { id: "client", label: "Homeowner" },
  { id: "guest-1", label: "Auditor" },
  { id: "guest-2", label: "Fire brigade" },
];
const organization: Policy = { version: 1, personas, placements: {} };
const label = (persona: Persona): string => personaLabel(persona, personas);

/** Who from outside reads what lies in a facet that record types declare. */
const declared: Readonly<Record<string, readonly Persona[]>> = {
  internal: [],
  published: outside,
  shared: outside,
  client: ["client"],
  "client-shared": ["client"],
  partner: ["partner"],
  "partner-shared": ["partner"],
};

/** Readers from outside, the words, and the marks of a facet have to agree. */
function expectAgreement(facet: string, readers: ReadonlySet<Persona>, what: string): void {
  const words = outsideWords(facet, label);
  for (const persona of outside) {
    expect([what, persona, canReadFacet(facet, persona)]).toEqual([what, persona, readers.has(persona)]);
    expect(marksOf(facet, persona), `${what}, seen by ${persona}`).toEqual([]);
    const isNamed = words.includes(label(persona)) || words.startsWith("Everyone");
    expect([what, persona, isNamed]).toEqual([what, persona, readers.has(persona)]);
  }
  for (const viewer of team) {
    const marks = marksOf(facet, viewer);
    expect([what, viewer, marks.length > 0]).toEqual([what, viewer, readers.size > 0]);
    expect([what, viewer, marks.includes("partner")]).toEqual([what, viewer, readers.has("partner")]);
    expect([what, viewer, marks.includes("client")]).toEqual([
      what,
      viewer,
      [...readers].some((one) => one !== "partner"),
    ]);
  }
}

const anyEdit: fc.Arbitrary<PolicyEdit> = fc.constantFrom(...policyTypes).chain((definition) =>
  fc.record({
    type: fc.constant(definition.type),
    field: fc.constantFrom(...Object.keys(definition.fields)),
    persona: fc.constantFrom(...[...team, ...outside].filter((one) => one !== "owner")),
    right: fc.constantFrom<Right>("none", "read", "write"),
  }),
);

describe("audience marks", () => {
  test("a field is marked if and only if somebody from outside may read it, whatever was decided in the matrix", () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 40 }), (edits) => {
        const policy = applyEdits(organization, edits);
        const touched = new Set(edits.map(({ type, field }) => `${type}.${field}`));
        for (const definition of policyTypes)
          for (const [field, spec] of Object.entries(definition.fields)) {
            const what = `${definition.type}.${field}`;
            if (!touched.has(what) && policy.placements[definition.type]?.[field] === undefined && edits.length > 0)
              continue;
            const readers = new Set(declared[spec.facet ?? "internal"]);
            for (const edit of edits) {
              if (`${edit.type}.${edit.field}` !== what || !outside.includes(edit.persona)) continue;
              if (edit.right === "none") readers.delete(edit.persona);
              else readers.add(edit.persona);
            }
            expectAgreement(facetOfField(definition, field, "", policy), readers, what);
          }
      }),
      { numRuns: 100, examples: [[[]]] },
    );
  });

  test("a comment, a note, a document and a file are marked by the audience their author picked, whatever the policy says", () => {
    const chosen = recordTypes.filter(({ placement }) => placement === "chosen");
    expect(chosen.map(({ type }) => type)).toEqual(expect.arrayContaining(["comment", "document", "file"]));
    const readersOf: Readonly<Record<AudienceChoice, readonly Persona[]>> = {
      internal: [],
      client: ["client"],
      partner: ["partner"],
      everyone: outside,
    };
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 10 }), (edits) => {
        const policy = applyEdits(organization, edits);
        for (const definition of chosen)
          for (const [audience, readers] of Object.entries(readersOf)) {
            const made = facetOfAudience[audience as AudienceChoice];
            for (const field of Object.keys(definition.fields))
              expect(facetOfField(definition, field, made, policy)).toBe(made);
            expectAgreement(made, new Set(readers), `${definition.type} for ${audience}`);
          }
      }),
      { numRuns: 20 },
    );
  });
});
