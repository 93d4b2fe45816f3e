// One request and everything around it, as the pages of this folder read it.

import { useApprovals, useMembers, useObserved, useSession } from "#renderer/data/hooks.tsx";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import type { Request } from "#shared/model/approvals.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";

export type ApprovalContext = {
  readonly view: ApprovalView;
  /** The request of the address: an older revision than `view.request`, sometimes. */
  readonly request: Request;
  readonly meId: string;
  readonly meName: string;
  readonly organization: string;
  /** Belongs to the team: hashes, keys and places in the chain are said where they stand, to others in one place. */
  readonly team: boolean;
  readonly nameOf: (id: string) => string;
  readonly personaOf: (id: string) => Persona | undefined;
};

export function useApproval(space: string, requestId: string): ApprovalContext | "missing" | undefined {
  const views = useApprovals(space);
  const session = useSession();
  const members = useMembers(space);
  const everyone = useMembers();
  const isHere = useObserved(
    `request ${requestId}`,
    async (data) => (await data.query.record(requestId)) !== undefined,
  );
  if (views === undefined || members === undefined || isHere === undefined || session.kind !== "signedIn")
    return undefined;
  const view = views.find((one) => one.requests.some((request) => request.id === requestId));
  const request = view?.requests.find((one) => one.id === requestId);
  if (view === undefined || request === undefined) return isHere ? undefined : "missing";
  const known = new Map([...(everyone ?? []), ...members].map((member) => [member.id, member] as const));
  const { me, organization } = session;
  return {
    view,
    request,
    meId: me.id,
    meName: me.name,
    team: isInternal(me.persona),
    organization,
    nameOf: (id) => known.get(id)?.name ?? (id === me.id ? me.name : "Someone"),
    personaOf: (id) => known.get(id)?.persona,
  };
}
