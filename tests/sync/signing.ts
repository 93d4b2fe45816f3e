// A hand that signs: a member's key registered at the relay, and sealed records made by it, as any client could make them.

import { sealedUpdate } from "#shared/doc/sealed-document.ts";
import { canonicalJson, sha256 } from "#shared/model/canonical-json.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { noHead, sealEntry, type SealedEntry } from "#shared/model/seals.ts";
import { claimKey, generateKeyPairOf, type KeyPair, type SignatureAlgorithm } from "#shared/model/signatures.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";

export type SealedRecord = {
  readonly docId: string;
  readonly meta: DocumentMeta;
  readonly bytes: Uint8Array;
  readonly entry: Omit<SealedEntry, "v" | "alg" | "key">;
};

type Answer = { readonly status: number; readonly body: unknown };

export async function callApi(
  address: string,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await fetch(`${address}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Makes a key for a member and registers it with his session. */
export async function registerKey(
  address: string,
  token: string,
  memberId: string,
  alg: SignatureAlgorithm = "ed25519",
): Promise<KeyPair> {
  const key = await generateKeyPairOf(alg);
  const { publicKey, device, proof } = await claimKey(key, memberId, "Test device");
  const answer = await callApi(address, token, "POST", "/keys", { alg, publicKey, device, proof });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return key;
}

export async function seal(
  key: KeyPair,
  entry: Omit<SealedEntry, "v" | "alg" | "key" | "at" | "basis"> & Partial<Pick<SealedEntry, "at" | "basis">>,
): Promise<SealedRecord> {
  const whole = { at: "2026-05-14T09:14:00.000Z", basis: noHead, ...entry };
  const sealed = await sealEntry(key, whole);
  const { space, type, record: recordId, facet } = entry;
  return {
    docId: docIdOf(recordId, facet),
    meta: { space, type, recordId, facet },
    bytes: sealedUpdate(whole, sealed),
    entry: whole,
  };
}

/** Fields of a request to approve something called `title`. */
export function requestFields(
  requestedBy: string,
  space: string,
  approvers: readonly string[],
  about = newId(),
  title = "M2 Structure",
) {
  const subject = canonicalJson({ v: 1, record: about, space, fields: { title }, attachments: [], salt: "00" });
  return {
    title,
    about,
    revision: 1,
    requestedBy,
    approvers,
    required: approvers.length,
    order: "together",
    contentHash: sha256(subject),
    subject,
  };
}
