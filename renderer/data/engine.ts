// The part of the pipe that opens documents: edits, what waits, live documents, the feed. Yjs and everything around it comes
// with this file, and reading a list needs none of it: it is loaded when first asked for (late-engine.ts).

import type { ApprovalsApi } from "./approval-types.ts";
import { createApprovalsApi } from "./approvals.ts";
import { createDocumentStore } from "./document-store.ts";
import { createEditApi } from "./edit.ts";
import type { FilesApi } from "./file-types.ts";
import { createFilesApi } from "./files.ts";
import { openFeedClient, type FeedClient, type FeedDeps } from "./feed-client.ts";
import { createInboxChange } from "./inbox-record.ts";
import { handBackLinks } from "./hand-back-links.ts";
import type { InboxStateApi } from "./inbox-types.ts";
import type { LiveDeps } from "./live-deps.ts";
import { createLiveApi } from "./live.ts";
import type { QuotaWatch } from "./quota.ts";
import type { RelayHttp } from "./relay-http.ts";
import type { Replica } from "./replica.ts";
import { watchSeals } from "./seal-watch.ts";
import { sendFiles } from "./send-files.ts";
import { createWaitingApi, forgetOldRefused, type WaitingApi } from "./sync.ts";
import type { EditApi, LiveApi } from "./types.ts";
import { withUnkept } from "./unkept-edits.ts";

const DAY_MS = 24 * 3_600_000;

export type EngineDeps = {
  readonly http: RelayHttp;
  readonly token: () => string | undefined;
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
  readonly files: Pick<FilesApi, "attach" | "open">;
  readonly openFeed: (replica: Replica, onState: FeedDeps["onState"]) => FeedClient;
};

export function createEngine({ replica, quota, live, feed, http, token }: EngineDeps): Engine {
  const store = createDocumentStore(replica, quota);
  const { edit, list } = withUnkept(createEditApi(replica, quota), () => ({
    by: replica().me.id,
    at: replica().now().toISOString(),
  }));
  const files = createFilesApi({ replica, quota, edit, http, token });
  return {
    edit,
    files,
    approvals: createApprovalsApi(replica, quota, files.open),
    waiting: createWaitingApi(replica, { edit, unkept: list }),
    live: createLiveApi({ ...live, store }),
    changeInbox: createInboxChange(replica),
    openFeed: (member, onState) => {
      // One tab checks signatures for all, as one tab runs the feed.
      const seals = watchSeals(member.database, member.me.id, (error) => reportError(error));
      // Whoever leaves a tab open for months is served as well.
      const forget = (): void => void forgetOldRefused(member).catch((error: unknown) => reportError(error));
      forget();
      const forgetting = setInterval(forget, DAY_MS);
      const sender = sendFiles(member, { http, token }, (error) => reportError(error));
      const keys = () => {
        sender.again();
        return feed.keys(member);
      };
      const handBack: FeedDeps["handBack"] = (space) => handBackLinks(member, { http, token }, space);
      const client = openFeedClient({ ...feed, keys, handBack, replica: member, held: store, quota, onState });
      return {
        syncNow: () => {
          sender.again();
          client.syncNow();
        },
        close: async () => {
          seals.close();
          clearInterval(forgetting);
          sender.close();
          await client.close();
        },
      };
    },
  };
}
