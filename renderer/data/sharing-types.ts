// What the screens may ask about letting people in and sharing with them. The relay decides and keeps it, so all of it needs
// a network and says so in a sentence when there is none.

import type { Persona } from "#shared/model/personas.ts";
import type { Result } from "#shared/model/result.ts";

export type Answer<T> = Promise<Result<T, { readonly message: string }>>;

export type Invitation = {
  readonly id: string;
  readonly email: string;
  readonly persona: Persona;
  /** Empty for the team, which is in every space. */
  readonly space: string;
  readonly spaceName: string;
  readonly invitedBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly state: "open" | "accepted" | "cancelled" | "expired";
};

/** The link stands here once: the relay keeps only a hash of its secret. */
export type MadeInvitation = {
  readonly invitation: Invitation;
  readonly link: string;
  readonly mail: "sent" | "failed" | "off";
};

/** What whoever holds an invitation's link may know before accepting. */
export type InvitationNotice = {
  readonly organization: string;
  readonly invitedBy: string;
  readonly persona: Persona;
  readonly space: string;
  readonly spaceName: string;
  readonly emailHint: string;
  readonly expiresAt: number;
};

export interface SharingApi {
  invite(input: { readonly email: string; readonly persona: Persona; readonly space: string }): Answer<MadeInvitation>;
  /** Newest first. */
  invitations(): Answer<readonly Invitation[]>;
  cancelInvitation(id: string): Answer<void>;
  lookAtInvitation(secret: string): Answer<InvitationNotice>;
}
