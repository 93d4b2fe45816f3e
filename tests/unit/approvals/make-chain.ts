// Chains as a relay would write them, and as a dishonest one would: keys, seals and links made here, nothing of the relay.

import { canonicalJson, sha256 } from "#shared/model/canonical-json.ts";
import { linkText, type ChainEvent, type ChainInput, type ChainLink } from "#shared/model/decision-chain.ts";
import { hashOfSeal, noHead, sealEntry, type ChainHead, type Seal, type SealedEntry } from "#shared/model/seals.ts";
import { generateKeyPairOf, type KeyPair, type SignatureAlgorithm } from "#shared/model/signatures.ts";
import type { FieldValue } from "#shared/model/field-value.ts";

export const SPACE = "s1";
export const FACET = "client-shared";

export class ChainMaker {
  readonly links: string[] = [];
  readonly seals = new Map<string, Seal>();
  head: ChainHead = noHead;
  readonly #introduced = new Set<string>();

  /** Appends a link for an event, as the relay does. */
  add(event: ChainEvent, at = `2026-05-14T09:00:${String(this.head.seq).padStart(2, "0")}.000Z`): void {
    const link: ChainLink = {
      v: 1,
      space: SPACE,
      facet: FACET,
      seq: this.head.seq + 1,
      prev: this.head.hash,
      receivedAt: at,
      event,
    };
    const text = linkText(link);
    this.links.push(text);
    this.head = { seq: link.seq, hash: sha256(text) };
  }

  introduce(key: KeyPair, member: string): void {
    if (this.#introduced.has(key.id)) return;
    this.#introduced.add(key.id);
    const { id, alg, publicKey } = key;
    this.add({ kind: "key", key: { id, alg, publicKey, member, registeredAt: "2026-05-01T08:00:00.000Z" } });
  }

  /** Chains a seal that is there already. */
  chain(seal: Seal, entry: Pick<SealedEntry, "record" | "type" | "author">, key: KeyPair): void {
    const { record, type, author } = entry;
    this.seals.set(record, seal);
    this.add({ kind: "sealed", record, type, author, key: key.id, seal: hashOfSeal(seal) });
  }

  async sealed(
    key: KeyPair,
    author: string,
    type: string,
    record: string,
    fields: Readonly<Record<string, FieldValue>>,
    basis: ChainHead = this.head,
  ): Promise<void> {
    this.introduce(key, author);
    const entry = { type, record, space: SPACE, facet: FACET, author, at: "2026-05-14T09:14:00.000Z", basis, fields };
    this.chain(await sealEntry(key, entry), entry, key);
  }

  input(more: Partial<ChainInput> = {}): ChainInput {
    return { space: SPACE, facet: FACET, links: this.links, seals: this.seals, ...more };
  }
}

export const keyOf = (alg: SignatureAlgorithm = "ed25519"): Promise<KeyPair> => generateKeyPairOf(alg);

export const subjectOf = (record: string, title = "M2 Structure", space = SPACE): string =>
  canonicalJson({ v: 1, record, space, fields: { title }, attachments: [], salt: "00" });

/** Igor asks Carla and Cem; Carla approves, Cem asks for changes. */
export async function makeChain(): Promise<{ chain: ChainMaker; igor: KeyPair; carla: KeyPair; cem: KeyPair }> {
  const [igor, carla, cem] = [await keyOf(), await keyOf(), await keyOf("p256")];
  const chain = new ChainMaker();
  const subject = subjectOf("m2");
  const about = { revision: 1, contentHash: sha256(subject) };
  const request = { ...about, subject, about: "m2", title: "M2 Structure", approvers: ["carla", "cem"], required: 2 };
  await chain.sealed(igor, "igor", "approval", "r1", request);
  await chain.sealed(carla, "carla", "decision", "d1", { ...about, request: "r1", decision: "approve" });
  await chain.sealed(cem, "cem", "decision", "d2", {
    ...about,
    request: "r1",
    decision: "requestChanges",
    reason: "Anchors",
  });
  return { chain, igor, carla, cem };
}
