// The engine's doors before the engine is there: the first one that is used loads it.

import type { ApprovalsApi } from "./approval-types.ts";
import type { Engine, EngineDeps } from "./engine.ts";
import type { FeedState } from "./feed-state.ts";
import type { InboxStateApi } from "./inbox-types.ts";
import type { Replica } from "./replica.ts";
import { screenFirst } from "./screen-first.ts";
import type { WaitingApi } from "./sync.ts";
import type { EditApi, LiveApi, PersonPresent } from "./types.ts";
import { createVisibility } from "./visibility.ts";

const NOBODY: readonly PersonPresent[] = [];

export type LateEngine = {
  readonly edit: EditApi;
  readonly approvals: Pick<ApprovalsApi, "request" | "decide" | "takeBack" | "acceptChain" | "exportFolder">;
  readonly waiting: WaitingApi;
  readonly live: LiveApi;
  readonly changeInbox: InboxStateApi["change"];
  readonly files: Engine["files"];
  readonly openFeed: (
    replica: Replica,
    onState: (state: FeedState) => void,
  ) => { syncNow(): void; close(): Promise<void> };
};

export function createLateEngine(deps: EngineDeps): LateEngine {
  let loading: Promise<Engine> | undefined;
  const engine = (): Promise<Engine> =>
    (loading ??= import("./engine.ts").then(
      ({ createEngine }) => createEngine(deps),
      (error: unknown) => {
        // Not loaded now is not never: the next one who asks tries again.
        loading = undefined;
        throw error;
      },
    ));

  const edit = async (): Promise<EditApi> => (await engine()).edit;
  const waiting = async (): Promise<WaitingApi> => (await engine()).waiting;

  async function openFeed(
    replica: Replica,
    onState: (state: FeedState) => void,
    isClosed: () => boolean,
  ): Promise<ReturnType<Engine["openFeed"]> | undefined> {
    // A device that holds nothing yet has nothing to show first.
    if ((await replica.database.cursors.count()) > 0) await screenFirst;
    const loaded = await engine();
    return isClosed() ? undefined : loaded.openFeed(replica, onState);
  }

  return {
    edit: {
      create: async (record) => (await edit()).create(record),
      createProject: async (values, contents) => (await edit()).createProject(values, contents),
      makeNext: async (recordId) => (await edit()).makeNext(recordId),
      setMany: async (edits) => (await edit()).setMany(edits),
      set: async (recordId, values) => (await edit()).set(recordId, values),
      remove: async (recordIds) => (await edit()).remove(recordIds),
      restore: async (recordIds) => (await edit()).restore(recordIds),
      chooseValue: async (recordId, field, choice) => (await edit()).chooseValue(recordId, field, choice),
      createMany: async (records, options) => (await edit()).createMany(records, options),
    },
    approvals: {
      request: async (input) => (await engine()).approvals.request(input),
      decide: async (input) => (await engine()).approvals.decide(input),
      takeBack: async (recordId) => (await engine()).approvals.takeBack(recordId),
      acceptChain: async (space) => (await engine()).approvals.acceptChain(space),
      exportFolder: async (space) => (await engine()).approvals.exportFolder(space),
    },
    waiting: {
      retryRefused: async (id) => (await waiting()).retryRefused(id),
      discardRefused: async (id) => (await waiting()).discardRefused(id),
      discardPending: async (recordId) => (await waiting()).discardPending(recordId),
      exportPending: async () => (await waiting()).exportPending(),
      takeIn: async (text, onProgress) => (await waiting()).takeIn(text, onProgress),
    },
    files: {
      attach: async (file) => (await engine()).files.attach(file),
      open: async (id) => (await engine()).files.open(id),
    },
    changeInbox: async (change) => (await engine()).changeInbox(change),
    live: {
      open: async (recordId, field) => (await engine()).live.open(recordId, field),
      // Read in live queries, which follow no wait for code.
      visible: createVisibility(deps.live.database).get,
      setVisible: async (visible) => (await engine()).live.setVisible(visible),
      joinSpace: (spaceId, page) => joinLater(screenFirst.then(engine), spaceId, page),
    },
    openFeed: (replica, onState) => {
      let closed = false;
      const opening = openFeed(replica, onState, () => closed);
      return {
        syncNow: () => void opening.then((feed) => feed?.syncNow()),
        close: async () => {
          closed = true;
          // One that could not be loaded has nothing to close.
          const feed = await opening.catch(() => undefined);
          await feed?.close();
        },
      };
    },
  };
}

type Room = ReturnType<LiveApi["joinSpace"]>;

function joinLater(engine: Promise<Engine>, spaceId: string, page: string): Room {
  const listeners = new Set<() => void>();
  let joined: Room | undefined;
  let editing: Parameters<Room["edit"]>[0];
  let left = false;
  void engine.then(({ live }) => {
    if (left) return;
    joined = live.joinSpace(spaceId, page);
    if (editing !== undefined) joined.edit(editing);
    const tell = (): void => {
      for (const listener of listeners) listener();
    };
    joined.subscribe(tell);
    tell();
  });
  return {
    people: () => joined?.people() ?? NOBODY,
    edit: (field) => {
      editing = field;
      joined?.edit(field);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    leave: () => {
      left = true;
      joined?.leave();
    },
  };
}
