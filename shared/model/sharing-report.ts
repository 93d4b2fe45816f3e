// What the relay tells about letting people in and sharing with them, and the screens show. One shape for both.

import type { Persona } from "./personas.ts";

/** An invitation as owners and managers see it. Times in milliseconds since 1970. */
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

/** An invitation as whoever holds its link sees it before accepting. */
export type InvitationNotice = {
  readonly organization: string;
  readonly invitedBy: string;
  readonly persona: Persona;
  /** What the organization calls it. */
  readonly personaName: string;
  readonly space: string;
  readonly spaceName: string;
  /** Enough to recognise one's own address by, too little to learn it: `c…@harbor.example`. */
  readonly emailHint: string;
  readonly expiresAt: number;
};

/** What a share rule would do, before it is saved. */
export type RulePreview = {
  /** Records of the type, and how many of them the rule would share. */
  readonly total: number;
  readonly count: number;
  readonly examples: readonly { readonly id: string; readonly title: string }[];
  /** People from outside who would come to see them. */
  readonly readers: readonly string[];
  /** Why it would be refused; empty when it would not. */
  readonly refusal: string;
};

/** What is shared into a space, and who from outside reads something of each record. */
export type SpaceContents = {
  readonly total: number;
  /** All of them. */
  readonly ids: readonly string[];
  /** The first of them, with who reads what. */
  readonly records: readonly {
    readonly id: string;
    readonly type: string;
    /** Why it is there: `hand`, ids of share rules. */
    readonly sources: readonly string[];
    /** Names of people. */
    readonly readers: readonly string[];
  }[];
};
