// What one member may still do about a request, from where it stands.

import type { ApprovalStatus } from "#shared/model/approvals.ts";
import type { MyPart } from "./approval-types.ts";

export const noPart: MyPart = { isAsked: false, mayObject: false, decided: undefined, passedOnTo: undefined };

export const partIn = ({ slots, waitingFor, mayObject }: ApprovalStatus, me: string): MyPart => ({
  isAsked: waitingFor.includes(me),
  mayObject: mayObject.includes(me),
  decided: slots.find((slot) => slot.decidedBy === me)?.decision,
  passedOnTo: slots.find((slot) => slot.approver === me && slot.decidedBy !== me)?.decidedBy,
});
