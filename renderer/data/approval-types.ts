// Approvals as the screens see them: where each one stands, what was signed and delivered, and what the chain's checks say.

import type { Coverage, Decision, DecisionKind, Request } from "#shared/model/approvals.ts";
import type { ChainAlarm, ChainKey, SealProblem } from "#shared/model/decision-chain.ts";
import type { Result } from "#shared/model/result.ts";
import type { ChainHead } from "#shared/model/seals.ts";
import type { PublicKey, SignatureAlgorithm } from "#shared/model/signatures.ts";
import type { EditError, Edited, RecordRow } from "./types.ts";

/** How a sealed record stands: `here` is signed on this device and not delivered; `delivered` waits for the chain. */
export type Delivery =
  | { readonly state: "here" }
  | { readonly state: "delivered" }
  | { readonly state: "counts"; readonly receivedAt: string; readonly key: ChainKey; readonly seq: number }
  | { readonly state: "void"; readonly problem: SealProblem };

export type DecisionView = Decision & {
  readonly delivery: Delivery;
  readonly keyId: string;
  /**
   * Signed with another key than this person used here before. `replaced`: those had ended before this one was registered;
   * else it is another device, or somebody else.
   */
  readonly newKey: { readonly registeredAt: string | undefined; readonly replaced: boolean } | undefined;
};

/** This member's part in a request, his own words that are not chained yet included. */
export type MyPart = {
  /** It is his turn. */
  readonly isAsked: boolean;
  /** It is approved without him: he may still say no. */
  readonly mayObject: boolean;
  readonly decided: Decision | undefined;
  /** Who decides in his place, by his own word. */
  readonly passedOnTo: string | undefined;
};

/** The request that speaks for one thing, and everything decided about it. */
export type ApprovalView = Coverage & {
  readonly space: string;
  readonly facet: string;
  readonly delivery: Delivery;
  /** What is approved, when this device holds it. */
  readonly about: RecordRow | undefined;
  /** Every request about it, oldest first; `request` is the last one that is recorded and was not called off. */
  readonly requests: readonly Request[];
  /** Decisions about any of its revisions, oldest first; those that are signed here and not delivered included. */
  readonly decisions: readonly DecisionView[];
  /** Those of them that are recorded and say nothing where they stand, by id. */
  readonly ignored: ReadonlySet<string>;
  /** The subject as it would be now; differs from the request's when it is stale. */
  readonly subjectNow: string | undefined;
  /** The latest revision that was approved, whole. */
  readonly approvedBefore: Request | undefined;
  /** This member is asked, has not decided, and what was put up for approval is still what it was. */
  readonly needsMe: boolean;
  readonly mine: MyPart;
  /** Signed by this member on this device and not delivered. */
  readonly mineHere: DecisionView | undefined;
};

export type ChainAlarmView = ChainAlarm & { readonly space: string; readonly facet: string };

export type NewApproval = {
  readonly about: string;
  readonly approvers: readonly string[];
  readonly required: number;
  readonly order: "together" | "inOrder";
  readonly dueDate?: string;
  readonly message?: string;
  /** Documents that belong to it, by id. */
  readonly attachments: readonly string[];
};

export type NewDecision = {
  readonly request: string;
  readonly decision: DecisionKind;
  readonly reason?: string;
  readonly delegate?: string;
};

export interface ApprovalsApi {
  /** Of one space, or of all this member is in; what needs this member first. */
  overview(space?: string): Promise<readonly ApprovalView[]>;
  request(input: NewApproval): Promise<Result<Edited, EditError>>;
  /** Signs on this device, offline too. */
  decide(input: NewDecision): Promise<Result<Edited, EditError>>;
  /** Takes back what was signed here and is not delivered. */
  takeBack(recordId: string): Promise<void>;
  alarms(space?: string): Promise<readonly ChainAlarmView[]>;
  /** The reader knows of it (a restored server, say): what the relay shows now is taken as the record. */
  acceptChain(space: string): Promise<void>;
  /** Heads of the chains of a space as they are shown now; what is wrong with them, `alarms` says. */
  heads(space: string): Promise<readonly (ChainHead & { readonly facet: string })[]>;
  /** The key with which the server signs those heads, as this device first saw it. */
  chainKey(): Promise<PublicKey | undefined>;
  /** The export folder of a project's approvals as a zip file (docs/verify/FORMAT.md). */
  exportFolder(space: string): Promise<Result<Blob, { readonly message: string }>>;
}

export type DeviceKey = {
  readonly id: string;
  readonly alg: SignatureAlgorithm;
  readonly device: string;
  readonly registeredAt: string;
  readonly revokedAt?: string;
  readonly isThisDevice: boolean;
};

/** `unseen`: keys that were registered on other devices since somebody looked here. */
export type DeviceKeysState = { readonly keys: readonly DeviceKey[]; readonly unseen: readonly string[] };

export interface DeviceKeysApi {
  state(): Promise<DeviceKeysState>;
  seen(): Promise<void>;
  revoke(id: string): Promise<Result<void, { readonly message: string }>>;
}
