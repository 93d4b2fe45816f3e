// Makes a relay's data folder for a bench, before the relay starts on it: the organization, its accounts with sessions, and
// for live documents, which nobody can open before somebody made them, empty ones of every name that will be asked for.
// Started as a process of its own: node fill-folder.ts FOLDER [NUMBER OF LIVE DOCUMENTS]

import { assert } from "#shared/model/result.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { hashSecret } from "#sync-server/access/credentials.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { DirectoryStorage } from "#sync-server/storage/storage.ts";
import { FACET, fanOutAccounts, homeOfRoom, liveAccount, mainAccount, RECORD_TYPE, type Account } from "./accounts.ts";
import { emptyUpdate } from "./session.ts";

const DURABILITY_DELAYS = [0, 5, 50, 500, 1500, 1900, 2300, 3000];
const DURABILITY_ROOMS = 40;
const IDLE_ROOMS = 3_000;
const DAY_MS = 86_400_000;

export async function addAccount(directory: DirectoryStorage, { id, space, token }: Account): Promise<void> {
  await directory.saveSpace({ id: space, kind: "crm", name: space });
  await directory.saveMember({ id, name: id, email: `${id}@bench.example`, passwordHash: "none", persona: "sales" });
  await directory.saveMembership({ spaceId: space, memberId: id, persona: "sales" });
  await directory.saveSession({ tokenHash: hashSecret(token), memberId: id, expiresAt: Date.now() + DAY_MS });
}

function roomNames(liveDocuments: number): readonly string[] {
  const numbered = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  return [
    ...numbered("doc", fanOutAccounts.length),
    ...numbered("r", liveDocuments),
    "d",
    ...numbered("d", IDLE_ROOMS),
    ...DURABILITY_DELAYS.flatMap((delay) => numbered(`d${delay}_`, DURABILITY_ROOMS)),
    "b",
  ];
}

async function fillFolder(folder: string, liveDocuments: number): Promise<void> {
  const opened = await openSqliteStorage(folder);
  assert(opened.ok, opened.ok ? "" : opened.error.message);
  const storage = opened.value;
  const log = openUpdateLog(storage.log);
  const { directory } = storage;
  await directory.saveOrganization({ id: "bench", name: "Bench" });
  const accounts = [mainAccount, liveAccount, ...fanOutAccounts];
  for (const account of accounts) await addAccount(directory, account);
  for (const { space } of [mainAccount, ...fanOutAccounts])
    await directory.saveMembership({ spaceId: space, memberId: liveAccount.id, persona: "sales" });
  if (liveDocuments > 0) {
    const results = await Promise.all(
      roomNames(liveDocuments).map((room) => {
        const meta = { space: homeOfRoom(room).space, type: RECORD_TYPE, recordId: room, facet: FACET };
        return log.append({
          docId: docIdOf(room, FACET),
          bytes: emptyUpdate,
          author: mainAccount.id,
          source: {},
          meta,
        });
      }),
    );
    for (const result of results) assert(result.ok, "the log takes every document");
  }
  await log.close();
  await storage.close();
}

if (import.meta.main) {
  const [folder = "", liveDocuments = "0"] = process.argv.slice(2);
  await fillFolder(folder, Number(liveDocuments));
}
