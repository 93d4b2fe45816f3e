// The relay's hash chain of a project's sealed records, one chain per facet, so that nobody learns of what he may not read.
// It holds everything an outsider needs: which key belonged to whom from when on, what was received in which order, and
// when a key ended. Pure: the relay builds with it, devices and tests check with it.

import { canonicalJson, parseCanonical, sha256, type Json, type JsonObject } from "./canonical-json.ts";
import { entryOf, hashOfSeal, isSignedBy, type ChainHead, type Seal, type SealedEntry } from "./seals.ts";
import { subjectProblem } from "./subject-binding.ts";
import { isSignatureAlgorithm, keyIdOf, signText, verifyText, type KeyPair, type PublicKey } from "./signatures.ts";

export type ChainKey = PublicKey & {
  readonly id: string;
  readonly member: string;
  /** ISO, the relay's clock. */
  readonly registeredAt: string;
};

export type ChainEvent =
  /** A key signs here for the first time. */
  | { readonly kind: "key"; readonly key: ChainKey }
  | {
      readonly kind: "sealed";
      readonly record: string;
      readonly type: string;
      readonly author: string;
      readonly key: string;
      /** SHA-256 of the seal, signature included. */
      readonly seal: string;
    }
  /** What a key signs after this does not count. */
  | { readonly kind: "revoked"; readonly key: string };

export type ChainLink = {
  readonly v: 1;
  readonly space: string;
  readonly facet: string;
  /** 1, 2, 3, ... */
  readonly seq: number;
  /** Hash of the link before; "" for the first. */
  readonly prev: string;
  /** When the relay received what this link is about (ISO). */
  readonly receivedAt: string;
  readonly event: ChainEvent;
};

/** A link's canonical text; its hash is SHA-256 of it. */
export const linkText = (link: ChainLink): string => canonicalJson(link);

/** The head of one chain, as the relay signs it: with it everything before, for each link holds the hash of the last. */
export type SignedPlace = ChainHead & { readonly space: string; readonly facet: string };

const headText = ({ space, facet, seq, hash }: SignedPlace): string =>
  `drawbridge.chain.v1\n${canonicalJson({ space, facet, seq, hash })}`;

export const signHead = (key: Pick<KeyPair, "alg" | "privateKey">, head: SignedPlace): Promise<string> =>
  signText(key, headText(head));

export const isHeadSignedBy = (key: PublicKey, head: SignedPlace, signature: string): Promise<boolean> =>
  verifyText(key, headText(head), signature);

const isText = (value: Json | undefined): value is string => typeof value === "string";

function eventOf(value: Json | undefined): ChainEvent | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const event = value as JsonObject;
  if (event["kind"] === "revoked" && isText(event["key"])) return { kind: "revoked", key: event["key"] };
  if (event["kind"] === "sealed") {
    const { record, type, author, key, seal } = event;
    if (isText(record) && isText(type) && isText(author) && isText(key) && isText(seal))
      return { kind: "sealed", record, type, author, key, seal };
  }
  if (event["kind"] === "key" && typeof event["key"] === "object" && event["key"] !== null) {
    const { id, alg, publicKey, member, registeredAt } = event["key"] as JsonObject;
    if (isText(id) && isSignatureAlgorithm(alg) && isText(publicKey) && isText(member) && isText(registeredAt))
      return { kind: "key", key: { id, alg, publicKey, member, registeredAt } };
  }
  return undefined;
}

export function parseLink(text: string): ChainLink | undefined {
  const parsed = parseCanonical(text);
  if (!parsed.ok) return undefined;
  const { v, space, facet, seq, prev, receivedAt } = parsed.value;
  const event = eventOf(parsed.value["event"]);
  if (v !== 1 || event === undefined || typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 1)
    return undefined;
  if (!isText(space) || !isText(facet) || !isText(prev) || !isText(receivedAt)) return undefined;
  return { v, space, facet, seq, prev, receivedAt, event };
}

/** Why a sealed record does not count. `waiting`: the relay has not chained it (yet). */
export type SealProblem =
  | "unreadable"
  | "badSignature"
  | "unknownKey"
  | "notTheSigner"
  | "revokedKey"
  | "altered"
  /** A request whose subject is not of what it says it is about. */
  | "otherSubject"
  | "waiting";

export type SealVerdict =
  | { readonly counts: true; readonly seq: number; readonly receivedAt: string; readonly key: ChainKey }
  | { readonly counts: false; readonly problem: SealProblem };

/** What a chain says that cannot be so. Every one of them is an alarm. */
export type ChainAlarm = {
  readonly kind:
    /** The relay's head lies before one this device has seen. */
    | "regressed"
    /** Two links claim one place, or the head is not the one this device has seen there. */
    | "forked"
    /** Somebody signed after seeing a head that this chain does not have. */
    | "otherHead"
    /** A link does not follow from the one before it, or is missing. */
    | "broken"
    /** The chain names a sealed record whose signature does not hold. */
    | "forged"
    /** The chain names a request whose subject is not of what it says it is about. */
    | "otherSubject"
    /** The chain names a record that is not here. */
    | "missing"
    /** A key signs in this reader's name that is on none of his devices (found on the device, which knows its keys). */
    | "foreignKey"
    /** The relay's signature of the head does not hold, or is missing: somebody else wrote the chain. */
    | "unsigned"
    /** The relay signs with another key than the one this device knows (found on the device, which keeps it). */
    | "otherRelay";
  readonly seq: number;
  readonly record?: string;
};

export type ChainInput = {
  readonly space: string;
  readonly facet: string;
  /** Texts of all links held, in any order. */
  readonly links: readonly string[];
  /** The relay's signatures of heads, by the hash of the link they were made for. */
  readonly signatures?: ReadonlyMap<string, string>;
  /** The relay's key, once it is known. */
  readonly relay?: PublicKey | undefined;
  /** Sealed records of this chain's space and facet, by record id. */
  readonly seals: ReadonlyMap<string, Seal>;
  /** The highest head this device has seen before. */
  readonly witnessed?: ChainHead | undefined;
  /** Hashes of seals whose signatures are known to hold, by key: none is checked twice. Grows. */
  readonly holding?: Set<string>;
  /** What the relay says its head is, when it was asked. */
  readonly announced?: ChainHead | undefined;
};

export type ChainReport = {
  /** When keys ended that sign here, by their ids (ISO, the relay's clock). */
  readonly ended: ReadonlyMap<string, string>;
  readonly head: ChainHead;
  readonly alarms: readonly ChainAlarm[];
  readonly verdicts: ReadonlyMap<string, SealVerdict>;
  /** Keys in the order they were introduced. */
  readonly keys: readonly ChainKey[];
};

type Placed = { readonly link: ChainLink; readonly hash: string };

function place(input: ChainInput): { readonly placed: readonly Placed[]; readonly alarms: ChainAlarm[] } {
  const alarms: ChainAlarm[] = [];
  const bySeq = new Map<number, Placed[]>();
  for (const text of input.links) {
    const link = parseLink(text);
    const hash = sha256(text);
    if (link === undefined || link.space !== input.space || link.facet !== input.facet) {
      alarms.push({ kind: "broken", seq: link?.seq ?? 0 });
      continue;
    }
    const others = bySeq.get(link.seq) ?? [];
    if (!others.some((other) => other.hash === hash)) bySeq.set(link.seq, [...others, { link, hash }]);
  }
  const placed: Placed[] = [];
  const last = Math.max(0, ...bySeq.keys());
  for (let seq = 1, prev = ""; seq <= last; seq += 1) {
    const candidates = bySeq.get(seq) ?? [];
    if (candidates.length > 1) alarms.push({ kind: "forked", seq });
    // Where two links claim one place, the one this device has seen first goes on; the alarm stays.
    const witnessed = input.witnessed?.seq === seq ? input.witnessed.hash : undefined;
    const next = candidates.find((one) => one.hash === witnessed) ?? candidates.find((one) => one.link.prev === prev);
    if (next === undefined || next.link.prev !== prev) {
      alarms.push({ kind: "broken", seq });
      break;
    }
    placed.push(next);
    prev = next.hash;
  }
  return { placed, alarms };
}

function checkHeads({ witnessed, announced }: ChainInput, placed: readonly Placed[]): readonly ChainAlarm[] {
  const alarms: ChainAlarm[] = [];
  const hashAt = (seq: number): string | undefined => (seq === 0 ? "" : placed[seq - 1]?.hash);
  if (witnessed !== undefined && hashAt(witnessed.seq) !== witnessed.hash)
    alarms.push({ kind: hashAt(witnessed.seq) === undefined ? "regressed" : "forked", seq: witnessed.seq });
  // A head beyond what has arrived says nothing yet: its links are on their way.
  const held = announced === undefined ? undefined : hashAt(announced.seq);
  if (announced !== undefined && held !== undefined && held !== announced.hash)
    alarms.push({ kind: "forked", seq: announced.seq });
  return alarms;
}

/** So many signatures are checked at once: the platform has threads for them. */
const AT_ONCE = 64;

const keyAndSeal = (key: ChainKey, hash: string): string => `${key.id} ${hash}`;

/** Signatures that hold, by key and seal: checked together before the chain is walked link by link. */
async function checkAhead(placed: readonly Placed[], { seals, holding }: ChainInput): Promise<ReadonlySet<string>> {
  const keys = new Map<string, ChainKey>();
  const due: { readonly seal: Seal; readonly key: ChainKey; readonly known: string }[] = [];
  for (const { link } of placed) {
    const { event } = link;
    // The first one of an id, and only if the id is its own: as below.
    if (event.kind === "key" && !keys.has(event.key.id) && keyIdOf(event.key) === event.key.id)
      keys.set(event.key.id, event.key);
    if (event.kind !== "sealed") continue;
    const [seal, key] = [seals.get(event.record), keys.get(event.key)];
    if (seal === undefined || key === undefined) continue;
    const known = keyAndSeal(key, event.seal);
    if (holding?.has(known) !== true && hashOfSeal(seal) === event.seal) due.push({ seal, key, known });
  }
  const held = new Set<string>();
  for (let start = 0; start < due.length; start += AT_ONCE)
    await Promise.all(
      due.slice(start, start + AT_ONCE).map(async ({ seal, key, known }) => {
        if (await isSignedBy(seal, key)) held.add(known);
      }),
    );
  return held;
}

function judge(
  event: Extract<ChainEvent, { kind: "sealed" }>,
  seal: Seal,
  entry: SealedEntry | undefined,
  keys: ReadonlyMap<string, ChainKey>,
  revoked: ReadonlySet<string>,
  ahead: ReadonlySet<string>,
  { space, facet, holding }: ChainInput,
): SealProblem | ChainKey {
  if (entry === undefined) return "unreadable";
  if (entry.record !== event.record || entry.space !== space || entry.facet !== facet) return "altered";
  const key = keys.get(entry.key);
  if (key === undefined || key.id !== event.key) return "unknownKey";
  if (key.member !== entry.author || entry.author !== event.author) return "notTheSigner";
  if (revoked.has(key.id)) return "revokedKey";
  const known = keyAndSeal(key, event.seal);
  if (!ahead.has(known)) {
    if (hashOfSeal(seal) !== event.seal) return "altered";
    if (holding?.has(known) !== true) return "badSignature";
  }
  holding?.add(known);
  // The relay should not have taken it; what was signed for it approves nothing.
  if (entry.type === "approval" && subjectProblem(entry.fields, space) !== undefined) return "otherSubject";
  return key;
}

async function checkSignature(input: ChainInput, head: ChainHead): Promise<readonly ChainAlarm[]> {
  const { space, facet, relay, signatures } = input;
  if (relay === undefined || head.seq === 0) return [];
  const signature = signatures?.get(head.hash) ?? "";
  const holds = await isHeadSignedBy(relay, { space, facet, seq: head.seq, hash: head.hash }, signature);
  return holds ? [] : [{ kind: "unsigned", seq: head.seq }];
}

/** Checks a whole chain: places, hashes, keys, every signature, and what the heads say about the relay. */
export async function checkChain(input: ChainInput): Promise<ChainReport> {
  const { placed, alarms } = place(input);
  const head = { seq: placed.length, hash: placed.at(-1)?.hash ?? "" };
  alarms.push(...checkHeads(input, placed), ...(await checkSignature(input, head)));
  const ahead = await checkAhead(placed, input);
  const keys = new Map<string, ChainKey>();
  const revoked = new Set<string>();
  const ended = new Map<string, string>();
  const verdicts = new Map<string, SealVerdict>();
  const hashAt = (seq: number): string | undefined => (seq === 0 ? "" : placed[seq - 1]?.hash);
  for (const { link } of placed) {
    const { event, seq, receivedAt } = link;
    if (event.kind === "key") {
      const id = keyIdOf(event.key);
      if (id !== event.key.id || keys.has(id)) alarms.push({ kind: "forged", seq });
      else keys.set(id, event.key);
    } else if (event.kind === "revoked") {
      revoked.add(event.key);
      ended.set(event.key, receivedAt);
    } else {
      const seal = input.seals.get(event.record);
      if (seal === undefined || verdicts.has(event.record)) {
        alarms.push({ kind: seal === undefined ? "missing" : "broken", seq, record: event.record });
        continue;
      }
      const entry = entryOf(seal);
      const judged = judge(event, seal, entry, keys, revoked, ahead, input);
      if (typeof judged === "string") {
        verdicts.set(event.record, { counts: false, problem: judged });
        const kind = judged === "otherSubject" ? judged : "forged";
        alarms.push({ kind, seq, record: event.record });
        continue;
      }
      verdicts.set(event.record, { counts: true, seq, receivedAt, key: judged });
      const basis = entry?.basis;
      // The author had seen a chain that is not this one: two people were shown different histories.
      if (basis !== undefined && (basis.seq >= seq || hashAt(basis.seq) !== basis.hash))
        alarms.push({ kind: "otherHead", seq, record: event.record });
    }
  }
  for (const record of input.seals.keys())
    if (!verdicts.has(record)) verdicts.set(record, { counts: false, problem: "waiting" });
  return {
    head,
    alarms,
    verdicts,
    keys: [...keys.values()],
    ended,
  };
}
