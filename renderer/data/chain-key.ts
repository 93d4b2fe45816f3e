// The key with which the relay signs the heads of its chains: kept as it was first seen. Another one later is an alarm until
// somebody has said that it is right.

import type { PublicKey } from "#shared/model/signatures.ts";
import type { Database } from "./database.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import { ok, type Result } from "#shared/model/result.ts";

const SETTING = "chainKey";

export type KnownChainKey = {
  /** What this device goes by. */
  readonly pinned?: PublicKey;
  /** What the relay says now, where that is another one. */
  readonly told?: PublicKey;
};

export const readChainKey = async (database: Database): Promise<KnownChainKey> =>
  ((await database.settings.get(SETTING))?.value as KnownChainKey | undefined) ?? {};

/** Asks the relay for its key. Runs at every welcome. */
export async function followChainKey(
  database: Database,
  http: RelayHttp,
  token: string | undefined,
): Promise<Result<void, HttpError>> {
  const answer = await http.call<PublicKey>("GET", "/chain-key", { token });
  if (!answer.ok) return answer;
  const told = answer.value;
  await database.transaction("rw", database.settings, async () => {
    const { pinned = told } = await readChainKey(database);
    const isSame = pinned.alg === told.alg && pinned.publicKey === told.publicKey;
    await database.settings.put({ key: SETTING, value: isSame ? { pinned } : { pinned, told } });
  });
  return ok(undefined);
}

/** From now on the relay's present key is the one. */
export async function acceptChainKey(database: Database): Promise<void> {
  const { pinned, told = pinned } = await readChainKey(database);
  if (told !== undefined) await database.settings.put({ key: SETTING, value: { pinned: told } });
}
