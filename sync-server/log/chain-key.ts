// The key with which this relay signs the heads of its chains of decisions. A file of its own beside the database: whoever
// changes rows, or takes a backup, does not have it. Made at the first start.

import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, type KeyObject } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { signHead, type SignedPlace } from "#shared/model/decision-chain.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { PublicKey } from "#shared/model/signatures.ts";

export const CHAIN_KEY_FILE = "chain-key.pem";

export type ChainSigner = {
  readonly publicKey: PublicKey;
  /** Made at this very start: nothing was signed with it before. */
  readonly isNew: boolean;
  sign(head: SignedPlace): Promise<string>;
};

/** Whole and on disk, or not there: a key that half exists would end every chain. */
function write(file: string, text: string): void {
  const handle = openSync(`${file}.new`, "w", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.new`, file);
}

function loadKey(file: string): KeyObject {
  const key = createPrivateKey(readFileSync(file));
  if (key.asymmetricKeyType !== "ed25519") throw new Error("it holds no Ed25519 key");
  return key;
}

function makeKey(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync("ed25519");
  write(file, privateKey.export({ format: "pem", type: "pkcs8" }).toString());
  return privateKey;
}

const publicKeyOf = (key: KeyObject): PublicKey => ({
  alg: "ed25519",
  publicKey: createPublicKey(key).export({ format: "jwk" }).x ?? "",
});

/** The public half, for who only looks: undefined when there is no key (yet) that could be used. */
export function lookUpChainKey(folder: string): PublicKey | undefined {
  try {
    return publicKeyOf(loadKey(join(folder, CHAIN_KEY_FILE)));
  } catch {
    // Not there, or not a key: the relay says so at its start.
    return undefined;
  }
}

export async function openChainKey(folder: string): Promise<Result<ChainSigner, { readonly message: string }>> {
  const file = join(folder, CHAIN_KEY_FILE);
  try {
    const isNew = !existsSync(file);
    const key = isNew ? makeKey(file) : loadKey(file);
    const pkcs8 = key.export({ format: "der", type: "pkcs8" });
    const privateKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, false, ["sign"]);
    return ok({
      publicKey: publicKeyOf(key),
      isNew,
      sign: (head) => signHead({ alg: "ed25519", privateKey }, head),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err({
      message: `The key in ${file} cannot be used (${why}). Put back the copy you kept of it; without one, move the file away: devices then warn that the server signs with another key.`,
    });
  }
}
