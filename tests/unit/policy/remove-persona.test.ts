// A persona goes when nobody has it, and "nobody" holds until it is gone: who is being given it at the same moment either has
// it before, so that it stays, or is told that it is no more.

import { beforeEach, describe, expect, it } from "vitest";
import { assert, type Result } from "#shared/model/result.ts";
import type { Member } from "#sync-server/access/access.ts";
import { openAccess, type OpenAccess } from "#sync-server/access/open-access.ts";
import { createPolicyDesk, type PolicyDesk } from "#sync-server/policy/policy-desk.ts";
import { createMemoryDirectory } from "../access/memory-directory.ts";

const password = "a long enough one";
const PERSONA = "guest-1";

let access: OpenAccess;
let desk: PolicyDesk;
let olga: Member;
let uli: Member;
let space: string;
/** Writes that are under way until the test lets them end. */
let held: { readonly name: string; readonly end: () => void }[];
let holding: ReadonlySet<string>;

function valueOf<T>(result: Result<T, { readonly message: string }>): T {
  assert(result.ok, result.ok ? "" : result.error.message);
  return result.value;
}

beforeEach(async () => {
  held = [];
  holding = new Set();
  const memory = createMemoryDirectory();
  const slowly = (name: string): Promise<void> =>
    holding.has(name) ? new Promise((end) => void held.push({ name, end })) : Promise.resolve();
  access = openAccess({
    ...memory,
    saveMembership: (row) => slowly("membership").then(() => memory.saveMembership(row)),
    savePolicy: (row, moves) => slowly("policy").then(() => memory.savePolicy(row, moves)),
  });
  olga = valueOf(
    await access.setUp({ organization: "Northwind", name: "Olga", email: "olga@northwind.example", password }),
  );
  desk = createPolicyDesk({
    policies: access.policies,
    audit: { record: async () => undefined },
    holdMs: 0,
    sources: {
      rows: { recordsWithField: () => [], facetsOfRecord: () => [] },
      log: { documentsIn: () => [] },
      mayRead: () => false,
      linkedInto: () => [],
      spaceIds: access.spaceIds,
      spaceName: access.spaceName,
      membersOf: access.membersIn,
    },
    members: access.members,
    spaceIds: access.spaceIds,
    holdersOf: access.holdersOf,
    inTurn: access.inTurn,
  });
  valueOf(await desk.addPersona(olga, { label: "Auditor", side: "guest" }));
  uli = valueOf(
    await access.addMember(olga, { name: "Uli", email: "uli@people.example", password, persona: "client" }),
  );
  space = valueOf(await access.makeSpace(olga, { kind: "portal", name: "Portal" })).id;
});

const letEnd = async (): Promise<void> => {
  for (let round = 0; round < 50; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const { end } of held.splice(0)) end();
  }
};

const personas = (): readonly string[] => access.policies.view().personas.map(({ id }) => id);

describe("a persona that is removed while somebody is being given it", () => {
  it("stays, when the membership was under way first", async () => {
    holding = new Set(["membership"]);
    const joining = access.addToSpace(olga, space, uli.id, PERSONA);
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.map(({ name }) => name)).toEqual(["membership"]);
    const removing = desk.removePersona(olga, PERSONA);
    await letEnd();
    expect((await joining).ok).toBe(true);
    expect(await removing).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("Uli is Auditor") as string },
    });
    expect(personas()).toContain(PERSONA);
  });

  it("goes, when its removal was under way first, and nobody comes in as it", async () => {
    holding = new Set(["policy"]);
    const removing = desk.removePersona(olga, PERSONA);
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.map(({ name }) => name)).toEqual(["policy"]);
    const joining = access.addToSpace(olga, space, uli.id, PERSONA);
    const invited = access.invitations.invite(olga, { email: "new@people.example", persona: PERSONA, space });
    await letEnd();
    expect((await removing).ok).toBe(true);
    expect(await joining).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("no such persona any more") as string },
    });
    expect(await invited).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("no such persona any more") as string },
    });
    expect(access.personaIn(space, uli.id)).toBeUndefined();
    expect(personas()).not.toContain(PERSONA);
  });
});
