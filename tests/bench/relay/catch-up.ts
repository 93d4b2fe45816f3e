// Catch-up: N documents are written through the protocol, and a client that has nothing joins them all until the content of
// each has arrived (cold). Then one in a hundred changes, and a client that has the rest joins again (warm). Servers that keep
// their documents are then started again, and joined once more by a client that has nothing. Bytes are what went over its
// sockets, both ways.

import { setTimeout as sleep } from "node:timers/promises";
import * as Y from "yjs";
import { median } from "../client/figures.ts";
import { changeField, forAll, smallDocument } from "./documents.ts";
import { newFolder, removeFolder, startServer, type Server } from "./server-process.ts";
import { emptyUpdate, type Channel, type Session } from "./session.ts";
import type { Target } from "./targets.ts";

export type Joined = { readonly ms: number; readonly bytes: number; readonly syncedWhileEmpty: number };
export type CatchUp = {
  readonly documents: number;
  readonly cold: Joined;
  readonly warm: Joined;
  /** Cold, of a server that was started a moment ago; what is in memory only is gone then. */
  readonly afterStart?: Joined;
  /** Of the server while N documents are open and nothing happens, in percent of a core. */
  readonly idleCpuPercent: number;
};

const JOIN_MS = 120_000;
const IDLE_MS = 4_000;
/** What follows from a write comes some time after it, and everybody gets that time: peers write to disk, the relay projects to rows. */
const SETTLE_MS = 4_500;
const ECHO_MS = 60;
const SEEDED_AT_ONCE = 64;
const QUICK_DOCUMENTS = 1_000;
const QUICK_ROUNDS = 9;
const BETWEEN_ROUNDS_MS = 700;

const roomOf = (index: number): string => `r${index}`;

async function seed(server: Server, count: number): Promise<void> {
  const { target } = server;
  const session = server.open();
  await forAll(count, SEEDED_AT_ONCE, (index) => {
    const update = smallDocument();
    return new Promise<void>((resolve, reject) => {
      let acks = 0;
      let isDone = false;
      const done = (): void => {
        isDone = true;
        channel.leave();
        resolve();
      };
      const channel: Channel = session.join(roomOf(index), {
        onStep2: () => channel.update(update),
        // Joining is acked as well.
        onAck: () => {
          if (target.acks && ++acks === 2) done();
        },
        onUpdate: (bytes) => {
          if (!target.acks && bytes.length > emptyUpdate.length) done();
        },
        onError: (error) => {
          if (!isDone) reject(error);
        },
      });
    });
  });
  await sleep(SETTLE_MS);
  session.close();
  await sleep(300);
}

type JoinOptions = {
  readonly held?: readonly Uint8Array[];
  /** Whether a document has something to bring. */
  readonly isExpected: (index: number) => boolean;
};

async function joinAll(
  server: Server,
  count: number,
  { held, isExpected }: JoinOptions,
): Promise<Joined & { session: Session; contents: Uint8Array[] }> {
  const session = server.open(Array.from({ length: count }, (_, index) => roomOf(index)));
  const contents: Uint8Array[] = [];
  let syncedWhileEmpty = 0;
  const began = performance.now();
  const { promise: allArrived, resolve, reject } = Promise.withResolvers<void>();
  // One for all of them: a timer and a promise for each would cost as much as the relay takes.
  const timer = setTimeout(() => {
    const missing = contents.findIndex((content) => content === undefined);
    reject(new Error(`${roomOf(missing < 0 ? contents.length : missing)} did not arrive`));
  }, JOIN_MS);
  let next = 0;
  let left = count;
  function arrived(index: number, bytes: Uint8Array): void {
    if (contents[index] !== undefined) return;
    contents[index] = bytes;
    left -= 1;
    if (left === 0) resolve();
    else if (next < count) joinNext();
  }
  function joinNext(): void {
    const index = next++;
    session.join(roomOf(index), {
      sv: held?.[index],
      onStep2(bytes) {
        if (bytes.length > emptyUpdate.length || !isExpected(index)) arrived(index, bytes);
        else syncedWhileEmpty += 1;
      },
      onUpdate: (bytes) => arrived(index, bytes),
      onError(error) {
        if (contents[index] === undefined) reject(error);
      },
    });
  }
  while (next < Math.min(server.target.joinsAtOnce, count)) joinNext();
  try {
    await allArrived;
  } finally {
    clearTimeout(timer);
  }
  const ms = performance.now() - began;
  const { bytesIn, bytesOut } = session.stats();
  return { ms, bytes: bytesIn + bytesOut, syncedWhileEmpty, session, contents };
}

/**
 * Several times where that is quick, with what it took in the middle: the first time through, a server that runs in JavaScript
 * compiles. The last session stays open.
 */
async function joinOften(server: Server, count: number, options: JoinOptions): ReturnType<typeof joinAll> {
  let last = await joinAll(server, count, options);
  const taken = [last.ms];
  while (taken.length < (count <= QUICK_DOCUMENTS ? QUICK_ROUNDS : 1)) {
    last.session.close();
    await sleep(BETWEEN_ROUNDS_MS);
    last = await joinAll(server, count, options);
    taken.push(last.ms);
  }
  return { ...last, ms: median(taken) };
}

async function changeSome(server: Server, contents: readonly Uint8Array[], changed: ReadonlySet<number>) {
  const session = server.open();
  const indexes = [...changed];
  await forAll(indexes.length, SEEDED_AT_ONCE, async (position) => {
    const index = indexes[position] ?? 0;
    const content = contents[index] ?? emptyUpdate;
    const doc = new Y.Doc();
    Y.applyUpdate(doc, content);
    await new Promise<void>((resolve, reject) => {
      let isSent = false;
      const channel = session.join(roomOf(index), {
        sv: Y.encodeStateVectorFromUpdate(content),
        onStep2(bytes) {
          if (isSent) return;
          isSent = true;
          Y.applyUpdate(doc, bytes);
          doc.on("update", (update: Uint8Array) => channel.update(update));
          changeField(doc);
          setTimeout(resolve, ECHO_MS);
        },
        onError: (error) => {
          if (!isSent) reject(error);
        },
      });
    });
  });
  await sleep(SETTLE_MS);
  session.close();
  await sleep(500);
}

async function idleCpuPercent(server: Server): Promise<number> {
  await sleep(1_000);
  const before = server.usage().cpuSeconds;
  await sleep(IDLE_MS);
  return ((server.usage().cpuSeconds - before) / (IDLE_MS / 1_000)) * 100;
}

export async function measureCatchUp(target: Target, documents: number): Promise<CatchUp> {
  const dir = newFolder();
  let server = await startServer(target, dir, documents);
  try {
    await seed(server, documents);
    const cold = await joinOften(server, documents, { isExpected: () => true });
    await sleep(1_000);
    cold.session.close();
    await sleep(500);
    const changed = new Set(Array.from({ length: Math.ceil(documents / 100) }, (_, index) => index * 100));
    await changeSome(server, cold.contents, changed);
    const held = cold.contents.map((content) => Y.encodeStateVectorFromUpdate(content));
    const warm = await joinOften(server, documents, { held, isExpected: (index) => changed.has(index) });
    const figures = ({ ms, bytes, syncedWhileEmpty }: Joined): Joined => ({ ms, bytes, syncedWhileEmpty });
    const whileRunning = { documents, cold: figures(cold), warm: figures(warm) };
    // While all of them are open, and what follows from writing them is done.
    if (!target.isPersistent) return { ...whileRunning, idleCpuPercent: await idleCpuPercent(server) };
    warm.session.close();
    await server.stop("SIGTERM");
    server = await startServer(target, dir, documents);
    const afterStart = await joinAll(server, documents, { isExpected: () => true });
    return { ...whileRunning, afterStart: figures(afterStart), idleCpuPercent: await idleCpuPercent(server) };
  } finally {
    await server.stop("SIGKILL");
    removeFolder(dir);
  }
}

/** A filled server that clients with nothing join again and again. */
export type ColdCatchUp = { join(): Promise<number>; close(): Promise<void> };

export async function openColdCatchUp(target: Target, documents: number): Promise<ColdCatchUp> {
  const dir = newFolder();
  let server = await startServer(target, dir, documents);
  const close = async (): Promise<void> => {
    await server.stop("SIGKILL");
    removeFolder(dir);
  };
  try {
    await seed(server, documents);
    await server.stop("SIGTERM");
    server = await startServer(target, dir, documents);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async join() {
      const { ms, session } = await joinAll(server, documents, { isExpected: () => true });
      session.close();
      await sleep(300);
      return ms;
    },
    close,
  };
}
