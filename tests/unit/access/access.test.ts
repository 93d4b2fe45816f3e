// Members, sessions, tickets and spaces: who gets in, who gets what, and what a refusal gives away.

import { beforeEach, describe, expect, it } from "vitest";
import { assert, type Result } from "#shared/model/result.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { Member } from "#sync-server/access/access.ts";
import { isSoundMeta } from "#sync-server/log/open-update-log.ts";
import { personalSpaceOf } from "#shared/model/ids.ts";
import { openAccess, type OpenAccess } from "#sync-server/access/open-access.ts";
import type { DirectoryStorage } from "#sync-server/storage/storage.ts";
import { createMemoryDirectory } from "./memory-directory.ts";

const password = "a long enough one";
const owner = { organization: "Northwind Build", name: "Olga Berg", email: "olga@northwind.example", password };

let time = Date.UTC(2026, 0, 5, 9);
let storage: DirectoryStorage;
let access: OpenAccess;
let olga: Member;

function valueOf<T>(result: Result<T, { readonly message: string }>): T {
  assert(result.ok, result.ok ? "" : result.error.message);
  return result.value;
}

const errorOf = (result: Result<unknown, { readonly type: string; readonly message: string }>): string =>
  result.ok ? "none" : result.error.type;

const add = async (name: string, persona: Member["persona"]): Promise<Member> =>
  valueOf(await access.addMember(olga, { name, email: `${name.toLowerCase()}@people.example`, password, persona }));

const projectMeta = (id: string): { space: string; type: string; recordId: string; facet: string } => ({
  space: id,
  type: "project",
  recordId: id,
  facet: "published",
});

beforeEach(async () => {
  storage = createMemoryDirectory();
  access = openAccess(storage, { now: () => time });
  olga = valueOf(await access.setUp(owner));
});

describe("set-up", () => {
  it("makes the organization, its CRM space and the owner, once", async () => {
    expect(access.isSetUp()).toBe(true);
    expect(access.organizationName()).toBe("Northwind Build");
    expect(access.spacesOf(olga.id)).toMatchObject([{ kind: "crm", persona: "owner", members: [{ id: olga.id }] }]);
    expect(errorOf(await access.setUp(owner))).toBe("AlreadySetUp");
  });

  it("lets only one of two set-ups at the same moment win", async () => {
    const fresh = openAccess(createMemoryDirectory());
    const results = await Promise.all([
      fresh.setUp(owner),
      fresh.setUp({ ...owner, email: "other@northwind.example" }),
    ]);
    expect(results.map(errorOf)).toEqual(["none", "AlreadySetUp"]);
  });

  it.each([
    [{ ...owner, password: "short" }, "at least 8"],
    [{ ...owner, email: "olga" }, "e-mail"],
    [{ ...owner, name: "  " }, "name"],
    [{ ...owner, organization: "" }, "organization"],
  ])("says what to correct (%#)", async (input, words) => {
    const result = await openAccess(createMemoryDirectory()).setUp(input);
    expect(result).toMatchObject({ ok: false, error: { type: "BadInput", message: expect.stringContaining(words) } });
  });

  it("takes over what a cut-short set-up left behind", async () => {
    const half = createMemoryDirectory();
    await openAccess({ ...half, saveOrganization: () => Promise.reject(new Error("power cut")) })
      .setUp(owner)
      .catch(() => undefined);
    const again = openAccess(half);
    expect(again.isSetUp()).toBe(false);
    valueOf(await again.setUp(owner));
    expect(half.members()).toHaveLength(1);
    expect(half.spaces()).toHaveLength(1);
  });
});

describe("sign-in", () => {
  const signIn = (email: string, secret: string, address = "10.0.0.1"): ReturnType<OpenAccess["signIn"]> =>
    access.signIn({ email, password: secret, address });

  it("gives a token that survives a restart, keeps only its hash, and ends with sign-out", async () => {
    const { token } = valueOf(await signIn(" OLGA@northwind.example ", password));
    expect(token.length).toBeGreaterThanOrEqual(43);
    expect(JSON.stringify(storage.sessions())).not.toContain(token);
    expect(openAccess(storage, { now: () => time }).memberOfToken(token)).toEqual(olga);
    await access.signOut(token);
    expect(access.memberOfToken(token)).toBeUndefined();
    expect(storage.sessions()).toEqual([]);
  });

  it("forgets a session after 30 days", async () => {
    const { token } = valueOf(await signIn(owner.email, password));
    const later = openAccess(storage, { now: () => time + 30 * 24 * 3_600_000 });
    expect(later.memberOfToken(token)).toBeUndefined();
  });

  it("E5: answers the same for a wrong password and an unknown e-mail, in about the same time", async () => {
    const timed = async (email: string, address: string): Promise<{ answer: unknown; ms: number }> => {
      const startedAt = performance.now();
      const answer = await signIn(email, "not the password", address);
      return { answer, ms: performance.now() - startedAt };
    };
    await timed("warm@up.example", "10.9.9.9");
    const known: number[] = [];
    const unknown: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      const wrong = await timed(owner.email, `10.1.0.${index}`);
      const nobody = await timed(`nobody${index}@northwind.example`, `10.2.0.${index}`);
      expect(wrong.answer).toEqual(nobody.answer);
      known.push(wrong.ms);
      unknown.push(nobody.ms);
    }
    const ratio = Math.min(...known) / Math.min(...unknown);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });

  it("stops after 10 failures per e-mail, whatever the address, and lets in again after 15 minutes", async () => {
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, index) => signIn(owner.email, "guess", `10.3.0.${index}`)),
    );
    expect(tries.map(errorOf).filter((type) => type === "SignInFailed")).toHaveLength(10);
    expect(errorOf(await signIn(owner.email, password, "10.3.1.1"))).toBe("TooManyTries");
    time += 15 * 60_000 + 1;
    expect(errorOf(await signIn(owner.email, password, "10.3.1.1"))).toBe("none");
  });

  it("stops after 10 failures per address, whatever the e-mail; successes do not count", async () => {
    for (let index = 0; index < 15; index += 1)
      expect(errorOf(await signIn(owner.email, password, "10.4.0.1"))).toBe("none");
    await Promise.all(Array.from({ length: 10 }, (_, index) => signIn(`guess${index}@x.example`, "guess", "10.4.0.1")));
    expect(errorOf(await signIn(owner.email, password, "10.4.0.1"))).toBe("TooManyTries");
    expect(errorOf(await signIn(owner.email, password, "10.4.0.2"))).toBe("none");
  });
});

describe("tickets", () => {
  const signedIn = async (): Promise<string> => {
    const result = await access.signIn({ email: owner.email, password, address: "10.5.0.1" });
    if (!result.ok) throw new Error(result.error.message);
    return result.value.token;
  };

  it("E2: open once, within 60 seconds", async () => {
    const token = await signedIn();
    const ticket = access.issueTicket(olga, token);
    expect(access.redeemTicket(ticket)?.member).toEqual(olga);
    expect(access.redeemTicket(ticket)).toBeUndefined();
    const late = access.issueTicket(olga, token);
    time += 60_000;
    expect(access.redeemTicket(late)).toBeUndefined();
    expect(access.redeemTicket("")).toBeUndefined();
  });

  it("E2: one for each of many live documents, each for that one only, used up by whatever else it is tried for", async () => {
    const token = await signedIn();
    const [first = "", second = "", third = "", again = ""] =
      access.issueLiveTickets(olga, token, ["r1.published", "r2.published", "r3.published", "r1.published"]) ?? [];
    expect(access.redeemTicket(first, "r1.published")?.member).toEqual(olga);
    expect(access.redeemTicket(first, "r1.published")).toBeUndefined();
    expect(access.redeemTicket(second, "r1.published")).toBeUndefined();
    expect(access.redeemTicket(second, "r2.published")).toBeUndefined();
    // The feed has no document.
    expect(access.redeemTicket(third)).toBeUndefined();
    expect(access.redeemTicket(again, "r1.published")?.member).toEqual(olga);
    const [late = ""] = access.issueLiveTickets(olga, token, ["r1.published"]) ?? [];
    time += 60_000;
    expect(access.redeemTicket(late, "r1.published")).toBeUndefined();
  });

  it("E2: so many of a session may wait, used and expired ones make room, and other sessions have their own", async () => {
    const [token, other] = [await signedIn(), await signedIn()];
    const ask = (from: string, count: number) =>
      access.issueLiveTickets(
        olga,
        from,
        Array.from({ length: count }, () => "r1.published"),
      );
    const [first = ""] = ask(token, limits.waitingTickets) ?? [];
    expect(ask(token, 1)).toBeUndefined();
    expect(ask(other, 1)).toHaveLength(1);
    expect(access.redeemTicket(first, "r1.published")).toBeDefined();
    expect(ask(token, 1)).toHaveLength(1);
    expect(ask(token, 1)).toBeUndefined();
    time += 60_000;
    expect(ask(token, limits.waitingTickets)).toHaveLength(limits.waitingTickets);
    expect(access.redeemTicket(access.issueTicket(olga, token))).toBeDefined();
  });

  it("E2: a ticket dies with its session, and whoever holds a socket of it is told", async () => {
    const [token, other] = [await signedIn(), await signedIn()];
    const ended: string[] = [];
    access.onSessionEnded((session) => ended.push(session));
    const [ticket, used, others] = [token, token, other].map((each) => access.issueTicket(olga, each));
    const session = access.redeemTicket(used ?? "")?.session ?? "";
    expect(access.isLiveSession(session)).toBe(true);
    await access.signOut(token);
    expect(ended).toEqual([session]);
    expect(access.isLiveSession(session)).toBe(false);
    expect(access.redeemTicket(ticket ?? "")).toBeUndefined();
    expect(access.redeemTicket(others ?? "")?.member).toEqual(olga);
  });
});

describe("members and spaces", () => {
  it("puts the team into every space and outsiders into none", async () => {
    await access.ensureSpace(olga.id, projectMeta("project-1"));
    const igor = await add("Igor", "consultant");
    const carla = await add("Carla", "client");
    expect(access.spacesOf(igor.id).map((space) => space.kind)).toEqual(["crm", "project"]);
    expect(access.spacesOf(carla.id)).toEqual([]);
    expect(access.membersFor(igor)).toHaveLength(3);
    expect(access.membersFor(carla)).toEqual([]);
  });

  it("lets only owners and managers add people, and only owners add owners", async () => {
    const igor = await add("Igor", "consultant");
    const mira = await add("Mira", "manager");
    const input = { name: "X", email: "x@people.example", password, persona: "client" } as const;
    expect(errorOf(await access.addMember(igor, input))).toBe("NotAllowed");
    expect(errorOf(await access.addMember(mira, { ...input, persona: "owner" }))).toBe("NotAllowed");
    expect(errorOf(await access.addMember(mira, input))).toBe("none");
    expect(errorOf(await access.addMember(mira, { ...input, email: "X@People.example" }))).toBe("Taken");
  });

  it("gives one of two people added at the same moment with one e-mail", async () => {
    const input = { name: "X", email: "x@people.example", password, persona: "client" } as const;
    const results = await Promise.all([access.addMember(olga, input), access.addMember(olga, input)]);
    expect(results.map(errorOf)).toEqual(["none", "Taken"]);
  });

  it("never lets an outsider into the CRM, nor anybody into a role of the other side", async () => {
    await access.ensureSpace(olga.id, projectMeta("project-1"));
    const igor = await add("Igor", "consultant");
    const carla = await add("Carla", "client");
    const crm = access.spacesOf(olga.id)[0]?.id ?? "";
    expect(errorOf(await access.addToSpace(olga, crm, carla.id, "client"))).toBe("BadInput");
    expect(errorOf(await access.addToSpace(olga, "project-1", carla.id, "owner"))).toBe("BadInput");
    expect(errorOf(await access.addToSpace(olga, "project-1", igor.id, "client"))).toBe("BadInput");
    expect(errorOf(await access.addToSpace(igor, "project-1", carla.id, "client"))).toBe("NotAllowed");
    expect(errorOf(await access.addToSpace(olga, "project-1", carla.id, "client"))).toBe("none");
    expect(access.personaIn("project-1", carla.id)).toBe("client");
  });

  it("E5: a space that does not exist and one that is not yours are refused alike", async () => {
    const carla = await add("Carla", "client");
    await access.ensureSpace(olga.id, projectMeta("project-1"));
    const real = await access.addToSpace(carla, "project-1", carla.id, "client");
    expect(real).toEqual(await access.addToSpace(carla, "project-9", carla.id, "client"));
    expect(real).toEqual(await access.removeFromSpace(carla, "project-9", olga.id));
  });

  it("tells the members of a space, and the one who left, that it changed (F5)", async () => {
    await access.ensureSpace(olga.id, projectMeta("project-1"));
    const carla = await add("Carla", "client");
    const told: (readonly string[])[] = [];
    const stop = access.onSpacesChanged((memberIds) => told.push([...memberIds].sort()));
    const both = [olga.id, carla.id].sort();
    await access.addToSpace(olga, "project-1", carla.id, "client");
    await access.renameSpace("project-1", "Clinic roof");
    await access.removeFromSpace(olga, "project-1", carla.id);
    stop();
    await access.addToSpace(olga, "project-1", carla.id, "client");
    expect(told).toEqual([both, both, both]);
    expect(openAccess(storage).spacesOf(carla.id)).toMatchObject([{ name: "Clinic roof", persona: "client" }]);
  });

  it("keeps owners in every space", async () => {
    await access.ensureSpace(olga.id, projectMeta("project-1"));
    expect(errorOf(await access.removeFromSpace(olga, "project-1", olga.id))).toBe("BadInput");
  });
});

describe("rights over documents", () => {
  it("follow the persona in the space, facet by facet", async () => {
    await access.ensureSpace(olga.id, projectMeta("project-1"));
    const carla = await add("Carla", "client");
    await access.addToSpace(olga, "project-1", carla.id, "client");
    const document = (facet: string, space = "project-1"): Parameters<OpenAccess["mayRead"]>[1] => ({
      space,
      type: "milestone",
      recordId: "m1",
      facet,
    });
    const rights = (facet: string): string =>
      `${access.mayRead(carla.id, document(facet)) ? "r" : "-"}${access.mayWrite(carla.id, document(facet)) ? "w" : "-"}`;
    expect(
      ["internal", "published", "shared", "client", "client-shared", "partner", "partner-shared", "unknown-facet"].map(
        rights,
      ),
    ).toEqual(["--", "r-", "rw", "r-", "rw", "--", "--", "--"]);
    expect(access.mayRead(carla.id, document("shared", "project-2"))).toBe(false);
    expect(access.mayWrite(olga.id, document("unknown-facet"))).toBe(true);
    await access.removeFromSpace(olga, "project-1", carla.id);
    expect(rights("shared")).toBe("--");
  });

  it("W5: the first push of a project by the team makes its space, once; nobody else's and nothing else does", async () => {
    const carla = await add("Carla", "client");
    const igor = await add("Igor", "consultant");
    expect(await access.ensureSpace(carla.id, projectMeta("project-1"))).toBe(false);
    expect(await access.ensureSpace(olga.id, { ...projectMeta("project-1"), type: "milestone" })).toBe(false);
    expect(await access.ensureSpace(olga.id, { ...projectMeta("project-1"), recordId: "other" })).toBe(false);
    let saved = 0;
    const stop = access.onSpacesChanged(() => (saved += 1));
    const made = await Promise.all([
      access.ensureSpace(igor.id, projectMeta("project-1")),
      access.ensureSpace(olga.id, projectMeta("project-1")),
    ]);
    stop();
    expect(made).toEqual([true, true]);
    expect(saved).toBe(1);
    expect(access.personaIn("project-1", olga.id)).toBe("owner");
    expect(access.personaIn("project-1", igor.id)).toBe("consultant");
    expect(await access.ensureSpace(carla.id, projectMeta("project-1"))).toBe(true);
    expect(access.mayWrite(carla.id, projectMeta("project-1"))).toBe(false);
  });

  it("W14: somebody's own space is made by nobody else, before or after they have it, and not as a project", async () => {
    const [carla, igor] = [await add("Carla", "client"), await add("Igor", "consultant")];
    const own = personalSpaceOf(carla.id);
    const inbox = { space: own, type: "inboxState", recordId: own, facet: "shared" };
    expect(await access.ensureSpace(igor.id, projectMeta(own))).toBe(false);
    expect(await access.ensureSpace(carla.id, inbox)).toBe(true);
    for (const meta of [projectMeta(own), inbox]) {
      await access.ensureSpace(igor.id, meta);
      expect(access.personaIn(own, igor.id)).toBeUndefined();
      expect(access.mayWrite(igor.id, meta)).toBe(false);
      expect(access.mayRead(igor.id, inbox)).toBe(false);
    }
    expect(access.spacesOf(carla.id)).toMatchObject([{ id: own, kind: "personal" }]);
    // Nor is its id taken for a record elsewhere, which would keep hers out (rule W3).
    expect(isSoundMeta(`${own}.shared`, { ...inbox, space: "project-1" })).toBe(false);
    expect(isSoundMeta(`${own}.shared`, inbox)).toBe(true);
  });

  it("W5 W14: cut off after any of its writes, a space is there with everybody in it or not at all, and somebody new is in all", async () => {
    for (let writes = 0; writes < 4; writes += 1) {
      const memory = createMemoryDirectory();
      const first = openAccess(memory, { now: () => time });
      const boss = valueOf(await first.setUp(owner));
      const carla = valueOf(
        await first.addMember(boss, { name: "Carla", email: "carla@people.example", password, persona: "client" }),
      );
      const cut = openAccess(cutOffAfter(memory, writes), { now: () => time });
      const own = personalSpaceOf(carla.id);
      const igor = { name: "Igor", email: "igor@people.example", password, persona: "consultant" } as const;
      await Promise.allSettled([
        cut.ensureSpace(boss.id, projectMeta("project-1")),
        cut.ensureSpace(carla.id, { space: own, type: "inboxState", recordId: own, facet: "shared" }),
        cut.makeSpace(boss, { kind: "portal", name: "Delta" }),
        cut.addMember(boss, igor),
      ]);
      const after = openAccess(memory, { now: () => time });
      const team = memory.members().filter(({ persona }) => persona !== "client");
      for (const { id, kind } of memory.spaces())
        for (const member of team)
          expect(after.personaIn(id, member.id), `${writes}: ${member.name} in ${kind}`).toBe(
            kind === "personal" ? undefined : member.persona,
          );
      expect(after.personaIn(own, carla.id)).toBe(memory.spaces().some(({ id }) => id === own) ? "client" : undefined);
    }
  });
});

/** A disk that is gone after so many writes of members, spaces and memberships. */
function cutOffAfter(memory: DirectoryStorage, writes: number): DirectoryStorage {
  let left = writes;
  const unlessCut =
    <Row, Answer>(write: (row: Row) => Promise<Answer>) =>
    async (row: Row): Promise<Answer> => {
      if (left <= 0) throw new Error("killed");
      left -= 1;
      return write(row);
    };
  return {
    ...memory,
    saveTogether: unlessCut((row) => memory.saveTogether(row)),
    saveMember: unlessCut((row) => memory.saveMember(row)),
    saveSpace: unlessCut((row) => memory.saveSpace(row)),
    saveMembership: unlessCut((row) => memory.saveMembership(row)),
  };
}
