// Access for gateway tests: members and memberships in two maps, rights by the real facet rules.

import { canReadFacet, canWriteFacet, facetNames } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import { err } from "#shared/model/result.ts";
import type { DocumentMeta, SpaceInfo } from "#shared/protocol/frames.ts";
import type { Access, Member } from "#sync-server/access/access.ts";

export type FakeAccess = Access & {
  join(spaceId: string, memberId: string, persona: Persona, kind?: SpaceInfo["kind"]): void;
  leave(spaceId: string, memberId: string): void;
  member(id: string): Member;
  /** ensureSpace takes this long. */
  spaceDelayMs: number;
};

const refused = err({ type: "NotAllowed", message: "not in this test" } as const);

export function createFakeAccess(people: Readonly<Record<string, Persona>>): FakeAccess {
  const members = new Map(
    Object.entries(people).map(([id, persona]): [string, Member] => [
      id,
      { id, name: `Name of ${id}`, email: `${id}@example.com`, persona },
    ]),
  );
  const spaces = new Map<string, { kind: SpaceInfo["kind"]; personas: Map<string, Persona> }>();
  const listeners = new Set<(memberIds: readonly string[], isNews: boolean) => void>();
  const tell = (spaceId: string, also: readonly string[] = []): void => {
    const ids = [...(spaces.get(spaceId)?.personas.keys() ?? []), ...also];
    for (const listener of listeners) listener(ids, false);
  };
  const personaIn = (spaceId: string, memberId: string): Persona | undefined =>
    spaces.get(spaceId)?.personas.get(memberId);
  function join(spaceId: string, memberId: string, persona: Persona, kind: SpaceInfo["kind"] = "crm"): void {
    const space = spaces.get(spaceId) ?? { kind, personas: new Map<string, Persona>() };
    space.personas.set(memberId, persona);
    spaces.set(spaceId, space);
    tell(spaceId);
  }
  const allowed = (can: (facet: string, persona: Persona) => boolean) => (memberId: string, document: DocumentMeta) => {
    const persona = personaIn(document.space, memberId);
    return persona !== undefined && can(document.facet, persona);
  };
  const fake: FakeAccess = {
    spaceDelayMs: 0,
    join,
    leave(spaceId, memberId) {
      spaces.get(spaceId)?.personas.delete(memberId);
      tell(spaceId, [memberId]);
    },
    member(id) {
      const member = members.get(id);
      if (member === undefined) throw new Error(`no member ${id}`);
      return member;
    },
    isSetUp: () => true,
    organizationName: () => "Test",
    setUp: async () => refused,
    signIn: async () => refused,
    signOut: async () => undefined,
    memberOfToken: () => undefined,
    issueTicket: ({ id }) => id,
    issueLiveTickets: ({ id }, _token, docIds) => docIds.map(() => id),
    redeemTicket: (ticket) => {
      const member = members.get(ticket);
      return member === undefined ? undefined : { member, session: ticket };
    },
    hasEnded: () => false,
    isLiveSession: () => true,
    onSessionEnded: () => () => undefined,
    sharedSpacesOf: (memberId) => fake.spacesOf(memberId),
    spacesOf: (memberId) =>
      [...spaces].flatMap(([id, { kind, personas }]) => {
        const persona = personas.get(memberId);
        if (persona === undefined) return [];
        return [
          {
            id,
            kind,
            name: id,
            persona,
            members: [...personas].map(([member, each]) => ({ id: member, name: member, persona: each })),
          },
        ];
      }),
    personaIn,
    addMember: async () => refused,
    addToSpace: async () => refused,
    makeSpace: async () => refused,
    changeSpace: async () => refused,
    removeFromSpace: async () => refused,
    membersFor: () => [...members.values()],
    carrierOf: (memberId, document) => (allowed(canReadFacet)(memberId, document) ? document.space : undefined),
    readsIn: (space, memberId, document) => allowed(canReadFacet)(memberId, { ...document, space }),
    links: {
      all: () => [],
      spacesOf: () => [],
      find: () => undefined,
      inSpace: () => [],
      atHome: () => [],
      unlinkedSeq: () => 0,
    },
    grantSeq: () => 0,
    onLinksChanged: () => () => undefined,
    mayRead: allowed(canReadFacet),
    mayWrite: allowed(canWriteFacet),
    readersOf: (document) => [...members.values()].filter(({ id }) => fake.mayRead(id, document)),
    memberById: (id) => members.get(id),
    sessionsOf: () => 0,
    forget: async (id) => void members.delete(id),
    policyFor: () => shippedPolicy,
    offlineHoursFor: () => 72,
    facets: () => facetNames,
    departedFields: () => [],
    settledFor: async () => undefined,
    isSettledFor: () => true,
    async ensureSpace(memberId, meta) {
      if (spaces.has(meta.space)) return true;
      const persona = people[memberId];
      if (meta.type !== "project" || meta.space !== meta.recordId || persona === undefined || !isInternal(persona))
        return false;
      await new Promise((resolve) => setTimeout(resolve, fake.spaceDelayMs));
      for (const [id, each] of Object.entries(people)) if (isInternal(each)) join(meta.space, id, each, "project");
      return true;
    },
    onSpacesChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return fake;
}
