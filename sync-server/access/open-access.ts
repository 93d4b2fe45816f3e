// Who is asking, and may they: the contract of access.ts over the directory, sessions and tickets. Refusals are uniform:
// they never tell whether what was asked for exists (rule E5).

import { canReadFacet, canWriteFacet } from "#shared/model/facets.ts";
import { isRetired, personasOf, viewFor } from "#shared/model/policy.ts";
import { isPersonalSpace, newId } from "#shared/model/ids.ts";
import { isInternal, personaLabel, type Persona } from "#shared/model/personas.ts";
import { err, ok } from "#shared/model/result.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { DirectoryStorage, MemberRow } from "#sync-server/storage/storage.ts";
import { manages, publicMember, type Access, type Member } from "./access.ts";
import type { Audit, AuditEvent } from "./audit-trail.ts";
import { openPolicyKeeper, type PolicyKeeper } from "#sync-server/policy/policy-keeper.ts";
import { createTickets, hashSecret } from "./credentials.ts";
import { fail, noSuchPersona, notAllowed, type AccessFailure } from "./access-errors.ts";
import { openDirectory } from "./directory.ts";
import { openOfflineTerms, type OfflineTermDesk } from "./offline-terms.ts";
import { openLinks, type LinkChange } from "./links.ts";
import { openAccounts, whenSent, type Accounts } from "./accounts.ts";
import { openInvitations, type Invitations } from "./invitations.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { checkPerson, normalizeEmail, PASSWORD_LENGTH } from "./person-input.ts";
import { createSpaces } from "./spaces.ts";
import { openSessions } from "./sessions.ts";
import { createSignInBrake } from "./sign-in-brake.ts";

export type AccessOptions = {
  readonly now?: () => number;
  /** Told of every sequence number given to a link or a change of rights, before anybody else hears of it. */
  readonly stamped?: (seq: number) => void;
  /** Failed sign-ins allowed per address and per e-mail within 15 minutes. */
  readonly signInTries?: number;
  /** Told of everything that changes who may do what. */
  readonly audit?: Pick<Audit, "record" | "noteRefusal">;
  readonly onProblem?: (error: unknown) => void;
  /** Ends what signs for somebody whose access ends. */
  readonly endKeys?: (memberId: string, by: string) => Promise<void>;
};

/** What the relay itself does beyond the contract: a project's space is named after its project. */
export type OpenAccess = Access & {
  readonly invitations: Invitations;
  readonly accounts: Accounts;
  readonly offlineTerms: OfflineTermDesk;
  renameSpace(spaceId: string, name: string): Promise<void>;
  /** These members have news that a welcome tells of. */
  greetAgain(memberIds: readonly string[]): void;
  /** Whether a member may, or might once, write a document: in its home or in a space it is or was linked into. */
  couldWrite(memberId: string, document: DocumentMeta): boolean;
  /** Whether a member reads a facet of a record type in any of their spaces. */
  readsSomewhere(memberId: string, document: Pick<DocumentMeta, "type" | "facet">): boolean;
  /** Whoever is not of the team, whatever space an update comes through. */
  isExternal(memberId: string): boolean;
  /** Whoever calls this has asked sharing.ts whether it may be. */
  changeLinks(changes: readonly LinkChange[]): Promise<void>;
  /** Takes records out of every space beyond their home, and lets nobody and no rule put them there until they are released. */
  withhold(recordIds: readonly string[]): Promise<void>;
  release(recordIds: readonly string[]): void;
  isWithheld(recordId: string): boolean;
  readonly policies: PolicyKeeper;
  readonly members: () => readonly Member[];
  readonly spaceIds: () => readonly string[];
  readonly spaceName: (spaceId: string) => string;
  readonly membersIn: (
    spaceId: string,
  ) => readonly { readonly id: string; readonly name: string; readonly persona: Persona }[];
  /** Names of those who have a persona: in the organization, in a space, or by an open invitation. */
  readonly holdersOf: (persona: Persona) => readonly string[];
  /** While it runs nobody comes into a space, is invited, or is given a persona. */
  readonly inTurn: <Outcome>(act: () => Promise<Outcome>) => Promise<Outcome>;
  close(): void;
};

const TRY_WINDOW_MS = 15 * 60 * 1000;

function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

export function openAccess(storage: DirectoryStorage, options: AccessOptions = {}): OpenAccess {
  const now = options.now ?? Date.now;
  const stamped = options.stamped ?? (() => undefined);
  const directory = openDirectory(storage, stamped);
  const links = openLinks(storage, stamped);
  const linkListeners = new Set<(spaceIds: readonly string[]) => void>();
  const policies = openPolicyKeeper(storage, { now, onProblem: options.onProblem ?? throwLater });
  /** Of somebody who was erased there is nothing but the hashes of tokens: each device is told when it comes. */
  const hasEnded = (id: string): boolean => {
    const row = directory.memberById(id);
    return row === undefined || row.endedAt !== undefined;
  };
  const sessions = openSessions(storage, now, hasEnded);
  const tickets = createTickets(limits.ticketMs, now);
  const brake = createSignInBrake(options.signInTries ?? 10, TRY_WINDOW_MS, now);
  const listeners = new Set<(memberIds: readonly string[], isNews: boolean) => void>();
  const emailsInTheMaking = new Set<string>();
  // Verified when the e-mail is unknown, so that both failures take the same time.
  const decoyHash = hashPassword("nobody has this password");
  let settingUp = false;

  const record = async (event: AuditEvent): Promise<void> => options.audit?.record(event);

  const isSetUp = (): boolean => storage.organization() !== undefined;
  const memberOf = (id: string | undefined): Member | undefined => {
    const row = id === undefined ? undefined : directory.memberById(id);
    return row === undefined ? undefined : publicMember(row);
  };

  function tellSpacesChanged(memberIds: Iterable<string>, isNews = false): void {
    const ids = [...new Set(memberIds)];
    for (const listener of listeners) listener(ids, isNews);
  }

  async function makeOrganization(input: {
    organization: string;
    name: string;
    email: string;
    password: string;
  }): Promise<Member> {
    const email = normalizeEmail(input.email);
    const passwordHash = await hashPassword(input.password);
    // A set-up that was cut short left rows behind: they are taken over. The organization is saved last, it makes it count.
    const id = directory.memberByEmail(email)?.id ?? newId();
    const owner = { id, name: input.name.trim(), email, passwordHash, persona: "owner" as const };
    const crm = {
      id: directory.spaces().find((space) => space.kind === "crm")?.id ?? newId(),
      kind: "crm" as const,
      name: "CRM",
    };
    const memberships = [{ spaceId: crm.id, memberId: owner.id, persona: owner.persona }];
    await directory.saveTogether(() => ({ space: crm, member: owner, memberships }));
    await storage.saveOrganization({ id: newId(), name: input.organization.trim() });
    return publicMember(owner);
  }

  // Everybody's place in what is shared may have changed: each device hears what of it is its own (rule F7).
  const stopFollowing = policies.onChanged(() => tellSpacesChanged(directory.members().map((member) => member.id)));

  const isRetiredDocument = ({ type, facet }: DocumentMeta): boolean => isRetired(policies.view(), type, facet);

  /** A persona somebody can be given: a shipped one, or one the organization has. */
  const hasPersona = (persona: Persona): boolean => personasOf(policies.view()).includes(persona);

  function readsIn(spaceId: string, memberId: string, document: DocumentMeta): boolean {
    const persona = directory.personaIn(spaceId, memberId);
    return persona !== undefined && canReadFacet(document.facet, persona) && !isRetiredDocument(document);
  }

  function writesIn(spaceId: string, memberId: string, document: DocumentMeta): boolean {
    const persona = directory.personaIn(spaceId, memberId);
    if (persona === undefined || isRetiredDocument(document)) return false;
    return canWriteFacet(document.facet, persona) && directory.space(spaceId)?.archived !== true;
  }

  const carrierOf = (memberId: string, document: DocumentMeta): string | undefined =>
    readsIn(document.space, memberId, document)
      ? document.space
      : links.spacesOf(document.recordId).find((space) => readsIn(space, memberId, document));

  const withheld = new Set<string>();
  async function changeLinks(changes: readonly LinkChange[]): Promise<void> {
    const concerned = await links.change(
      changes.filter(({ recordId, home, isLinked }) => !isLinked || !(withheld.has(recordId) || isPersonalSpace(home))),
    );
    if (concerned.length === 0) return;
    for (const listener of linkListeners) listener(concerned);
  }

  const organizationName = (): string => storage.organization()?.name ?? "";
  const invitations = openInvitations({
    directory,
    now,
    organizationName,
    personaName: (persona) => (hasPersona(persona) ? personaLabel(persona, policies.view().personas) : undefined),
    emailsInTheMaking,
    audit: options.audit,
    startSession: (memberId) => sessions.start(memberId),
    joined: (spaceIds) => tellSpacesChanged(spaceIds.flatMap((spaceId) => directory.memberIdsOf(spaceId))),
  });

  const accounts = openAccounts({
    directory,
    sessions,
    now,
    organizationName,
    hasPersona,
    audit: options.audit,
    fellowsOf: (memberId) => [memberId, ...directory.spacesOf(memberId).flatMap(({ id }) => directory.memberIdsOf(id))],
    tellSpacesChanged,
    endKeys: options.endKeys ?? (async () => undefined),
  });

  const spaces = createSpaces({ directory, hasPersona, tellSpacesChanged, record });
  const offlineTerms = openOfflineTerms({
    storage,
    audit: options.audit,
    changed: () => tellSpacesChanged(directory.members().map((member) => member.id)),
  });

  return {
    ...spaces,
    offlineTerms,
    offlineHoursFor: (memberId) => offlineTerms.hoursFor(directory.memberById(memberId)),
    greetAgain: (memberIds) => tellSpacesChanged(memberIds, true),
    isSetUp,
    organizationName,
    invitations,
    accounts,
    hasEnded: (token) => sessions.isOfEnded(token),
    async setUp(input) {
      const alreadySetUp = fail("AlreadySetUp", "This server is already set up. Sign in instead.");
      if (isSetUp() || settingUp) return alreadySetUp;
      if (input.organization.trim() === "" || input.organization.length > 200) {
        return fail("BadInput", "Enter the name of your organization, up to 200 characters.");
      }
      const bad = checkPerson(input);
      if (bad !== undefined) return err(bad);
      settingUp = true;
      try {
        const owner = await makeOrganization(input);
        await record({ action: "organization.set-up", actor: owner.id, target: owner.id });
        return ok(owner);
      } finally {
        settingUp = false;
      }
    },
    async signIn({ email: typed, password, address }) {
      const email = normalizeEmail(typed);
      const keys = [`address ${address}`, `email ${email}`];
      const row = directory.memberByEmail(email);
      const noteRefused = (why: string): void =>
        options.audit?.noteRefusal({ action: "session.refused", actor: "", target: row?.id ?? "", details: { why } });
      if (!brake.tryNow(keys)) {
        noteRefused("too many tries");
        return fail("TooManyTries", "There were too many tries. Wait 15 minutes, then sign in again.");
      }
      const right = await verifyPassword(
        password.slice(0, PASSWORD_LENGTH.max),
        row?.passwordHash ?? (await decoyHash),
      );
      const failed = (why: string): AccessFailure => {
        noteRefused(why);
        return fail("SignInFailed", "E-mail or password is not right. Check both and try again.");
      };
      /** The account may end, or its password change, while this one is being checked and the session written. */
      const isCurrent = ({ id, passwordHash }: MemberRow): boolean => {
        const now = directory.memberById(id);
        return now?.passwordHash === passwordHash && now.endedAt === undefined;
      };
      if (row === undefined || !right) return failed(row === undefined ? "unknown e-mail" : "wrong password");
      if (!isCurrent(row)) return failed("access ended");
      brake.forgive(keys);
      const token = await sessions.start(row.id);
      if (!isCurrent(row)) {
        await sessions.end(token);
        return failed("access ended");
      }
      await record({ action: "session.opened", actor: row.id, target: row.id });
      return ok({ token, member: publicMember(row) });
    },
    async signOut(token) {
      const memberId = sessions.memberIdOf(token);
      await sessions.end(token);
      if (memberId !== undefined) await record({ action: "session.closed", actor: memberId, target: memberId });
    },
    memberOfToken: (token) => memberOf(sessions.memberIdOf(token)),
    issueTicket: (member, token) => tickets.issue({ memberId: member.id, session: hashSecret(token) }),
    issueLiveTickets: (member, token, docIds) =>
      tickets.issueFor({ memberId: member.id, session: hashSecret(token) }, docIds),
    redeemTicket(ticket, docId) {
      const holder = tickets.redeem(ticket, docId);
      if (holder === undefined || !sessions.isLive(holder.session)) return undefined;
      const member = memberOf(holder.memberId);
      return member === undefined ? undefined : { member, session: holder.session };
    },
    isLiveSession: (session) => sessions.isLive(session),
    onSessionEnded: (listener) => sessions.onEnded(listener),
    spacesOf: (memberId) => directory.spacesOf(memberId),
    sharedSpacesOf: (memberId) => directory.spacesOf(memberId).filter(({ kind }) => kind !== "personal"),
    personaIn: (spaceId, memberId) => directory.personaIn(spaceId, memberId),
    async addMember(by, input) {
      if (!manages(by) || (input.persona === "owner" && by.persona !== "owner")) return notAllowed();
      const bad = checkPerson(input);
      if (bad !== undefined) return err(bad);
      if (!hasPersona(input.persona)) return noSuchPersona();
      const email = normalizeEmail(input.email);
      if (directory.memberByEmail(email) !== undefined || emailsInTheMaking.has(email)) {
        return fail(
          "Taken",
          "There is already somebody with this e-mail. Use another one, or add that person to the space.",
        );
      }
      emailsInTheMaking.add(email);
      const member = { id: newId(), name: input.name.trim(), email, persona: input.persona };
      let spaceIds: readonly string[] = [];
      try {
        const passwordHash = await hashPassword(input.password);
        const { id: memberId, persona } = member;
        const isSaved = await directory.saveTogether(() => {
          // Removed while the password was being hashed.
          if (!hasPersona(persona)) return undefined;
          spaceIds = isInternal(persona) ? directory.spaces().map((space) => space.id) : [];
          const memberships = spaceIds.map((spaceId) => ({ spaceId, memberId, persona }));
          return { member: { ...member, passwordHash }, memberships };
        });
        if (!isSaved) return noSuchPersona();
      } finally {
        emailsInTheMaking.delete(email);
      }
      tellSpacesChanged(spaceIds.flatMap((spaceId) => directory.memberIdsOf(spaceId)));
      await record({
        action: "member.added",
        actor: by.id,
        target: member.id,
        details: { persona: member.persona },
      });
      return ok(member);
    },
    membersFor: (by) => (isInternal(by.persona) ? directory.members().map(publicMember) : []),
    carrierOf,
    readsIn,
    links,
    grantSeq: (memberId) => directory.grantSeq(memberId),
    mayRead: (memberId, document) => carrierOf(memberId, document) !== undefined,
    mayWrite: (memberId, document) =>
      writesIn(document.space, memberId, document) ||
      links.spacesOf(document.recordId).some((space) => writesIn(space, memberId, document)),
    couldWrite(memberId, document) {
      const places = [document.space, ...[...links.ofRecord(document.recordId)].map(({ spaceId }) => spaceId)];
      return places.some((space) => {
        const now = directory.personaIn(space, memberId);
        const personas = [...(now === undefined ? [] : [now]), ...directory.formerPersonas(space, memberId)];
        return personas.some((persona) => canWriteFacet(document.facet, persona));
      });
    },
    readsSomewhere: (memberId, { type, facet }) =>
      directory.spacesOf(memberId).some(({ id }) => readsIn(id, memberId, { space: id, type, recordId: "", facet })),
    isExternal(memberId) {
      const member = directory.memberById(memberId);
      return member !== undefined && !isInternal(member.persona);
    },
    changeLinks,
    withhold(recordIds) {
      for (const id of recordIds) withheld.add(id);
      return changeLinks(
        recordIds.flatMap((recordId) =>
          [...links.ofRecord(recordId)].flatMap(({ spaceId, home, sources }) =>
            sources.map((source) => ({ recordId, spaceId, home, source, isLinked: false })),
          ),
        ),
      );
    },
    release(recordIds) {
      for (const id of recordIds) withheld.delete(id);
    },
    isWithheld: (recordId) => withheld.has(recordId),
    onLinksChanged(listener) {
      linkListeners.add(listener);
      return () => void linkListeners.delete(listener);
    },
    readersOf(document) {
      const places = [document.space, ...links.spacesOf(document.recordId)];
      const ids = new Set(places.flatMap((space) => directory.memberIdsOf(space)));
      return [...ids].flatMap((id) => (carrierOf(id, document) === undefined ? [] : (memberOf(id) ?? [])));
    },
    policyFor(memberId) {
      const persona = directory.memberById(memberId)?.persona;
      const isOutside = persona === undefined || !isInternal(persona);
      return viewFor(policies.view(), directory.personasOf(memberId), isOutside);
    },
    facets: () => policies.facets(),
    departedFields: (type, facet) => policies.departed(type, facet),
    settledFor: (memberId) => policies.settledFor(directory.personasOf(memberId)),
    isSettledFor: (memberId) => policies.isSettledFor(directory.personasOf(memberId)),
    policies,
    members: () => directory.members().map(publicMember),
    spaceIds: () => directory.spaces().map((space) => space.id),
    spaceName: (spaceId) => directory.space(spaceId)?.name ?? "",
    membersIn: (spaceId) =>
      directory.memberIdsOf(spaceId).flatMap((id) => {
        const member = directory.memberById(id);
        const persona = directory.personaIn(spaceId, id);
        return member === undefined || persona === undefined ? [] : [{ id, name: member.name, persona }];
      }),
    inTurn: directory.inTurn,
    holdersOf: (persona) => [
      ...directory
        .members()
        .filter((member) => member.persona === persona || directory.personasOf(member.id).includes(persona))
        .map((member) => member.name),
      ...invitations.invited(persona),
    ],
    close() {
      stopFollowing();
      policies.close();
    },
    memberById: (id) => memberOf(id),
    sessionsOf: (memberId) => sessions.countOf(memberId),
    async forget(memberId) {
      const row = directory.memberById(memberId);
      if (row === undefined) return;
      const fellows = directory.spacesOf(memberId).flatMap(({ id }) => directory.memberIdsOf(id));
      await directory.forget(row);
      // First their devices hear that they are in no space any more and drop what they hold, then they are signed out.
      tellSpacesChanged(fellows);
      await whenSent();
      sessions.closeAllOf(memberId);
    },
    onSpacesChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
