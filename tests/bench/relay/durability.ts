// Durability: the server is killed some time after it acked (or, where nothing is acked, echoed) a document; what is missing
// after the next start was lost.

import { setTimeout as sleep } from "node:timers/promises";
import * as Y from "yjs";
import { fieldCount, smallDocument } from "./documents.ts";
import { clockOf } from "./live-session.ts";
import { newFolder, removeFolder, startServer, type Server } from "./server-process.ts";
import type { Channel, JoinHandlers, Session } from "./session.ts";
import type { Target } from "./targets.ts";

export type Durability = { readonly window: string; readonly of: number; readonly lost: number };

const DELAYS_MS = [0, 5, 50, 500, 3_000];
const ROOMS = 40;
const FIELDS = 10;
const BURST = 3_000;
const READ_MS = 1_500;
const LONGEST_MS = 15_000;

function join(session: Session, room: string, handlers: JoinHandlers): Promise<Channel> {
  return new Promise((resolve, reject) => {
    let isIn = false;
    const channel = session.join(room, {
      ...handlers,
      onStep2() {
        isIn = true;
        // In the turn after the channel is known.
        queueMicrotask(() => resolve(channel));
      },
      onError: (error) => {
        if (!isIn) reject(error);
      },
    });
  });
}

/** What a new client gets of each room. */
async function readRooms(server: Server, rooms: readonly string[]): Promise<readonly Y.Doc[]> {
  const session = server.open();
  const docs = rooms.map((room) => {
    const doc = new Y.Doc();
    const take = (bytes: Uint8Array): void => Y.applyUpdate(doc, bytes);
    session.join(room, { onStep2: take, onUpdate: take });
    return doc;
  });
  await sleep(READ_MS);
  session.kill();
  return docs;
}

async function killAfter(target: Target, delay: number): Promise<Durability> {
  const dir = newFolder();
  const first = await startServer(target, dir, 1);
  const session = first.open();
  const rooms = Array.from({ length: ROOMS }, (_, index) => `d${delay}_${index}`);
  const seen = rooms.map(() => Promise.withResolvers<void>());
  const channels = await Promise.all(
    rooms.map((room, index) => {
      let acks = 0;
      return join(session, room, {
        onAck: () => {
          if (target.acks && ++acks === 2) seen[index]?.resolve();
        },
        onUpdate: () => {
          if (!target.acks) seen[index]?.resolve();
        },
      });
    }),
  );
  await sleep(200);
  for (const channel of channels) channel.update(smallDocument());
  await Promise.race([Promise.all(seen.map(({ promise }) => promise)), sleep(LONGEST_MS)]);
  if (delay > 0) await sleep(delay);
  await first.stop("SIGKILL");
  session.kill();
  const second = await startServer(target, dir, 1);
  const lost = (await readRooms(second, rooms)).filter((doc) => fieldCount(doc) < FIELDS).length;
  await second.stop("SIGKILL");
  removeFolder(dir);
  return { window: `${delay} ms after`, of: ROOMS, lost };
}

async function killInBurst(target: Target): Promise<Durability> {
  const dir = newFolder();
  const first = await startServer(target, dir, 1);
  const session = first.open();
  const doc = new Y.Doc();
  const all = Promise.withResolvers<void>();
  let acks = 0;
  const channel = await join(session, "b", {
    onAck: () => {
      if (target.acks && ++acks > BURST) all.resolve();
    },
    onUpdate: (update) => {
      if (!target.acks && clockOf(update, doc.clientID) >= BURST) all.resolve();
    },
  });
  await sleep(200);
  doc.on("update", (update: Uint8Array) => channel.update(update));
  for (let edit = 0; edit < BURST; edit++) doc.getMap("record").set(`k${edit}`, edit);
  await Promise.race([all.promise, sleep(LONGEST_MS)]);
  await first.stop("SIGKILL");
  session.kill();
  const second = await startServer(target, dir, 1);
  const [read = new Y.Doc()] = await readRooms(second, ["b"]);
  await second.stop("SIGKILL");
  removeFolder(dir);
  return { window: `burst of ${BURST}, at the last`, of: BURST, lost: BURST - fieldCount(read) };
}

export async function measureDurability(target: Target): Promise<readonly Durability[]> {
  const found: Durability[] = [];
  for (const delay of DELAYS_MS) found.push(await killAfter(target, delay));
  found.push(await killInBurst(target));
  return found;
}
