// Idle: a thousand connections on one document, then each on a document of its own, then two thousand more. Memory per
// connection, and CPU while nothing happens. The first thousand also pay for what a process takes once, when it has something to
// do for the first time; what those after them take is what one more costs.

import { setTimeout as sleep } from "node:timers/promises";
import { forAll } from "./documents.ts";
import { newFolder, removeFolder, startServer } from "./server-process.ts";
import type { Session } from "./session.ts";
import type { Target } from "./targets.ts";

export type Idle = {
  readonly kBPerConnection: number;
  readonly kBWithOwnDocument: number;
  /** Of each of the two thousand beyond the first, with a document of its own. */
  readonly kBPerFurther: number;
  readonly cpuPercent: number;
};

const CONNECTIONS = 1_000;
const FURTHER = 2_000;
const SETTLE_MS = 2_500;
const IDLE_MS = 4_000;

async function connections(target: Target, roomOf: (index: number) => string) {
  const dir = newFolder();
  const server = await startServer(target, dir);
  const sessions: Session[] = [];
  try {
    async function connect(from: number, count: number): Promise<void> {
      await forAll(
        count,
        50,
        (index) =>
          new Promise<void>((resolve, reject) => {
            const session = server.open();
            sessions.push(session);
            session.join(roomOf(from + index), { onStep2: () => resolve(), onError: reject });
          }),
      );
      await sleep(SETTLE_MS);
    }
    const before = server.usage();
    await connect(0, CONNECTIONS);
    const settled = server.usage();
    await sleep(IDLE_MS);
    const cpu = server.usage().cpuSeconds - settled.cpuSeconds;
    await connect(CONNECTIONS, FURTHER);
    return {
      kB: ((settled.rssMB - before.rssMB) * 1024) / CONNECTIONS,
      kBPerFurther: ((server.usage().rssMB - settled.rssMB) * 1024) / FURTHER,
      cpuPercent: (cpu / (IDLE_MS / 1_000)) * 100,
    };
  } finally {
    for (const session of sessions) session.kill();
    await server.stop("SIGKILL");
    removeFolder(dir);
  }
}

export async function measureIdle(target: Target): Promise<Idle> {
  const shared = await connections(target, () => "d");
  const own = await connections(target, (index) => `d${index}`);
  return {
    kBPerConnection: shared.kB,
    kBWithOwnDocument: own.kB,
    kBPerFurther: own.kBPerFurther,
    cpuPercent: own.cpuPercent,
  };
}
