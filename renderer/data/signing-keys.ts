// The key this device signs with. It is made here, cannot be taken out, and is registered with the relay as soon as there
// is a network; what was signed before that waits in the outbox like everything else.

import { err, ok, type Result } from "#shared/model/result.ts";
import { claimKey, generateKeyPair } from "#shared/model/signatures.ts";
import { followChainKey } from "./chain-key.ts";
import type { Database, KeyRow } from "./database.ts";
import { deviceName } from "./device-name.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import type { Replica } from "./replica.ts";
import type { DeviceKey, DeviceKeysApi, DeviceKeysState } from "./approval-types.ts";

const SETTING = "deviceKeys";
const noKeys: DeviceKeysState = { keys: [], unseen: [] };

type Deps = {
  readonly http: RelayHttp;
  readonly token: () => string | undefined;
};

type RelayKey = Omit<DeviceKey, "isThisDevice">;

const keyOf = async (database: Database): Promise<KeyRow | undefined> => (await database.keys.toArray())[0];

/** The key that signs here, made when it is first needed; undefined once it was revoked: only a new sign-in makes another. */
export async function signingKey(replica: Replica): Promise<KeyRow | undefined> {
  const { database } = replica;
  const held = await keyOf(database);
  if (held !== undefined) return held.revoked === 0 ? held : undefined;
  const made: KeyRow = { ...(await generateKeyPair()), registered: 0, revoked: 0 };
  return database.transaction("rw", database.keys, async () => {
    // Another tab may have made one meanwhile: a device has one key.
    const other = await keyOf(database);
    if (other !== undefined) return other;
    await database.keys.add(made);
    return made;
  });
}

/** Somebody signed in anew: a key that was revoked makes room for another. */
export const forgetRevokedKeys = async ({ database }: Replica): Promise<void> => {
  await database.keys.filter((row) => row.revoked === 1).delete();
};

export const readKeys = async (database: Database): Promise<DeviceKeysState> =>
  ((await database.settings.get(SETTING))?.value as DeviceKeysState | undefined) ?? noKeys;

/** Another log may not know this key: what it signed waits until the relay was asked. */
export const doubtKeys = async ({ keys }: Database): Promise<void> => {
  await keys.toCollection().modify({ registered: 0 });
};

/**
 * Registers this device's key where the relay does not have it, for the first time or because it was restored from before,
 * and learns of the member's other keys: one that was not known here before is shown until somebody has seen it. Runs at
 * every welcome.
 */
export async function followKeys(replica: Replica, { http, token }: Deps): Promise<Result<void, HttpError>> {
  const { database, me } = replica;
  const signing = await signingKey(replica);
  const own = signing ?? (await keyOf(database));
  const list = () => http.call<readonly RelayKey[]>("GET", "/keys", { token: token() });
  let listed = await list();
  if (!listed.ok) return listed;
  if (signing !== undefined && !listed.value.some((key) => key.id === signing.id)) {
    await database.keys.update(signing.id, { registered: 0 });
    const { alg, publicKey, device, proof } = await claimKey(signing, me.id, deviceName());
    const registered = await http.call("POST", "/keys", { token: token(), body: { alg, publicKey, device, proof } });
    if (!registered.ok) return registered;
    listed = await list();
    if (!listed.ok) return listed;
  }
  if (signing !== undefined) await database.keys.update(signing.id, { registered: 1 });
  const chainKey = await followChainKey(database, http, token());
  if (!chainKey.ok) return chainKey;
  const keys = listed.value.map((key): DeviceKey => ({ ...key, isThisDevice: key.id === own?.id }));
  if (own !== undefined && keys.some((key) => key.isThisDevice && key.revokedAt !== undefined))
    await database.keys.update(own.id, { revoked: 1 });
  await database.transaction("rw", database.settings, async () => {
    const before = await readKeys(database);
    const known = new Set(before.keys.map((key) => key.id));
    const isNews = (key: DeviceKey): boolean =>
      !key.isThisDevice && key.revokedAt === undefined && !known.has(key.id) && before.keys.length > 0;
    const live = new Set(keys.flatMap((key) => (key.revokedAt === undefined ? [key.id] : [])));
    const unseen = [...before.unseen, ...keys.filter(isNews).map((key) => key.id)].filter((id) => live.has(id));
    await database.settings.put({ key: SETTING, value: { keys, unseen: [...new Set(unseen)] } });
  });
  return ok(undefined);
}

export function createDeviceKeysApi(replica: () => Replica, deps: Deps): DeviceKeysApi {
  return {
    state: () => readKeys(replica().database),
    seen: async () => {
      const { database } = replica();
      const { keys } = await readKeys(database);
      await database.settings.put({ key: SETTING, value: { keys, unseen: [] } });
    },
    revoke: async (id) => {
      const answer = await deps.http.call("DELETE", `/keys/${encodeURIComponent(id)}`, { token: deps.token() });
      if (!answer.ok) return err({ message: answer.error.message });
      const followed = await followKeys(replica(), deps);
      return followed.ok ? ok(undefined) : err({ message: followed.error.message });
    },
  };
}
