// Sealed records: written once, signed by their author on a device of his, never changed. The entry is the whole record;
// its canonical text is what is signed, stored and hashed, so that nothing can say one thing and show another.

import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { canonicalJson, parseCanonical, sha256, type Json, type JsonObject } from "./canonical-json.ts";
import { parseField } from "./field-kinds.ts";
import type { FieldValue } from "./field-value.ts";
import { err, ok, type Result } from "./result.ts";
import {
  isSignatureAlgorithm,
  signText,
  verifyText,
  type KeyPair,
  type PublicKey,
  type SignatureAlgorithm,
} from "./signatures.ts";

/** How far the author had seen the chain of decisions (decision-chain.ts) when he signed: a fork shows by it. */
export type ChainHead = { readonly seq: number; readonly hash: string };

export type SealedEntry = {
  readonly v: 1;
  readonly alg: SignatureAlgorithm;
  /** Id of the signing key. */
  readonly key: string;
  readonly type: string;
  /** Id of this very record: a copy under another id does not hold. */
  readonly record: string;
  readonly space: string;
  readonly facet: string;
  readonly author: string;
  /** The author's clock: information, never an order. */
  readonly at: string;
  readonly basis: ChainHead;
  readonly fields: Readonly<Record<string, FieldValue>>;
};

/** What a sealed document holds: the entry's canonical text, and the signature over it. */
export type Seal = { readonly entry: string; readonly signature: string };

/** Signed texts begin with what they are, so that a signature made for one purpose never holds for another. */
const SEAL_CONTEXT = "drawbridge.sealed.v1\n";

export const noHead: ChainHead = { seq: 0, hash: "" };

export async function sealEntry(key: KeyPair, entry: Omit<SealedEntry, "v" | "alg" | "key">): Promise<Seal> {
  const text = canonicalJson({ ...entry, v: 1, alg: key.alg, key: key.id });
  return { entry: text, signature: await signText(key, SEAL_CONTEXT + text) };
}

const isText = (value: Json | undefined): value is string => typeof value === "string";

function headOf(value: Json | undefined): ChainHead | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { seq, hash } = value as JsonObject;
  return Number.isSafeInteger(seq) && isText(hash) ? { seq: seq as number, hash } : undefined;
}

function isFieldValue(value: Json): value is FieldValue & Json {
  if (typeof value !== "object") return true;
  if (value === null) return false;
  if (Array.isArray(value)) return value.every((member) => typeof member === "string");
  return Object.values(value).every((part) => typeof part !== "object");
}

/** The entry of a seal; undefined for anything that is none. */
export function entryOf(seal: Seal): SealedEntry | undefined {
  const parsed = parseCanonical(seal.entry);
  if (!parsed.ok) return undefined;
  const { v, alg, key, type, record, space, facet, author, at, basis, fields } = parsed.value;
  const head = headOf(basis);
  if (v !== 1 || !isSignatureAlgorithm(alg) || head === undefined) return undefined;
  if (!isText(key) || !isText(type) || !isText(record) || !isText(space) || !isText(facet)) return undefined;
  if (!isText(author) || !isText(at) || typeof fields !== "object" || fields === null || Array.isArray(fields))
    return undefined;
  if (Object.keys(parsed.value).length !== 11 || !Object.values(fields as JsonObject).every(isFieldValue))
    return undefined;
  return { v, alg, key, type, record, space, facet, author, at, basis: head, fields: fields as SealedEntry["fields"] };
}

/** Hash of a seal, signature included: what the chain of decisions holds on to. */
export const hashOfSeal = (seal: Seal): string =>
  sha256(canonicalJson({ entry: seal.entry, signature: seal.signature }));

export const isSignedBy = (seal: Seal, key: PublicKey): Promise<boolean> =>
  verifyText(key, SEAL_CONTEXT + seal.entry, seal.signature);

/** Whether a record of this type may say this: every field parses, none is unknown, the author field names the author. */
export function checkSealedFields(
  definition: RecordTypeDefinition,
  { author, space, fields }: Pick<SealedEntry, "author" | "space" | "fields">,
): Result<void, { readonly message: string }> {
  const { sealed } = definition;
  if (sealed === undefined) return err({ message: `${definition.label.many} are not signed.` });
  for (const name of Object.keys(fields))
    if (definition.fields[name] === undefined)
      return err({ message: `${definition.label.one} has no field called ${name}.` });
  for (const [name, spec] of Object.entries(definition.fields)) {
    const parsed = parseField(fields[name] ?? null, spec);
    if (!parsed.ok) return err({ message: `${spec.label}: ${parsed.error.message}` });
  }
  if (fields[sealed.author] !== author) return err({ message: "It names somebody else than the one who signed." });
  const problem = sealed.check?.(fields, space);
  return problem === undefined ? ok(undefined) : err({ message: problem });
}
