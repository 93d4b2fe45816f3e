// Who is asking, and may they: sessions, tickets, members, spaces. In memory over small tables, written through to storage.

import type { Persona } from "#shared/model/personas.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type { Result } from "#shared/model/result.ts";
import type { Links } from "./links.ts";
import type { DocumentMeta, SpaceInfo } from "#shared/protocol/frames.ts";

export type Member = { readonly id: string; readonly name: string; readonly email: string; readonly persona: Persona };

/** What others may be told of a member: everything but what only the relay needs. */
export const publicMember = ({ id, name, email, persona }: Member): Member => ({ id, name, email, persona });

/** Who a socket belongs to, and the session it ends with (its token's hash). */
export type Admission = { readonly member: Member; readonly session: string };

export type AccessError = {
  readonly type:
    | "SignInFailed"
    | "TooManyTries"
    | "AlreadySetUp"
    | "NotAllowed"
    | "Taken"
    | "BadInput"
    | "InvitationRefused";
  readonly message: string;
};

/** Owners and managers: who may invite, share and take back. */
export const manages = (member: Member): boolean => member.persona === "owner" || member.persona === "manager";

export interface Access {
  isSetUp(): boolean;
  organizationName(): string;
  /** First visit: makes the organization, its CRM space and the owner. */
  setUp(input: {
    organization: string;
    name: string;
    email: string;
    password: string;
  }): Promise<Result<Member, AccessError>>;
  /** One uniform failure; slowed down per address and per e-mail. */
  signIn(input: {
    email: string;
    password: string;
    address: string;
  }): Promise<Result<{ token: string; member: Member }, AccessError>>;
  signOut(token: string): Promise<void>;
  memberOfToken(token: string): Member | undefined;
  /** Whether a token is of somebody whose access has ended: their device deletes what it holds. */
  hasEnded(token: string): boolean;
  /** One use, 60 s, and no longer than the session of the token it was asked for with. */
  issueTicket(member: Member, token: string): string;
  /** One for each of these live documents, good for that one only. Undefined when too many of this session are unused. */
  issueLiveTickets(member: Member, token: string, docIds: readonly string[]): readonly string[] | undefined;
  /** `docId`: the live document that is to be opened with it. */
  redeemTicket(ticket: string, docId?: string): Admission | undefined;
  isLiveSession(session: string): boolean;
  /** Told when somebody signs out, or a session came to its end. Returns the unsubscribe function. */
  onSessionEnded(listener: (session: string) => void): () => void;
  spacesOf(memberId: string): readonly SpaceInfo[];
  /** The same without the one that is the member's alone. */
  sharedSpacesOf(memberId: string): readonly SpaceInfo[];
  /** Persona in a space, undefined when not a member. */
  personaIn(spaceId: string, memberId: string): Persona | undefined;
  addMember(
    by: Member,
    input: { name: string; email: string; password: string; persona: Persona },
  ): Promise<Result<Member, AccessError>>;
  addToSpace(by: Member, spaceId: string, memberId: string, persona: Persona): Promise<Result<void, AccessError>>;
  /** A space beyond the CRM and the projects, by hand; the team is in it. */
  makeSpace(by: Member, input: { kind: "portal" | "group"; name: string }): Promise<Result<SpaceInfo, AccessError>>;
  /** Archived: everybody still reads it, nobody writes. A project is named by its record. */
  changeSpace(
    by: Member,
    spaceId: string,
    changes: { name?: string | undefined; archived?: boolean | undefined },
  ): Promise<Result<void, AccessError>>;
  /** Managers remove anybody but owners; everybody may leave by themselves, except the CRM. */
  removeFromSpace(by: Member, spaceId: string, memberId: string): Promise<Result<void, AccessError>>;
  /** Every member of the organization; internal members only may see it. */
  membersFor(by: Member): readonly Member[];
  /**
   * The space through which a member gets a document: its home when it is read there, else the first of those it is linked
   * into (rule R7). Undefined when the member may not read it.
   */
  carrierOf(memberId: string, document: DocumentMeta): string | undefined;
  /** Whether a member would read a document in a space, were it there. */
  readsIn(spaceId: string, memberId: string, document: DocumentMeta): boolean;
  readonly links: Pick<Links, "all" | "spacesOf" | "find" | "inSpace" | "atHome" | "unlinkedSeq">;
  /** When a member last lost a membership or had a persona changed (rule R9). */
  grantSeq(memberId: string): number;
  /** Told of spaces into which records came or out of which they went. Returns the unsubscribe function. */
  onLinksChanged(listener: (spaceIds: readonly string[]) => void): () => void;
  /** Rights over a document: those of its home and of every space it is linked into, each by itself, none widened by another. */
  mayRead(memberId: string, document: DocumentMeta): boolean;
  mayWrite(memberId: string, document: DocumentMeta): boolean;
  /** Everybody who may read a document. */
  readersOf(document: DocumentMeta): readonly Member[];
  memberById(id: string): Member | undefined;
  /** On how many devices somebody is signed in. */
  sessionsOf(memberId: string): number;
  /** Removes an account with everything that hangs on it; their devices drop what they hold at the next contact. */
  forget(memberId: string): Promise<void>;
  /** What this member's device needs of the policy (rule F7); of the team's, all of it. */
  policyFor(memberId: string): PolicyView;
  /** Hours this member's devices may go without contact before they close their data (rule F9). */
  offlineHoursFor(memberId: string): number;
  /** Every facet fields lie in, or have lain in. */
  facets(): readonly string[];
  /** Fields that are not written in this facet any more: they lie in another one now (rule W10). */
  departedFields(type: string, facet: string): readonly string[];
  /** Resolves when no value that this member no longer reads lies in a document that he does: catching up waits for it. */
  settledFor(memberId: string): Promise<void>;
  isSettledFor(memberId: string): boolean;
  /**
   * Rule W5: the first push of a project's document by an internal member makes the project's space. Returns false when
   * the space does not exist and this push may not make it.
   */
  ensureSpace(memberId: string, meta: DocumentMeta): Promise<boolean>;
  /**
   * Told when the spaces or fellow members of these members may have changed (welcome is sent again where it says something
   * new, rule F5). `isNews`: there is something behind it that a welcome does not say itself.
   */
  onSpacesChanged(listener: (memberIds: readonly string[], isNews: boolean) => void): () => void;
}
