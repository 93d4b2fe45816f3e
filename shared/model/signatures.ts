// Device keys over WebCrypto: Ed25519, or ECDSA P-256 where a platform has no Ed25519. The algorithm's name travels with
// every key and every signed entry. Private keys are never extractable: they sign, and cannot be read by anybody.

import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { bytesOfText, canonicalJson, sha256 } from "./canonical-json.ts";

export const signatureAlgorithms = ["ed25519", "p256"] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

export type PublicKey = {
  readonly alg: SignatureAlgorithm;
  /** The raw key, base64url: 32 bytes (Ed25519), or the 65 bytes of an uncompressed point (P-256). */
  readonly publicKey: string;
};

/** A handle that can sign; structural, because each platform has a `CryptoKey` type of its own. */
export type PrivateKey = { readonly type: string; readonly extractable: boolean };

export type KeyPair = PublicKey & { readonly id: string; readonly privateKey: PrivateKey };

const generation = { ed25519: { name: "Ed25519" }, p256: { name: "ECDSA", namedCurve: "P-256" } } as const;
const signing = { ed25519: { name: "Ed25519" }, p256: { name: "ECDSA", hash: "SHA-256" } } as const;
const keyBytes = { ed25519: 32, p256: 65 } as const;

export const isSignatureAlgorithm = (text: unknown): text is SignatureAlgorithm =>
  (signatureAlgorithms as readonly unknown[]).includes(text);

/** A key's id is the SHA-256 of its raw bytes. Undefined for text that is no key of this algorithm. */
export function keyIdOf({ alg, publicKey }: PublicKey): string | undefined {
  const raw = fromBase64Url(publicKey);
  return raw === undefined || raw.length !== keyBytes[alg] ? undefined : sha256(raw);
}

async function makeKeyPair(alg: SignatureAlgorithm): Promise<KeyPair> {
  const pair = await crypto.subtle.generateKey(generation[alg], false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { id: sha256(raw), alg, publicKey: toBase64Url(raw), privateKey: pair.privateKey };
}

/** A new key of this device: Ed25519 where the platform has it. */
export async function generateKeyPair(): Promise<KeyPair> {
  try {
    return await makeKeyPair("ed25519");
  } catch {
    // An older browser: every platform has P-256.
    return makeKeyPair("p256");
  }
}

/** For tests and platforms that are asked for one algorithm. */
export const generateKeyPairOf = makeKeyPair;

export async function signText(key: Pick<KeyPair, "alg" | "privateKey">, text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.sign(signing[key.alg], key.privateKey, bytesOfText(text))));
}

/** Keys as the platform holds them: a chain of thousands was signed by a few. */
const imported = new Map<string, Promise<{ readonly type: string }>>();
const MOST_IMPORTED = 500;

function importKey({ alg, publicKey }: PublicKey, raw: Uint8Array): Promise<{ readonly type: string }> {
  const id = `${alg} ${publicKey}`;
  const known = imported.get(id);
  if (known !== undefined) return known;
  if (imported.size >= MOST_IMPORTED) imported.clear();
  const importing = crypto.subtle.importKey("raw", raw, generation[alg], false, ["verify"]);
  imported.set(id, importing);
  return importing;
}

/** False for a wrong signature and for anything that is no signature or no key: it never throws. */
export async function verifyText(key: PublicKey, text: string, signature: string): Promise<boolean> {
  const raw = fromBase64Url(key.publicKey);
  const bytes = fromBase64Url(signature);
  if (raw === undefined || raw.length !== keyBytes[key.alg] || bytes?.length !== 64) return false;
  try {
    return await crypto.subtle.verify(signing[key.alg], await importKey(key, raw), bytes, bytesOfText(text));
  } catch {
    return false;
  }
}

/** What a device says when it registers its key, signed with that key: nobody registers a key he does not have. */
export type KeyClaim = PublicKey & { readonly member: string; readonly device: string; readonly proof: string };

const claimText = ({ alg, publicKey, member, device }: Omit<KeyClaim, "proof">): string =>
  `drawbridge.key.v1\n${canonicalJson({ alg, publicKey, member, device })}`;

export async function claimKey(key: KeyPair, member: string, device: string): Promise<KeyClaim> {
  const claim = { alg: key.alg, publicKey: key.publicKey, member, device };
  return { ...claim, proof: await signText(key, claimText(claim)) };
}

export const isKeyOwner = ({ proof, ...claim }: KeyClaim): Promise<boolean> =>
  verifyText(claim, claimText(claim), proof);
