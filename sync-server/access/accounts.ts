// What becomes of an account after it was made: another password, one that was forgotten, another role, its end, and access
// again. An ended account keeps its name on what it did; it is in no space and in no list, its sessions and keys are over.

import { isInternal, type Persona } from "#shared/model/personas.ts";
import type { ResetNotice } from "#shared/model/reset-notice.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { MemberRow, PasswordResetRow } from "#sync-server/storage/storage.ts";
import { fail, noSuchPersona, notAllowed, type AccessFailure } from "./access-errors.ts";
import { manages, publicMember, type AccessError, type Member } from "./access.ts";
import type { Audit, AuditEvent } from "./audit-trail.ts";
import { hashSecret, newSecret } from "./credentials.ts";
import type { Directory } from "./directory.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { checkPassword, hintOf, normalizeEmail, PASSWORD_LENGTH } from "./person-input.ts";
import type { Sessions } from "./sessions.ts";
import { createGuessBrake, createSignInBrake } from "./sign-in-brake.ts";

export type MadeReset = { readonly member: Member; readonly secret: string; readonly expiresAt: number };

export type Accounts = {
  /** Ends every other session of the member. */
  changePassword(
    member: Member,
    token: string,
    input: { readonly before: string; readonly after: string },
  ): Promise<Result<void, AccessError>>;
  /** A link for somebody who has forgotten theirs; a second one replaces the first. */
  makeReset(by: Member, memberId: string): Promise<Result<MadeReset, AccessError>>;
  /** The same from the command line, by whoever has the data folder: also for an only owner, whom nobody else can help. */
  makeOperatorReset(email: string): Promise<Result<MadeReset, AccessError>>;
  lookAtReset(secret: string, address: string): Result<ResetNotice, AccessError>;
  /** Ends every session of the member and begins a new one. */
  reset(input: {
    readonly secret: string;
    readonly password: string;
    readonly address: string;
  }): Promise<Result<{ readonly token: string; readonly member: Member }, AccessError>>;
  /** Of somebody of the team, everywhere at once. */
  changeRole(by: Member, memberId: string, persona: Persona): Promise<Result<Member, AccessError>>;
  end(by: Member, memberId: string): Promise<Result<void, AccessError>>;
  /** The team is in every space again; somebody from outside is let into theirs by hand. */
  restore(by: Member, memberId: string): Promise<Result<Member, AccessError>>;
  /** Whose access has ended; for owners and managers. */
  ended(by: Member): readonly Member[];
};

type Dependencies = {
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly now: () => number;
  readonly organizationName: () => string;
  readonly hasPersona: (persona: Persona) => boolean;
  readonly audit: Pick<Audit, "record" | "noteRefusal"> | undefined;
  /** Everybody who shares a space with the member, and the member. */
  readonly fellowsOf: (memberId: string) => readonly string[];
  readonly tellSpacesChanged: (memberIds: Iterable<string>) => void;
  /** What signs for the member signs no more. */
  readonly endKeys: (memberId: string, by: string) => Promise<void>;
};

export const RESET_MS = 24 * 60 * 60 * 1000;
const NOBODY_IN_PARTICULAR: Persona = "customer";
const TRIES = 10;
const PASSWORD_WINDOW_MS = 15 * 60_000;

/** What sockets were given in this turn leaves at its end: nothing is closed before it. */
export const whenSent = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const noSuchRole = (): AccessFailure =>
  fail(
    "BadInput",
    "The role this person had does not exist any more. Invite them under another e-mail address, in a role that does.",
  );

const lastOwner = (): AccessFailure =>
  fail("BadInput", "This is the only owner. Make somebody else an owner first, then try again.");

export function openAccounts(deps: Dependencies): Accounts {
  const { directory, sessions, now, tellSpacesChanged } = deps;
  const passwordBrake = createSignInBrake(TRIES, PASSWORD_WINDOW_MS, now);
  const braked = createGuessBrake(now);

  /** Whom `by` may change: an owner is changed by owners only. Not there and not yours are one answer. */
  function target(by: Member, memberId: string): MemberRow | undefined {
    const row = manages(by) ? directory.memberById(memberId) : undefined;
    return row?.persona === "owner" && by.persona !== "owner" ? undefined : row;
  }

  /** Who handed it out must still be allowed to: not only the maker's rights change, what the other one is does too. */
  function isStillGiven(madeBy: string, memberId: string): boolean {
    const maker = directory.memberById(madeBy);
    return maker !== undefined && maker.endedAt === undefined && target(maker, memberId) !== undefined;
  }

  /** Owners about to be none: two who end one another at the same time leave one of them. */
  const leaving = new Set<string>();
  const isLastOwner = (row: MemberRow): boolean =>
    row.persona === "owner" &&
    !directory.members().some(({ id, persona }) => persona === "owner" && id !== row.id && !leaving.has(id));

  function whileLeaving<Outcome>(memberId: string, act: () => Promise<Outcome>): Promise<Outcome> {
    leaving.add(memberId);
    return act().finally(() => leaving.delete(memberId));
  }

  async function savePassword(memberId: string, passwordHash: string, kept: string | undefined): Promise<void> {
    await directory.savePassword(memberId, passwordHash, kept);
    sessions.endAllOf(memberId, kept);
  }

  async function saveReset(
    row: MemberRow,
    madeBy: string,
    by: Pick<AuditEvent, "actor" | "details">,
  ): Promise<Result<MadeReset, AccessError>> {
    const secret = newSecret();
    const expiresAt = now() + RESET_MS;
    const made = { memberId: row.id, secretHash: hashSecret(secret), madeBy, expiresAt };
    if (!(await directory.savePasswordReset(made, () => isStillGiven(madeBy, row.id)))) return notAllowed();
    await deps.audit?.record({ action: "password.reset-made", target: row.id, ...by });
    return ok({ member: publicMember(row), secret, expiresAt });
  }

  function findReset(secret: string): Result<PasswordResetRow, AccessError> {
    const hash = hashSecret(secret);
    const row = directory.passwordResets().find((one) => one.secretHash === hash);
    const isGiven = row !== undefined && isStillGiven(row.madeBy, row.memberId);
    if (isGiven && row.expiresAt > now()) return ok(row);
    const why = row === undefined ? "unknown" : isGiven ? "expired" : "withdrawn";
    deps.audit?.noteRefusal({ action: "password.refused", actor: "", target: row?.memberId ?? "", details: { why } });
    return fail(
      "InvitationRefused",
      "This link is not valid any more: it works once, for 24 hours. Ask the person who gave it to you for a new one.",
    );
  }

  return {
    async changePassword(member, token, { before, after }): Promise<Result<void, AccessError>> {
      const bad = checkPassword(after);
      if (bad !== undefined) return err(bad);
      const keys = [`member ${member.id}`];
      if (!passwordBrake.tryNow(keys))
        return fail("TooManyTries", "There were too many tries. Wait 15 minutes, then try again.");
      const row = directory.memberById(member.id);
      if (row === undefined || !(await verifyPassword(before.slice(0, PASSWORD_LENGTH.max), row.passwordHash))) {
        deps.audit?.noteRefusal({
          action: "password.refused",
          actor: member.id,
          target: member.id,
          details: { why: "wrong password" },
        });
        return fail("BadInput", "The password you have now is not right. Check it and try again.");
      }
      passwordBrake.forgive(keys);
      await savePassword(member.id, await hashPassword(after), hashSecret(token));
      await deps.audit?.record({ action: "password.changed", actor: member.id, target: member.id });
      return ok(undefined);
    },
    async makeReset(by, memberId) {
      const row = target(by, memberId);
      if (row === undefined || row.endedAt !== undefined) return notAllowed();
      return saveReset(row, by.id, { actor: by.id });
    },
    async makeOperatorReset(email) {
      const row = directory.memberByEmail(normalizeEmail(email));
      if (row === undefined) return fail("BadInput", "Nobody here has this e-mail address. Check its spelling.");
      if (row.endedAt !== undefined)
        return fail("BadInput", "The access of this person has ended. An owner gives it again, in the app.");
      // It holds as long as an owner could have given it.
      const owner = directory.members().find(({ persona }) => persona === "owner");
      return saveReset(row, owner?.id ?? "", { actor: "", details: { over: "command line" } });
    },
    lookAtReset: (secret, address) =>
      braked(address, () => {
        const found = findReset(secret);
        if (!found.ok) return found;
        const row = directory.memberById(found.value.memberId);
        if (row === undefined) return notAllowed();
        const { name, email } = row;
        return ok({
          organization: deps.organizationName(),
          name,
          emailHint: hintOf(email),
          expiresAt: found.value.expiresAt,
        });
      }),
    async reset({ secret, password, address }) {
      const found = braked(address, () => findReset(secret));
      if (!found.ok) return found;
      const bad = checkPassword(password);
      if (bad !== undefined) return err(bad);
      const { memberId, madeBy } = found.value;
      // Used from here on: a second use at the same time finds nothing.
      await directory.removePasswordReset(memberId);
      const row = directory.memberById(memberId);
      if (row === undefined || row.endedAt !== undefined) return notAllowed();
      const passwordHash = await hashPassword(password);
      // Taken back while the password was being hashed: taken back.
      if (!isStillGiven(madeBy, memberId)) return notAllowed();
      await savePassword(memberId, passwordHash, undefined);
      await deps.audit?.record({ action: "password.reset", actor: memberId, target: memberId });
      return ok({ token: await sessions.start(memberId), member: publicMember(row) });
    },
    async changeRole(by, memberId, persona) {
      const row = target(by, memberId);
      if (row === undefined || row.endedAt !== undefined || (persona === "owner" && by.persona !== "owner"))
        return notAllowed();
      if (!deps.hasPersona(persona)) return noSuchPersona();
      if (!isInternal(row.persona) || !isInternal(persona))
        return fail(
          "BadInput",
          "Roles are for the team. What somebody from outside is, is decided in each space they are in.",
        );
      if (row.persona === persona) return ok(publicMember(row));
      if (isLastOwner(row)) return lastOwner();
      // An owner who becomes a manager may hand out less than before; only more rights leave what was handed out as it is.
      const isWithdrawing = persona !== "owner" && manages(publicMember(row));
      const isChanged = await whileLeaving(memberId, () =>
        directory.changeRole(memberId, persona, isWithdrawing, () => deps.hasPersona(persona)),
      );
      if (!isChanged) return noSuchPersona();
      tellSpacesChanged(deps.fellowsOf(memberId));
      await deps.audit?.record({
        action: "member.changed",
        actor: by.id,
        target: memberId,
        details: { persona, before: row.persona },
      });
      return ok({ ...publicMember(row), persona });
    },
    async end(by, memberId): Promise<Result<void, AccessError>> {
      const row = target(by, memberId);
      if (row === undefined) return notAllowed();
      if (row.endedAt !== undefined) return ok(undefined);
      if (isLastOwner(row)) return lastOwner();
      const fellows = deps.fellowsOf(memberId);
      await whileLeaving(memberId, () => directory.end(memberId, now()));
      // First their devices hear that they are in no space any more and drop what they hold, then they are signed out.
      tellSpacesChanged(fellows);
      await whenSent();
      sessions.closeAllOf(memberId);
      await deps.endKeys(memberId, by.id);
      await deps.audit?.record({ action: "member.ended", actor: by.id, target: memberId });
      return ok(undefined);
    },
    async restore(by, memberId) {
      const row = target(by, memberId);
      if (row === undefined) return notAllowed();
      if (row.endedAt === undefined) return ok(publicMember(row));
      // A persona goes when nobody has it, and an ended account is nobody: what it was may be gone.
      if (!deps.hasPersona(row.persona) && isInternal(row.persona)) return noSuchRole();
      // Somebody from outside is let into spaces by hand, in each as what they are to be there.
      const persona = deps.hasPersona(row.persona) ? row.persona : NOBODY_IN_PARTICULAR;
      sessions.endAllOf(memberId);
      if (!(await directory.restore(memberId, persona, () => deps.hasPersona(persona)))) return noSuchRole();
      tellSpacesChanged(deps.fellowsOf(memberId));
      await deps.audit?.record({ action: "member.restored", actor: by.id, target: memberId });
      return ok({ ...publicMember(row), persona });
    },
    ended: (by) => (manages(by) ? directory.endedMembers().map(publicMember) : []),
  };
}
