// Invitations: a link that makes one account, once, within seven days, for one e-mail address, with a persona and a space.
// The link's secret is 256 random bits and kept as a hash; guessing is braked per address. What is refused says why only to
// somebody who holds a secret that was once right.

import { newId } from "#shared/model/ids.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { Invitation, InvitationNotice } from "#shared/model/sharing-report.ts";
import type { InvitationRow, MembershipRow } from "#sync-server/storage/storage.ts";
import type { Audit } from "./audit-trail.ts";
import { fail, noSuchPersona, notAllowed, type AccessFailure } from "./access-errors.ts";
import { manages, publicMember, type AccessError, type Member } from "./access.ts";
import { hashSecret, newSecret } from "./credentials.ts";
import type { Directory } from "./directory.ts";
import { hashPassword } from "./password.ts";
import { checkEmail, checkPerson, hintOf, normalizeEmail } from "./person-input.ts";
import { createGuessBrake } from "./sign-in-brake.ts";

export type Acceptance = {
  readonly secret: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
  /** The network address it comes from. */
  readonly address: string;
};

export type Invitations = {
  /** A second invitation of the same address replaces the first. */
  invite(
    by: Member,
    input: { readonly email: string; readonly persona: Persona; readonly space: string },
  ): Promise<Result<{ readonly invitation: Invitation; readonly secret: string }, AccessError>>;
  personaName(persona: Persona): string;
  /** Newest first; for owners and managers. */
  list(by: Member): readonly Invitation[];
  /** E-mail addresses that open invitations give a persona. */
  invited(persona: Persona): readonly string[];
  cancel(by: Member, id: string): Promise<Result<void, AccessError>>;
  look(secret: string, address: string): Result<InvitationNotice, AccessError>;
  /** Makes the member, lets them into the space and signs them in. */
  accept(
    input: Acceptance,
  ): Promise<Result<{ readonly token: string; readonly member: Member; readonly space: string }, AccessError>>;
};

type Dependencies = {
  readonly directory: Directory;
  readonly now: () => number;
  readonly organizationName: () => string;
  /** What the organization calls a persona; undefined where it has none such. */
  readonly personaName: (persona: Persona) => string | undefined;
  /** Shared with everything else that makes accounts: two at once never get one address. */
  readonly emailsInTheMaking: Set<string>;
  readonly startSession: (memberId: string) => Promise<string>;
  readonly audit: Pick<Audit, "record" | "noteRefusal"> | undefined;
  readonly joined: (spaceIds: readonly string[]) => void;
};

export const INVITATION_MS = 7 * 24 * 60 * 60 * 1000;

const refused = (message: string): AccessFailure => fail("InvitationRefused", message);

const sentences: Readonly<Record<Exclude<Invitation["state"], "open"> | "unknown" | "wrongPerson", string>> = {
  wrongPerson: "This invitation was made for another e-mail address. Use the one it was sent to.",
  unknown:
    "This invitation link is not valid. Check that you have all of it, or ask the person who sent it for a new one.",
  accepted: "This invitation was used already. Sign in with the e-mail address and password you chose.",
  cancelled: "This invitation was withdrawn. Ask the person who sent it for a new one.",
  expired: "This invitation has expired. Ask the person who sent it for a new one.",
};

export function openInvitations(deps: Dependencies): Invitations {
  const { directory, now, emailsInTheMaking } = deps;
  const braked = createGuessBrake(now);

  const stateOf = (row: InvitationRow): Invitation["state"] =>
    row.state === "open" && row.expiresAt <= now() ? "expired" : row.state;

  const nameOf = (memberId: string): string => directory.memberById(memberId)?.name ?? "";
  const spaceName = (spaceId: string): string => directory.space(spaceId)?.name ?? "";

  const shown = (row: InvitationRow): Invitation => ({
    id: row.id,
    email: row.email,
    persona: row.persona,
    space: row.spaceId,
    spaceName: spaceName(row.spaceId),
    invitedBy: nameOf(row.invitedBy),
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    state: stateOf(row),
  });

  function refuse(
    row: InvitationRow | undefined,
    why: "unknown" | "wrongPerson" | Exclude<Invitation["state"], "open">,
  ) {
    const { audit } = deps;
    audit?.noteRefusal({ action: "invitation.refused", actor: "", target: row?.id ?? "", details: { why } });
    return refused(sentences[why]);
  }

  function find(secret: string): Result<InvitationRow, AccessError> {
    const hash = hashSecret(secret);
    const row = directory.invitations().find((candidate) => candidate.secretHash === hash);
    if (row === undefined) return refuse(row, "unknown");
    const state = stateOf(row);
    return state === "open" ? ok(row) : refuse(row, state);
  }

  function checkPlace(by: Member, persona: Persona, spaceId: string): AccessFailure | undefined {
    if (!manages(by) || (persona === "owner" && by.persona !== "owner")) return notAllowed();
    if (deps.personaName(persona) === undefined) return noSuchPersona();
    if (isInternal(persona)) {
      return spaceId === ""
        ? undefined
        : fail("BadInput", "Somebody of the team is in every space. Leave the space out, or choose another persona.");
    }
    const space = directory.space(spaceId);
    if (space === undefined) return fail("BadInput", "Choose the space this person is invited to.");
    if (space.archived === true) return fail("BadInput", `${space.name} is archived. Bring it back first.`);
    return space.kind === "crm" ? fail("BadInput", "The CRM is for the team only. Choose another space.") : undefined;
  }

  /** Asked again when it is its turn: rights, personas and spaces may have changed meanwhile. */
  function checkPlaceNow(madeBy: string, persona: Persona, spaceId: string): AccessFailure | undefined {
    const by = directory.memberById(madeBy);
    return by === undefined || by.endedAt !== undefined ? notAllowed() : checkPlace(publicMember(by), persona, spaceId);
  }

  const membershipsOf = (row: InvitationRow, memberId: string): readonly MembershipRow[] => {
    const spaceIds = isInternal(row.persona) ? directory.spaces().map((space) => space.id) : [row.spaceId];
    return spaceIds.map((spaceId) => ({ spaceId, memberId, persona: row.persona }));
  };

  return {
    personaName: (persona) => deps.personaName(persona) ?? "",
    async invite(by, { email: typed, persona, space }) {
      const misplaced = checkPlace(by, persona, space);
      if (misplaced !== undefined) return misplaced;
      const badEmail = checkEmail(typed);
      if (badEmail !== undefined) return err(badEmail);
      const email = normalizeEmail(typed);
      const holder = directory.memberByEmail(email);
      if (holder?.endedAt !== undefined)
        return fail(
          "Taken",
          "The access of somebody with this e-mail has ended. Give it again under Settings, People.",
        );
      if (holder !== undefined)
        return fail("Taken", "There is already somebody with this e-mail. Add that person to the space instead.");
      const before = directory.invitations().filter((row) => row.email === email && row.state === "open");
      for (const row of before) await directory.saveInvitation({ ...row, state: "cancelled" });
      const secret = newSecret();
      const row: InvitationRow = {
        id: newId(),
        secretHash: hashSecret(secret),
        email,
        persona,
        spaceId: space,
        invitedBy: by.id,
        createdAt: now(),
        expiresAt: now() + INVITATION_MS,
        state: "open",
      };
      let late: AccessFailure | undefined;
      await directory.saveTogether(() => {
        late = checkPlaceNow(by.id, persona, space);
        return late === undefined ? { invitation: row, memberships: [] } : undefined;
      });
      if (late !== undefined) return late;
      await deps.audit?.record({
        action: "invitation.made",
        actor: by.id,
        target: row.id,
        details: { persona, space },
      });
      return ok({ invitation: shown(row), secret });
    },
    list: (by) => (manages(by) ? directory.invitations().toReversed().map(shown) : []),
    invited: (persona) =>
      directory
        .invitations()
        .filter((row) => row.persona === persona && stateOf(row) === "open")
        .map((row) => row.email),
    async cancel(by, id): Promise<Result<void, AccessError>> {
      const row = manages(by) ? directory.invitations().find((candidate) => candidate.id === id) : undefined;
      if (row === undefined) return notAllowed();
      if (row.state === "accepted" || emailsInTheMaking.has(row.email))
        return fail("BadInput", "This invitation was accepted already. Remove the person from the space instead.");
      await directory.saveInvitation({ ...row, state: "cancelled" });
      await deps.audit?.record({ action: "invitation.cancelled", actor: by.id, target: id });
      return ok(undefined);
    },
    look: (secret, address) =>
      braked(address, () => {
        const found = find(secret);
        if (!found.ok) return found;
        const { invitedBy, persona, spaceId, email, expiresAt } = found.value;
        return ok({
          organization: deps.organizationName(),
          invitedBy: nameOf(invitedBy),
          persona,
          personaName: deps.personaName(persona) ?? "",
          space: spaceId,
          spaceName: spaceName(spaceId),
          emailHint: hintOf(email),
          expiresAt,
        });
      }),
    async accept({ secret, email: typed, name, password, address }) {
      const email = normalizeEmail(typed);
      const found = braked(address, () => {
        const row = find(secret);
        return row.ok && row.value.email !== email ? refuse(row.value, "wrongPerson") : row;
      });
      if (!found.ok) return found;
      const bad = checkPerson({ name, email, password });
      if (bad !== undefined) return err(bad);
      // Two acceptances at once: the second one finds the address taken, then the invitation used.
      if (emailsInTheMaking.has(email)) return refused(sentences.accepted);
      if (directory.memberByEmail(email) !== undefined)
        return fail("Taken", "There is already an account with this e-mail. Sign in with it instead.");
      emailsInTheMaking.add(email);
      try {
        const passwordHash = await hashPassword(password);
        const row = found.value;
        const member = { id: newId(), name: name.trim(), email, persona: row.persona };
        let memberships: readonly MembershipRow[] = [];
        // Withdrawn while the password was being hashed, or before it is its turn: withdrawn.
        let still = find(secret);
        if (!still.ok) return still;
        const isSaved = await directory.saveTogether(() => {
          still = find(secret);
          if (!still.ok || deps.personaName(row.persona) === undefined) return undefined;
          memberships = membershipsOf(row, member.id);
          return { invitation: { ...row, state: "accepted" }, member: { ...member, passwordHash }, memberships };
        });
        if (!isSaved) return still.ok ? refused(sentences.cancelled) : still;
        await deps.audit?.record({
          action: "invitation.accepted",
          actor: member.id,
          target: row.id,
          details: { persona: row.persona, space: row.spaceId },
        });
        deps.joined(memberships.map(({ spaceId }) => spaceId));
        return ok({ token: await deps.startSession(member.id), member, space: row.spaceId });
      } finally {
        emailsInTheMaking.delete(email);
      }
    },
  };
}
