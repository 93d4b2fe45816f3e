// What the screens may ask about letting people in and sharing with them. The relay decides and keeps it, so all of it needs
// a network and says so in a sentence when there is none.

import type { OfflineTerms } from "#shared/model/offline-term.ts";
import type { LateEdit } from "#shared/model/late-edit.ts";
import type { Persona } from "#shared/model/personas.ts";
import type { ShareFilter } from "#shared/model/share-filter.ts";
import type { Invitation, InvitationNotice, RulePreview, SpaceContents } from "#shared/model/sharing-report.ts";
import type { SpaceKind } from "#shared/protocol/frames.ts";
import type { Result } from "#shared/model/result.ts";

export type Answer<T> = Promise<Result<T, { readonly message: string }>>;

/** The link stands here once: the relay keeps only a hash of its secret. */
export type MadeInvitation = {
  readonly invitation: Invitation;
  readonly link: string;
  readonly mail: "sent" | "failed" | "off";
};

/** A space a record is in. */
export type RecordPlace = {
  readonly id: string;
  readonly name: string;
  readonly kind: SpaceKind;
  readonly isHome: boolean;
  /** Why it is there: `hand`, ids of share rules. */
  readonly sources: readonly string[];
};

/** Who from outside would see which facets of a record, and why it would be refused (empty when it would not). */
export type SharePreview = {
  readonly readers: readonly {
    readonly id: string;
    readonly name: string;
    readonly persona: Persona;
    readonly facets: readonly string[];
  }[];
  readonly refusal: string;
};

/** A filter that keeps records of a type linked into a space. */
export type ShareRule = { readonly id: string; readonly type: string; readonly filter: ShareFilter };
export type ShareRuleInput = {
  readonly type: string;
  readonly filter: ShareFilter;
  /** Said by somebody who was told that the rule lets every record through. */
  readonly everything?: boolean;
};

export interface SharingApi {
  /** All for owners and managers, one's own for others. */
  lateEdits(): Answer<readonly LateEdit[]>;
  acceptLateEdit(id: string): Answer<void>;
  dismissLateEdit(id: string): Answer<void>;
  contentsOf(spaceId: string): Answer<SpaceContents>;
  rules(spaceId: string): Answer<readonly ShareRule[]>;
  previewRule(spaceId: string, rule: ShareRuleInput): Answer<RulePreview>;
  saveRule(spaceId: string, rule: ShareRuleInput): Answer<ShareRule>;
  removeRule(id: string): Answer<void>;
  /** How long devices may go without contact before they close. */
  offlineTerms(): Answer<OfflineTerms>;
  changeOfflineTerms(terms: OfflineTerms): Answer<OfflineTerms>;
  makeSpace(input: { readonly kind: "portal" | "group"; readonly name: string }): Answer<{ readonly id: string }>;
  renameSpace(spaceId: string, name: string): Answer<void>;
  archiveSpace(spaceId: string, archived: boolean): Answer<void>;
  placesOf(recordId: string): Answer<readonly RecordPlace[]>;
  previewShare(recordId: string, spaceId: string): Answer<SharePreview>;
  share(recordId: string, spaceId: string): Answer<void>;
  unshare(recordId: string, spaceId: string): Answer<void>;
  invite(input: { readonly email: string; readonly persona: Persona; readonly space: string }): Answer<MadeInvitation>;
  /** Newest first. */
  invitations(): Answer<readonly Invitation[]>;
  cancelInvitation(id: string): Answer<void>;
  lookAtInvitation(secret: string): Answer<InvitationNotice>;
}
