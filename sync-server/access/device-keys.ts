// The directory of device keys: who signs with what. A key belongs to one member for ever; revoked, it signs nothing more,
// while what it signed before still holds.

import { err, ok, type Result } from "#shared/model/result.ts";
import type { ChainKey } from "#shared/model/decision-chain.ts";
import { isKeyOwner, keyIdOf, type KeyClaim } from "#shared/model/signatures.ts";
import type { DeviceKeyRow, DirectoryStorage } from "#sync-server/storage/storage.ts";
import type { AccessError, Member } from "./access.ts";
import type { Audit } from "./audit-trail.ts";

export type DeviceKeys = {
  find(keyId: string): DeviceKeyRow | undefined;
  of(memberId: string): readonly DeviceKeyRow[];
  /** Registering the same key again changes nothing. */
  register(member: Member, claim: Omit<KeyClaim, "member">): Promise<Result<DeviceKeyRow, AccessError>>;
  revoke(member: Member, keyId: string): Promise<Result<void, AccessError>>;
  /**
   * A chain says that this key had ended, while the directory was restored from before: it ends again. Listeners are not
   * told, for nothing new happened.
   */
  endAgain(key: ChainKey, at: number): Promise<void>;
  /** Of somebody whose access ends. */
  revokeAllOf(memberId: string, by: string): Promise<void>;
  /** Told after a key was registered or revoked. Returns the unsubscribe function. */
  onChanged(listener: (row: DeviceKeyRow) => void): () => void;
};

const MAX_LIVE_KEYS = 50;
const MAX_NAME = 100;

const fail = (type: AccessError["type"], message: string): Result<never, AccessError> => err({ type, message });

type Dependencies = {
  readonly storage: Pick<DirectoryStorage, "deviceKeys" | "saveDeviceKey">;
  readonly audit: Pick<Audit, "record">;
  readonly now: () => number;
};

export function openDeviceKeys({ storage, audit, now }: Dependencies): DeviceKeys {
  const rowsById = new Map(storage.deviceKeys().map((row) => [row.id, row]));
  const listeners = new Set<(row: DeviceKeyRow) => void>();

  async function keep(row: DeviceKeyRow): Promise<void> {
    await storage.saveDeviceKey(row);
    rowsById.set(row.id, row);
  }

  async function save(row: DeviceKeyRow): Promise<void> {
    await keep(row);
    for (const listener of listeners) listener(row);
  }

  const of = (memberId: string): readonly DeviceKeyRow[] =>
    [...rowsById.values()].filter((row) => row.memberId === memberId);

  return {
    find: (keyId) => rowsById.get(keyId),
    of,
    async register(member, claim) {
      const device = claim.device.normalize("NFC").trim().slice(0, MAX_NAME);
      const id = keyIdOf(claim);
      if (id === undefined || !(await isKeyOwner({ ...claim, member: member.id })))
        return fail("BadInput", "This key cannot be registered: sign its claim with its own private key.");
      const known = rowsById.get(id);
      if (known !== undefined && known.memberId !== member.id)
        return fail("Taken", "This key belongs to somebody else.");
      if (known?.revokedAt !== undefined) return fail("Taken", "This key was revoked. Make a new one.");
      if (known !== undefined) return ok(known);
      if (of(member.id).filter((row) => row.revokedAt === undefined).length >= MAX_LIVE_KEYS)
        return fail("NotAllowed", `Only ${MAX_LIVE_KEYS} devices can sign for you. Revoke one in Settings first.`);
      const { alg, publicKey } = claim;
      const row = { id, memberId: member.id, alg, publicKey, device, registeredAt: now() };
      await save(row);
      await audit.record({ action: "key.enrolled", actor: member.id, target: id, details: { alg } });
      return ok(row);
    },
    async revoke(member, keyId) {
      const row = rowsById.get(keyId);
      // Not yours and does not exist: one answer (rule E5).
      if (row?.memberId !== member.id) return fail("NotAllowed", "You may revoke keys of your own devices only.");
      if (row.revokedAt !== undefined) return ok(undefined);
      await save({ ...row, revokedAt: now() });
      await audit.record({ action: "key.revoked", actor: member.id, target: keyId });
      return ok(undefined);
    },
    async endAgain({ id, member: memberId, alg, publicKey, registeredAt }, at) {
      const known = rowsById.get(id);
      if (known?.revokedAt !== undefined) return;
      const row = known ?? { id, memberId, alg, publicKey, device: "", registeredAt: Date.parse(registeredAt) };
      await keep({ ...row, revokedAt: at });
    },
    async revokeAllOf(memberId, by) {
      for (const row of of(memberId)) {
        if (row.revokedAt !== undefined) continue;
        await save({ ...row, revokedAt: now() });
        await audit.record({ action: "key.revoked", actor: by, target: row.id });
      }
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
