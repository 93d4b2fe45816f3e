import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import {
  canReadFacet,
  canWriteFacet,
  facetFor,
  facetNames,
  isKnownFacet,
  outsideReaders,
  outsideWords,
} from "#shared/model/facets.ts";
import { isFacetName } from "#shared/model/ids.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import {
  addedPersonaLimit,
  isInternal,
  isPersona,
  personaLabel,
  shippedPersonas,
  type Persona,
} from "#shared/model/personas.ts";
import {
  applyEdits,
  checkEdits,
  checkPolicy,
  diffPlacements,
  diffRights,
  facetOfField,
  personasOf,
  policyTypes,
  rightOf,
  shippedPolicy,
  viewFor,
  warnAbout,
  type Policy,
  type PolicyEdit,
  type Right,
} from "#shared/model/policy.ts";

const added: readonly Persona[] = [
  "team-1",
  "guest-1",
  `team-${addedPersonaLimit.team}`,
  `guest-${addedPersonaLimit.guest}`,
];
const everybody: readonly Persona[] = [...shippedPersonas, ...added];
const someOf = (all: readonly Persona[]) => fc.subarray([...all]);
const label = (persona: Persona): string => personaLabel(persona);

const organization: Policy = {
  version: 1,
  personas: [
    { id: "team-1", label: "Lawyer" },
    { id: "guest-1", label: "Auditor" },
  ],
  placements: {},
};

const anyEdit: fc.Arbitrary<PolicyEdit> = fc.constantFrom(...policyTypes).chain((definition) =>
  fc.record({
    type: fc.constant(definition.type),
    field: fc.constantFrom(...Object.keys(definition.fields)),
    persona: fc.constantFrom(...personasOf(organization).filter((persona) => persona !== "owner")),
    right: fc.constantFrom<Right>("none", "read", "write"),
  }),
);

const rightsIn = (policy: Policy, type: string, field: string): readonly Right[] => {
  const definition = policyTypes.find((one) => one.type === type);
  if (definition === undefined) throw new Error(type);
  return personasOf(policy).map((persona) => rightOf(facetOfField(definition, field, "", policy), persona));
};

describe("facets", () => {
  it("W11 a name says exactly who reads and who writes, for every pair of sets", () => {
    fc.assert(
      fc.property(someOf(everybody), someOf(everybody), (readers, writers) => {
        const facet = facetFor(readers, writers, everybody);
        expect(isFacetName(facet), facet).toBe(true);
        for (const persona of everybody) {
          const writes = persona === "owner" || writers.includes(persona);
          expect(canWriteFacet(facet, persona), `${facet} ${persona}`).toBe(writes);
          expect(canReadFacet(facet, persona), `${facet} ${persona}`).toBe(writes || readers.includes(persona));
        }
      }),
    );
  });

  it("W11 two who decide alike name the same facet; shipped names where they say the same", () => {
    fc.assert(
      fc.property(someOf(everybody), someOf(everybody), (readers, writers) => {
        expect(facetFor(readers.toReversed(), writers.toReversed(), everybody)).toBe(
          facetFor(readers, [...writers, ...writers], everybody.toReversed()),
        );
      }),
    );
    const team = everybody.filter(isInternal);
    expect(facetFor(team, team, everybody)).toBe("internal");
    expect(facetFor(everybody, team, everybody)).toBe("published");
    expect(facetFor(everybody, everybody, everybody)).toBe("shared");
    expect(facetFor([...team, "client"], team, everybody)).toBe("client");
    expect(facetFor([...team, "partner"], [...team, "partner"], everybody)).toBe("partner-shared");
  });

  it("W6 W11 a name that cannot be is the team's; writers who do not read cannot write", () => {
    for (const odd of ["r-w1", "r01-w1", "rzz-w1", "from-the-future", "r123456789abcdef-w1"]) {
      expect(canReadFacet(odd, "consultant"), odd).toBe(true);
      expect(canReadFacet(odd, "client"), odd).toBe(false);
    }
    expect(canWriteFacet("r1-w40", "client")).toBe(false);
  });

  it("says in words who outside can see and change it; the team's own have none", () => {
    const words = (readers: readonly Persona[], writers: readonly Persona[]): string =>
      outsideWords(facetFor(readers, writers, everybody), label);
    const team = everybody.filter(isInternal);
    expect(words(team, ["owner"])).toBe("");
    expect(words(["manager"], [])).toBe("");
    expect(words([...team, "client"], team)).toBe("Client can see this");
    expect(words([...team, "client", "partner"], team)).toBe("Client and Partner can see this");
    expect(words([...team, "client", "partner"], [...team, "client"])).toBe(
      "Client and Partner can see this, Client can change it",
    );
    expect(outsideReaders(facetFor(["manager", "client"], [], everybody))).toEqual(["client"]);
    for (const name of facetNames) expect(isKnownFacet(name)).toBe(true);
  });

  it("knows its personas by their ids alone", () => {
    for (const persona of everybody) expect(isPersona(persona), persona).toBe(true);
    for (const text of ["team-0", "team-23", "guest-26", "guest-01", "boss", "team-1 "])
      expect(isPersona(text), text).toBe(false);
    expect([isInternal("team-2"), isInternal("guest-2"), isInternal("member")]).toEqual([true, false, true]);
  });
});

describe("the matrix", () => {
  it("ships sound: nobody writes what he cannot name", () => {
    expect(checkPolicy(shippedPolicy, label)).toEqual([]);
  });

  it("gives exactly the rights that were set and leaves every other cell as it was", () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 6 }), (edits) => {
        const after = applyEdits(organization, edits);
        const wanted = new Map(edits.map((edit) => [`${edit.type} ${edit.field} ${edit.persona}`, edit.right]));
        for (const definition of policyTypes)
          for (const field of Object.keys(definition.fields)) {
            const before = rightsIn(organization, definition.type, field);
            const now = rightsIn(after, definition.type, field);
            for (const [index, persona] of personasOf(organization).entries()) {
              const right = wanted.get(`${definition.type} ${field} ${persona}`) ?? before[index];
              expect(now[index], `${definition.type} ${field} ${persona}`).toBe(right);
            }
          }
      }),
      { numRuns: 60 },
    );
  });

  it("is back at the declared facets when every edit is taken back, in any order", () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 6 }), (edits) => {
        const after = applyEdits(organization, edits);
        const back = diffRights(after, organization).map(({ type, field, persona, to }): PolicyEdit => ({
          type,
          field,
          persona,
          right: to,
        }));
        expect(applyEdits(after, back).placements).toEqual({});
        expect(diffPlacements(applyEdits(after, back), organization)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("explains what it does not take: unknown names, owners, records whose authors pick, hidden names", () => {
    const say = (edit: PolicyEdit): string => checkEdits(organization, [edit])[0]?.message ?? "";
    const edit = { type: "deal", field: "margin", persona: "client", right: "read" } as const;
    expect(say(edit)).toBe("");
    expect(say({ ...edit, type: "boat" })).toContain("no record type");
    expect(say({ ...edit, field: "sail" })).toContain("no field of this name");
    expect(say({ ...edit, field: "toString" })).toContain("no field of this name");
    expect(say({ ...edit, persona: "guest-9" })).toContain("no persona");
    expect(say({ ...edit, persona: "owner" })).toContain("Owners see and change everything");
    expect(say({ ...edit, type: "comment", field: "body" })).toContain("picked by whoever writes");
    const nameless = applyEdits(organization, [{ type: "deal", field: "name", persona: "partner", right: "none" }]);
    expect(checkPolicy(nameless, label)[0]?.message).toBe(
      "Partner may change Next step of a deal and would not see its Name. Let them read Name, or take away what they may change.",
    );
    const unread = applyEdits(organization, [{ type: "deal", field: "name", persona: "customer", right: "none" }]);
    expect(checkPolicy(unread, label)).toEqual([]);
    expect(warnAbout(unread, label)).toContain("Customer sees deals without their names.");
  });
});

describe("what a device is told", () => {
  const policy = {
    ...shippedPolicy,
    ...applyEdits(organization, [
      { type: "milestone", field: "laborCost", persona: "client", right: "read" },
      { type: "milestone", field: "status", persona: "client", right: "none" },
      { type: "deal", field: "margin", persona: "consultant", right: "none" },
    ]),
  };

  it("F7 nothing while the record types say it all", () => {
    expect(viewFor(shippedPolicy, ["client"], true)).toBe(shippedPolicy);
  });

  it("T11 F7 somebody outside hears of no field he does not see, and sees the same rights", () => {
    const view = viewFor(policy, ["client"], true);
    const told = JSON.stringify(view);
    for (const definition of policyTypes)
      for (const field of Object.keys(definition.fields)) {
        const real = rightOf(facetOfField(definition, field, "", policy), "client");
        expect(rightOf(facetOfField(definition, field, "", view), "client"), `${definition.type} ${field}`).toBe(real);
        const isTold = view.placements[definition.type]?.[field] !== undefined;
        expect(isTold, `${definition.type} ${field}`).toBe(real !== "none");
      }
    expect(told).not.toContain("margin");
    expect(told).not.toContain("Lawyer");
  });

  it("F7 W14 what is a member's own is not decided about: the inbox state stays writable for somebody outside", () => {
    expect(policyTypes.some(({ type }) => type === "inboxState")).toBe(false);
    const definition = findRecordType("inboxState");
    if (definition === undefined) throw new Error("inboxState");
    const view = viewFor(policy, ["client"], true);
    for (const field of Object.keys(definition.fields))
      expect(rightOf(facetOfField(definition, field, "", view), "client"), field).toBe("write");
  });

  it("T18 the team hears where fields lie that somebody moved, its own roles included", () => {
    const view = viewFor(policy, ["consultant"], false);
    const deal = policyTypes.find((one) => one.type === "deal");
    if (deal === undefined) throw new Error("deal");
    expect(Object.keys(view.placements)).toEqual(
      ["milestone", "deal"].sort(
        (a, b) => Object.keys(view.placements).indexOf(a) - Object.keys(view.placements).indexOf(b),
      ),
    );
    expect(canReadFacet(facetOfField(deal, "margin", "", view), "consultant")).toBe(false);
    expect(canReadFacet(facetOfField(deal, "margin", "", view), "sales")).toBe(true);
  });

  it("T15 two grants never widen each other: what two personas are told and shown is the sum of what each is", () => {
    fc.assert(
      fc.property(
        fc.array(anyEdit, { maxLength: 8 }),
        fc.constantFrom<Persona>("client", "partner", "customer", "guest-1"),
        fc.constantFrom<Persona>("client", "partner", "customer", "guest-1"),
        (edits, one, other) => {
          const decided = { ...shippedPolicy, ...applyEdits(organization, edits), version: 2 };
          const shown = (personas: readonly Persona[]): ReadonlySet<string> => {
            const view = viewFor(decided, personas, true);
            return new Set(
              policyTypes.flatMap((definition) => {
                // A device holds the facets that one of its personas reads, each with every field somebody could put there.
                const held = [
                  ...new Set([
                    ...facetNames,
                    ...Object.keys(definition.fields).map((field) => facetOfField(definition, field, "", decided)),
                  ]),
                ].filter((facet) => personas.some((persona) => canReadFacet(facet, persona)));
                const contents = held.map((facet) => ({
                  type: definition.type,
                  facet,
                  fields: Object.fromEntries(
                    Object.keys(definition.fields).map((field) => [field, `${field} in ${facet}`]),
                  ),
                  changedByBoth: {},
                }));
                const { fields } = mergeFacets("r1", contents, view);
                return Object.entries(fields).map(
                  ([field, value]) => `${definition.type} ${field} ${JSON.stringify(value)}`,
                );
              }),
            );
          };
          expect([...shown([one, other])].toSorted()).toEqual(
            [...new Set([...shown([one]), ...shown([other])])].toSorted(),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});
