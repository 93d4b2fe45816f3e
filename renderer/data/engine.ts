// The part of the pipe that opens documents: edits, what waits, live documents, the feed. Yjs and everything around it comes
// with this file, and reading a list needs none of it: it is loaded when first asked for (late-engine.ts).

import type { ApprovalsApi } from "./approval-types.ts";
import { createApprovalsApi } from "./approvals.ts";
import { createDocumentStore } from "./document-store.ts";
import { createEditApi } from "./edit.ts";
import { openFeedClient, type FeedClient, type FeedDeps } from "./feed-client.ts";
import { createInboxChange } from "./inbox-record.ts";
import type { InboxStateApi } from "./inbox-types.ts";
import type { LiveDeps } from "./live-deps.ts";
import { createLiveApi } from "./live.ts";
import type { QuotaWatch } from "./quota.ts";
import type { Replica } from "./replica.ts";
import { watchSeals } from "./seal-watch.ts";
import { createWaitingApi, forgetOldRefused, type WaitingApi } from "./sync.ts";
import type { EditApi, LiveApi } from "./types.ts";

const DAY_MS = 24 * 3_600_000;

export type EngineDeps = {
  readonly replica: () => Replica;
  readonly quota: QuotaWatch;
  readonly live: Omit<LiveDeps, "store">;
  readonly feed: Pick<FeedDeps, "relayUrl" | "WebSocket" | "ticket"> & {
    readonly keys: (replica: Replica) => ReturnType<FeedDeps["keys"]>;
  };
};

export type Engine = {
  readonly edit: EditApi;
  readonly approvals: ApprovalsApi;
  readonly waiting: WaitingApi;
  readonly live: LiveApi;
  readonly changeInbox: InboxStateApi["change"];
  readonly openFeed: (replica: Replica, onState: FeedDeps["onState"]) => FeedClient;
};

export function createEngine({ replica, quota, live, feed }: EngineDeps): Engine {
  const store = createDocumentStore(replica, quota);
  return {
    edit: createEditApi(replica, quota),
    approvals: createApprovalsApi(replica, quota),
    waiting: createWaitingApi(replica),
    live: createLiveApi({ ...live, store }),
    changeInbox: createInboxChange(replica),
    openFeed: (member, onState) => {
      // One tab checks signatures for all, as one tab runs the feed.
      const seals = watchSeals(member.database, member.me.id, (error) => reportError(error));
      // Whoever leaves a tab open for months is served as well.
      const forget = (): void => void forgetOldRefused(member).catch((error: unknown) => reportError(error));
      forget();
      const forgetting = setInterval(forget, DAY_MS);
      const keys = () => feed.keys(member);
      const client = openFeedClient({ ...feed, keys, replica: member, held: store, quota, onState });
      return {
        syncNow: () => client.syncNow(),
        close: async () => {
          seals.close();
          clearInterval(forgetting);
          await client.close();
        },
      };
    },
  };
}
