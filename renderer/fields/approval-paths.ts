// Where approvals have their pages.

import type { ApprovalView } from "#renderer/data/approval-types.ts";

export const approvalPath = (view: Pick<ApprovalView, "space" | "request">): string =>
  `/projects/${view.space}/approvals/${view.request.id}`;
export const askPath = (space: string, recordId: string): string => `/projects/${space}/ask/${recordId}`;
export const certificatePath = (space: string, requestId: string): string =>
  `/projects/${space}/certificate/${requestId}`;
