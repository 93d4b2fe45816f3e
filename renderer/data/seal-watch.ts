// Looks after the chains of decisions: whenever something sealed or chained arrives, or the relay tells its heads, the
// space is checked again. The checking itself is done in a worker, for thousands of signatures take seconds.

import { liveQuery } from "dexie";
import type { Database, StoredRecord } from "./database.ts";
import { checkSpace, sealedTypes } from "./check-seals.ts";
import { readChainKey } from "./chain-key.ts";
import { readKeys } from "./signing-keys.ts";
import { headsKey } from "./seal-checks.ts";

export type SealChecker = { check(space: string): Promise<void>; close(): void };
export type SealMessage = {
  readonly databaseName: string;
  readonly space: string;
  readonly me: string;
  readonly n: number;
};
export type SealAnswer = { readonly n: number; readonly problem?: string };

function openWorker(database: Database, me: string): SealChecker {
  const worker = new Worker(new URL("./seal-worker.ts", import.meta.url), { type: "module", name: "seals" });
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  let n = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<SealAnswer>) => {
    const asked = waiting.get(data.n);
    waiting.delete(data.n);
    if (data.problem === undefined) asked?.resolve();
    else asked?.reject(new Error(data.problem));
  });
  return {
    check: (space) =>
      new Promise((resolve, reject) => {
        n += 1;
        waiting.set(n, { resolve, reject });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
        worker.postMessage({ databaseName: database.name, space, me, n } satisfies SealMessage);
      }),
    close: () => worker.terminate(),
  };
}

const openChecker = (database: Database, me: string): SealChecker =>
  typeof Worker === "undefined"
    ? { check: (space) => checkSpace(database, space, me), close: () => undefined }
    : openWorker(database, me);

export type SealWatch = { close(): void };

/** Behind a large import it is looked for again when most of that is delivered. */
const MANY_WAITING = 200;

async function sealedWaiting({ records }: Database): Promise<readonly StoredRecord[] | undefined> {
  const waiting = () => records.where("waits").equals(1);
  if ((await waiting().count()) > MANY_WAITING) return undefined;
  return (await waiting().toArray()).filter((row) => sealedTypes.some((type) => type === row.type));
}

/** How many there are and which came last: told by the index, for there may be thousands. */
async function sealedIn({ records }: Database, space: string): Promise<{ count: number; last: string }> {
  let count = 0;
  const last: string[] = [];
  for (const type of sealedTypes) {
    const ofType = () => records.where("[space+type]").equals([space, type]);
    count += await ofType().count();
    last.push(...(await ofType().reverse().limit(1).primaryKeys()));
  }
  return { count, last: last.join(" ") };
}

export function watchSeals(database: Database, me: string, onProblem: (error: unknown) => void): SealWatch {
  let checker: SealChecker | undefined;
  const seen = new Map<string, string>();
  let closed = false;
  let working: Promise<void> = Promise.resolve();

  /** What there is to check, per space: a change of it is a reason to look again. */
  async function signs(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const relay = await readChainKey(database);
    const keys = `${(await readKeys(database)).keys.length} ${relay.pinned?.publicKey ?? ""} ${relay.told?.publicKey ?? ""}`;
    const waiting = await sealedWaiting(database);
    for (const { id } of await database.spaces.toArray()) {
      const { count, last } = await sealedIn(database, id);
      const heads = JSON.stringify((await database.settings.get(headsKey(id)))?.value ?? []);
      const waits = waiting?.filter((row) => row.space === id).length ?? "many";
      if (count > 0 || heads !== "[]") found.set(id, `${count} ${last} ${waits} ${keys} ${heads}`);
    }
    return found;
  }

  const subscription = liveQuery(signs).subscribe({
    next: (found) => {
      const due = [...found].filter(([space, sign]) => seen.get(space) !== sign);
      for (const [space, sign] of due) seen.set(space, sign);
      if (due.length === 0 || closed) return;
      checker ??= openChecker(database, me);
      const check = checker;
      working = working
        .then(async () => {
          for (const [space] of due) if (!closed) await check.check(space);
        })
        .catch((error: unknown) => {
          if (!closed) onProblem(error);
        });
    },
    error: (error: unknown) => {
      if (!closed) onProblem(error);
    },
  });

  return {
    close: () => {
      closed = true;
      subscription.unsubscribe();
      checker?.close();
    },
  };
}
