// The engine's doors before the engine is there: the first one that is used loads it.

import type { ApprovalsApi } from "./approval-types.ts";
import type { Engine, EngineDeps } from "./engine.ts";
import type { FeedState } from "./feed-state.ts";
import type { InboxStateApi } from "./inbox-types.ts";
import type { Replica } from "./replica.ts";
import { screenFirst } from "./screen-first.ts";
import type { WaitingApi } from "./sync.ts";
import type { EditApi, LiveApi, PersonPresent } from "./types.ts";
import type { UnsavedKeeper } from "./unsaved.ts";
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

export function createLateEngine(unsaved: Pick<UnsavedKeeper, "track">, deps: EngineDeps): LateEngine {
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

  /** Everything that writes goes through here: from being asked to being on the disk it counts as unsaved. */
  const write = <T>(work: (engine: Engine) => Promise<T>): Promise<T> =>
    unsaved.track(async () => work(await engine()));

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
      create: (record) => write(({ edit }) => edit.create(record)),
      createProject: (values, contents) => write(({ edit }) => edit.createProject(values, contents)),
      makeNext: (recordId) => write(({ edit }) => edit.makeNext(recordId)),
      setMany: (edits) => write(({ edit }) => edit.setMany(edits)),
      set: (recordId, values) => write(({ edit }) => edit.set(recordId, values)),
      remove: (recordIds) => write(({ edit }) => edit.remove(recordIds)),
      restore: (recordIds) => write(({ edit }) => edit.restore(recordIds)),
      chooseValue: (recordId, field, choice) => write(({ edit }) => edit.chooseValue(recordId, field, choice)),
      createMany: (records, options) => write(({ edit }) => edit.createMany(records, options)),
    },
    approvals: {
      request: (input) => write(({ approvals }) => approvals.request(input)),
      decide: (input) => write(({ approvals }) => approvals.decide(input)),
      takeBack: (recordId) => write(({ approvals }) => approvals.takeBack(recordId)),
      acceptChain: (space) => write(({ approvals }) => approvals.acceptChain(space)),
      exportFolder: async (space) => (await engine()).approvals.exportFolder(space),
    },
    waiting: {
      retryRefused: (id) => write(({ waiting }) => waiting.retryRefused(id)),
      discardRefused: (id) => write(({ waiting }) => waiting.discardRefused(id)),
      discardPending: (recordId) => write(({ waiting }) => waiting.discardPending(recordId)),
      exportPending: async () => (await engine()).waiting.exportPending(),
      takeIn: (content, onProgress) => write(({ waiting }) => waiting.takeIn(content, onProgress)),
    },
    files: {
      attach: (file) => write(({ files }) => files.attach(file)),
      open: async (id) => (await engine()).files.open(id),
    },
    changeInbox: (change) => write(({ changeInbox }) => changeInbox(change)),
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
