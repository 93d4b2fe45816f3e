// The composition root of the pipe: picks the parts, hands them to one another, opens and closes what belongs to a member.

import { liveQuery } from "dexie";
import { shippedPolicy, type PolicyView } from "#shared/model/policy.ts";
import { assert } from "#shared/model/result.ts";
import { createApprovalReads } from "./approval-reads.ts";
import { Database, membersKey } from "./database.ts";
import { DeviceDatabase } from "./device-database.ts";
import { deviceName } from "./device-name.ts";
import { createDeviceApi, requestPersistence } from "./device.ts";
import { createWatched } from "./emitter.ts";
import type { FeedState } from "./feed-state.ts";
import { openFeedTab, type FeedTab } from "./feed-tab.ts";
import { endedAccess, forgetEndedAccess } from "./ended-access.ts";
import { filesToSend, readFileStates } from "./file-reads.ts";
import { readInboxState } from "./inbox-reads.ts";
import { createLateApi } from "./late-api.ts";
import { createLateEngine } from "./late-engine.ts";
import type { Locks } from "./leader.ts";
import { watchOfflineTerm } from "./offline-term.ts";
import { createLateLens } from "./late-lens.ts";
import { readPolicy } from "./policy.ts";
import { createPolicyApi } from "./policy-api.ts";
import { createQueryApi } from "./query.ts";
import type { QuotaWatch } from "./quota.ts";
import { createRelayHttp } from "./relay-http.ts";
import { createReplica, type Replica } from "./replica.ts";
import { createSession, type TokenKeeper } from "./session.ts";
import { createDeviceKeysApi, followKeys, forgetRevokedKeys } from "./signing-keys.ts";
import { createSyncStatus } from "./sync-status.ts";
import type { Closed, Data, Me, MemberRow } from "./types.ts";
import { createUnsaved } from "./unsaved.ts";
import { readPending, readRefused } from "./waiting-changes.ts";

export type DataConfig = {
  readonly relayUrl: string;
  readonly fetch?: typeof fetch;
  readonly WebSocket?: typeof WebSocket;
  readonly locks?: Locks;
  readonly now?: () => Date;
  /** Default: the browser and the system it runs on. */
  readonly deviceName?: string;
  /** Names of the databases begin with it; tests give every device its own. */
  readonly databasePrefix?: string;
  /** Where the session's token is kept; without it the device database does. */
  readonly tokens?: TokenKeeper | undefined;
  /** Another tab stands in the way of this one's data; the person has to be told, for nothing else ends the waiting. */
  readonly onOtherTab?: (otherTab: OtherTab) => void;
};

/** `newer`: it brought newer tables, this page must be loaded again. `older`: it does not let go of the old ones. */
export type OtherTab = "newer" | "older";

type Opened = {
  readonly replica: Replica;
  readonly feed: FeedTab;
  readonly stopWatching: () => void;
  closed: Closed | undefined;
};

export async function openData(config: DataConfig): Promise<Data> {
  const prefix = config.databasePrefix ?? "drawbridge";
  const now = config.now ?? (() => new Date());
  const locks: Locks | undefined = config.locks ?? globalThis.navigator.locks;
  const Socket = config.WebSocket ?? WebSocket;
  const http = createRelayHttp(config.relayUrl, config.fetch ?? ((input, init) => fetch(input, init)));
  const status = createSyncStatus(now);
  const watched = <Kept extends Database | DeviceDatabase>(kept: Kept): Kept => {
    kept.on("versionchange", ({ newVersion }) => {
      // Without a version it is being deleted: that is a sign-out, which the session tells of.
      if (newVersion !== null) config.onOtherTab?.("newer");
    });
    kept.on("blocked", ({ newVersion }) => {
      if (newVersion !== null) config.onOtherTab?.("older");
    });
    return kept;
  };
  const device = watched(new DeviceDatabase(prefix));
  const feedState = createWatched<FeedState["connection"]>("connecting");
  let opened: Opened | undefined;
  let persistenceAsked = false;

  const replica = (): Replica => {
    assert(opened !== undefined, "records are read and written only while somebody is signed in");
    assert(opened.closed === undefined, "what is here is closed until it was in contact with the relay (rule F9)");
    return opened.replica;
  };
  const database = (): Database => replica().database;
  const quota: QuotaWatch = {
    storageFull: status.storageFull,
    saved: () => {
      if (persistenceAsked) return;
      persistenceAsked = true;
      // Asked once there is something to lose; browsers say no to pages that ask at once.
      void requestPersistence();
    },
  };
  const policy = createWatched<PolicyView>(shippedPolicy);

  async function open(me: Me, isNewSession: boolean): Promise<Closed | undefined> {
    await close({ deleteData: false });
    const name = `${prefix}-${me.id}`;
    const memberDatabase = watched(new Database(name));
    await memberDatabase.open();
    policy.set(await readPolicy(memberDatabase));
    const policyWatch = liveQuery(() => readPolicy(memberDatabase)).subscribe({
      next: policy.set,
      // Signing out closes the database below; there is nothing to follow any more.
      error: () => policyWatch.unsubscribe(),
    });
    const memberReplica = createReplica(memberDatabase, me, now, config.deviceName ?? deviceName());
    if (isNewSession) await forgetRevokedKeys(memberReplica);
    const term = await watchOfflineTerm(memberReplica, (closed) => {
      if (opened?.replica !== memberReplica) return;
      if (closed !== undefined) session.setClosed(closed);
      opened.closed = closed;
      if (closed === undefined) session.setClosed(closed);
    });
    const stopWatching = status.watch(memberDatabase);
    const feed = openFeedTab({
      name,
      locks,
      onState: (state) => {
        status.feed(state);
        feedState.set(state.connection);
      },
      run: (onState) => engine.openFeed(memberReplica, onState),
    });
    opened = {
      replica: memberReplica,
      feed,
      stopWatching: () => {
        stopWatching();
        term.stop();
        policyWatch.unsubscribe();
      },
      closed: term.closed,
    };
    return term.closed;
  }

  async function close({ deleteData }: { deleteData: boolean }): Promise<void> {
    const closing = opened;
    if (closing === undefined) return;
    opened = undefined;
    closing.stopWatching();
    await closing.feed.close();
    if (deleteData) await closing.replica.database.delete();
    else closing.replica.database.close();
  }

  const session = createSession({
    name: prefix,
    device,
    http,
    tokens: config.tokens,
    opened: open,
    closed: close,
    waiting: async () =>
      opened === undefined
        ? 0
        : (await opened.replica.database.records.where("waits").equals(1).count()) +
          (await opened.replica.database.refused.count()) +
          (await filesToSend(opened.replica.database)).length,
  });
  const unsaved = createUnsaved();
  const engine = createLateEngine(unsaved, {
    http,
    token: session.token,
    replica,
    quota,
    feed: {
      relayUrl: config.relayUrl,
      WebSocket: Socket,
      ticket: session.ticket,
      keys: (member) => followKeys(member, { http, token: session.token }),
    },
    live: {
      database,
      relayUrl: config.relayUrl,
      ticket: async () => {
        const ticket = await session.ticket();
        return ticket.ok ? ticket.value : undefined;
      },
      me: session.me,
      relay: {
        reached: () => {
          if (feedState.get() !== "live") opened?.feed.syncNow();
        },
        onReached: (listener) =>
          feedState.subscribe((state) => {
            if (state === "live") listener();
          }),
      },
      unsaved,
      WebSocket: Socket,
    },
  });
  await session.start();

  return {
    session,
    edit: engine.edit,
    query: createQueryApi(database),
    sync: {
      status: status.status,
      subscribe: status.subscribe,
      syncNow: () => opened?.feed.syncNow(),
      pending: () => readPending(replica()),
      refused: () => readRefused(replica()),
      ...engine.waiting,
    },
    approvals: { ...createApprovalReads(replica), ...engine.approvals },
    inbox: { get: () => readInboxState(database(), replica().me.id), change: engine.changeInbox },
    files: { ...engine.files, states: (ids) => readFileStates(database(), ids) },
    keys: createDeviceKeysApi(replica, { http, token: session.token }),
    people: createLateApi(async () =>
      (await import("./people.ts")).createPeopleApi(http, config.relayUrl, session.token),
    ),
    trust: createLateApi(async () => (await import("./trust.ts")).createTrustApi(http, session.token)),
    sharing: createLateApi(async () =>
      (await import("./sharing.ts")).createSharingApi(http, config.relayUrl, session.token),
    ),
    lens: createLateLens(database),
    policy: createPolicyApi(policy, http, session.token),
    live: engine.live,
    search: createLateApi(async () => (await import("./search.ts")).createSearchApi(database)),
    device: createDeviceApi(replica, unsaved),
    unsaved: { any: unsaved.any, settled: unsaved.settled },
    changes: async (recordId) => {
      const history = (await database().documents.get(recordId))?.history ?? [];
      return history.toSorted((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
    },
    // One's own holds what is nobody else's business, and is no place to be.
    spaces: () =>
      database()
        .spaces.filter(({ kind }) => kind !== "personal")
        .toArray(),
    endedAccess: () => endedAccess(database()),
    forgetEndedAccess: () => forgetEndedAccess(database()),
    members: async (spaceId) => {
      if (spaceId === undefined) return database().members.toArray();
      const row = await database().settings.get(membersKey(spaceId));
      return (row?.value as readonly MemberRow[] | undefined) ?? [];
    },
    close: async () => {
      session.stop();
      await close({ deleteData: false });
      device.close();
    },
  };
}
