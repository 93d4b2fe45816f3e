#!/usr/bin/env node
// Verifies export folders of approvals without the product: node verify.mjs FOLDER... [--head FACET:SEQ:HASH]... [--relay KEY]
// Prints one line of JSON per folder: whether it holds, what does not, and what follows from the signed records.
// What the files mean is said in FORMAT.md. Needs nothing but Node.

import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** RFC 8785: sorted keys (by UTF-16), shortest numbers, minimal escapes; what JSON.stringify writes, in order. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** An object from its canonical text; any other spelling is refused. */
function parse(text) {
  const value = JSON.parse(text);
  if (value === null || typeof value !== "object" || Array.isArray(value) || canonical(value) !== text)
    throw new Error("not canonical");
  return value;
}

function isSigned({ alg, publicKey }, text, signature) {
  const bytes = Buffer.from(signature, "base64url");
  const raw = Buffer.from(publicKey, "base64url");
  if (bytes.length !== 64 || bytes.toString("base64url") !== signature) return false;
  try {
    if (alg === "ed25519" && raw.length === 32) {
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
      return verifySignature(null, Buffer.from(text), key, bytes);
    }
    if (alg === "p256" && raw.length === 65 && raw[0] === 4) {
      const [x, y] = [raw.subarray(1, 33).toString("base64url"), raw.subarray(33).toString("base64url")];
      const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
      return verifySignature("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, bytes);
    }
  } catch {
    return false;
  }
  return false;
}

/** Every file below a folder, by its path with slashes. */
function filesOf(folder, prefix = "") {
  return readdirSync(join(folder, prefix))
    .flatMap((name) => {
      const path = prefix === "" ? name : `${prefix}/${name}`;
      return statSync(join(folder, path)).isDirectory() ? filesOf(folder, path) : [path];
    })
    .sort();
}

const lines = (text) => {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new Error("the last line is cut off");
  return text.slice(0, -1).split("\n");
};

/** One chain: places, hashes, keys, signatures, revocations, and what each author had seen. */
function checkChain(chain, facet, space, seals, problem) {
  const keys = new Map();
  const revoked = new Set();
  const counted = new Map();
  const hashes = [""];
  for (const text of lines(chain)) {
    const link = parse(text);
    const { v, seq, prev, event } = link;
    if (v !== 1 || link.space !== space || link.facet !== facet) problem(`${facet} ${seq}: another chain`);
    if (seq !== hashes.length || prev !== hashes.at(-1)) problem(`${facet} ${seq}: does not follow`);
    hashes.push(sha256(text));
    if (event.kind === "key") {
      if (sha256(Buffer.from(event.key.publicKey, "base64url")) !== event.key.id || keys.has(event.key.id))
        problem(`${facet} ${seq}: key`);
      keys.set(event.key.id, event.key);
    } else if (event.kind === "revoked") {
      revoked.add(event.key);
    } else if (event.kind === "sealed") {
      const seal = seals.get(event.record);
      if (seal === undefined || counted.has(event.record)) {
        problem(`${facet} ${seq}: record missing or twice`);
        continue;
      }
      const entry = parse(seal.entry);
      const key = keys.get(entry.key);
      const isSame =
        entry.v === 1 &&
        entry.record === event.record &&
        entry.type === event.type &&
        entry.space === space &&
        entry.facet === facet &&
        entry.author === event.author &&
        entry.key === event.key &&
        sha256(canonical({ entry: seal.entry, signature: seal.signature })) === event.seal;
      if (!isSame) problem(`${facet} ${seq}: not what was recorded`);
      if (key === undefined || key.member !== entry.author || key.alg !== entry.alg || revoked.has(entry.key))
        problem(`${facet} ${seq}: key of somebody else, unknown or revoked`);
      else if (!isSigned(key, `drawbridge.sealed.v1\n${seal.entry}`, seal.signature))
        problem(`${facet} ${seq}: signature`);
      if (entry.basis.seq >= seq || hashes[entry.basis.seq] !== entry.basis.hash)
        problem(`${facet} ${seq}: its author had seen another chain`);
      counted.set(event.record, { ...entry, seq, receivedAt: link.receivedAt });
    } else problem(`${facet} ${seq}: unknown event`);
  }
  return { counted, keys, head: { facet, seq: hashes.length - 1, hash: hashes.at(-1) }, hashes };
}

/** Whose voice it is now: passing on moves it to somebody who has none and did not ask; deciding oneself takes it back. */
function holdersOf(asker, approvers, decisions) {
  const holders = new Map(approvers.map((approver) => [approver, approver]));
  for (const { author, fields } of decisions) {
    if (fields.decision === "delegate") {
      const slot = [...holders].find(([, holder]) => holder === author)?.[0];
      const taken = ["", asker, ...holders.keys(), ...holders.values()];
      if (slot !== undefined && typeof fields.delegate === "string" && !taken.includes(fields.delegate))
        holders.set(slot, fields.delegate);
    } else if (holders.has(author) && fields.decision !== "cancel") holders.set(author, author);
  }
  return holders;
}

/** A request's outcome from the decisions about it, in the order of the chain, and the words that made it so. */
function outcomeOf(request, decisions) {
  const { approvers: named, required, order, contentHash, revision } = request.fields;
  const approvers = [...new Set(named)];
  const own = decisions
    .filter(({ fields }) => {
      const needsReason = fields.decision === "reject" || fields.decision === "requestChanges";
      return (
        fields.request === request.record &&
        fields.contentHash === contentHash &&
        fields.revision === revision &&
        (!needsReason || (typeof fields.reason === "string" && fields.reason.trim() !== ""))
      );
    })
    .sort((left, right) => left.seq - right.seq);
  const canceled = own.find(({ author, fields }) => fields.decision === "cancel" && author === request.author);
  if (canceled !== undefined) return { outcome: "canceled", words: [canceled] };
  const holders = holdersOf(request.author, approvers, own);
  const latest = new Map();
  for (const one of own)
    if (one.fields.decision !== "delegate" && one.fields.decision !== "cancel") latest.set(one.author, one);
  const slots = approvers.map((approver) => latest.get(holders.get(approver)));
  const words = slots.filter((one) => one !== undefined && one.fields.decision !== "withdraw");
  const said = slots.map((one) => one?.fields.decision);
  if (said.includes("reject")) return { outcome: "rejected", words };
  if (said.includes("requestChanges")) return { outcome: "changesRequested", words };
  const open = said.findIndex((decision) => decision !== "approve");
  const voices = order === "inOrder" && open !== -1 ? said.slice(0, open) : said;
  const isEnough = voices.filter((decision) => decision === "approve").length >= required;
  return { outcome: isEnough ? "approved" : "pending", words };
}

/** Who stands behind a word: the member, the key that signed it, and when the server received it. */
const deciderOf = ({ author, fields, key, receivedAt }) => ({
  member: author,
  decision: fields.decision,
  key,
  receivedAt,
});

/** Whether a request's subject is of what it says it is about, in this space, under its title. */
function isBound({ about, title, subject }, space) {
  const { record, space: itsSpace, fields } = parse(subject);
  const names = [fields.title, fields.name].find((name) => typeof name === "string" && name !== "");
  const parts = [fields.firstName, fields.lastName].filter((part) => typeof part === "string" && part !== "");
  const named = names ?? (parts.length === 0 ? undefined : parts.join(" "));
  return record === about && itsSpace === space && (named === undefined || title.normalize("NFC") === named);
}

/** The server's signature of a chain's head, and so of everything before it. */
function isHeadSigned(relay, space, { facet, seq, hash }, signature) {
  if (seq === 0) return true;
  const text = `drawbridge.chain.v1\n${canonical({ space, facet, seq, hash })}`;
  return relay !== null && typeof signature === "string" && isSigned(relay, text, signature);
}

function verifyFolder(folder, heads, relayKey) {
  const problems = [];
  const problem = (words) => void problems.push(words);
  let conclusion = [];
  let found = [];
  const deciders = {};
  try {
    const names = filesOf(folder);
    const content = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
    const text = (name) => {
      const bytes = content.get(name);
      if (bytes === undefined) throw new Error(`${name} is missing`);
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    };
    const sums = names
      .filter((name) => name !== "SHA256SUMS")
      .map((name) => `${sha256(content.get(name))}  ${name}\n`)
      .join("");
    if (text("SHA256SUMS") !== sums) problem("SHA256SUMS: a file was changed, added or removed");

    const about = parse(text("export.json"));
    if (about.format !== "drawbridge-approvals" || about.v !== 1) problem("export.json: another format");
    const seals = new Map();
    for (const line of lines(text("seals.jsonl"))) {
      const seal = parse(line);
      const { record } = parse(seal.entry);
      if (seals.has(record)) problem(`${record}: twice`);
      seals.set(record, seal);
    }
    const counted = new Map();
    const keys = [];
    const hashes = new Map();
    for (const facet of about.facets) {
      const chain = checkChain(text(`chains/${facet}.jsonl`), facet, about.space, seals, problem);
      for (const [record, entry] of chain.counted) counted.set(record, entry);
      keys.push(...chain.keys.values());
      found.push(chain.head);
      hashes.set(facet, chain.hashes);
    }
    // A chain that is not here at all has none of its heads either.
    for (const { facet, seq, hash } of heads)
      if (hashes.get(facet)?.[seq] !== hash) problem(`${facet}: does not contain the head that was seen (link ${seq})`);
    const named = about.heads.map(({ facet, seq, hash }) => ({ facet, seq, hash }));
    if (canonical(named) !== canonical(found)) problem("export.json: heads differ from the chains");
    for (const { signature, ...head } of about.heads)
      if (!isHeadSigned(about.relay, about.space, head, signature))
        problem(`${head.facet}: the head is not signed by the server`);
    if (relayKey !== undefined && about.relay?.publicKey !== relayKey)
      problem("export.json: another server's key than the one that was given");
    if (text("keys.json") !== `${canonical({ keys })}\n`) problem("keys.json: differs from the chains");
    for (const record of seals.keys()) if (!counted.has(record)) problem(`${record}: is in no chain`);

    const entries = [...counted.values()];
    const decisions = entries.filter(({ type }) => type === "decision");
    const requests = entries.filter(({ type }) => type === "approval");
    const outcomes = new Map(requests.map((request) => [request.record, outcomeOf(request, decisions)]));
    const newest = new Map();
    const isCanceled = ({ record }) => outcomes.get(record).outcome === "canceled";
    const order = (request) => [request.fields.revision, request.seq];
    for (const request of requests) {
      const before = newest.get(request.fields.about);
      // One that was called off speaks only where there is no other.
      const isLater =
        before === undefined ||
        (isCanceled(before) && !isCanceled(request)) ||
        (isCanceled(before) === isCanceled(request) &&
          (order(request)[0] > order(before)[0] ||
            (order(request)[0] === order(before)[0] && order(request)[1] > order(before)[1])));
      if (isLater) newest.set(request.fields.about, request);
    }
    for (const request of requests) {
      const { record, fields } = request;
      if (sha256(fields.subject) !== fields.contentHash) problem(`${record}: content hash`);
      if (!isBound(fields, about.space)) problem(`${record}: its subject is of something else than it says`);
      if (text(`subjects/${record}.json`) !== fields.subject) problem(`${record}: subject file`);
      const currentFile = `current/${record}.json`;
      const current = content.has(currentFile) ? text(currentFile) : undefined;
      if (current !== undefined)
        for (const { id, sha256: hash, format } of parse(current).attachments) {
          const file = content.get(`files/${id}`);
          if (file !== undefined && sha256(file) !== hash) problem(`${record}: file ${id}`);
          else if (file === undefined && sha256(content.get(`documents/${id}.txt`) ?? "") !== hash)
            problem(`${record}: document ${id}`);
          if (format !== undefined && sha256(content.get(`documents/${id}.format.json`) ?? "") !== format)
            problem(`${record}: format of document ${id}`);
        }
      const { outcome, words } = outcomes.get(record);
      const isNewest = newest.get(fields.about) === request;
      const covers = isNewest && outcome === "approved" && current === fields.subject;
      deciders[record] = words.map(deciderOf);
      conclusion.push({ request: record, title: fields.title, revision: fields.revision, outcome, isNewest, covers });
    }
    conclusion.sort((left, right) => (left.request < right.request ? -1 : 1));
    if (text("conclusion.json") !== `${canonical({ conclusion })}\n`)
      problem("conclusion.json: is not what follows from the records");
  } catch (error) {
    problem(`unreadable: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {
    folder,
    valid: problems.length === 0,
    problems,
    heads: found,
    conclusion,
    deciders,
    note: "names (people.json) are not signed",
  };
}

const folders = [];
const heads = [];
let relayKey;
const asked = process.argv.slice(2);
for (let at = 0; at < asked.length; at += 1) {
  if (asked[at] === "--head") {
    const [, facet, seq, hash] = /^([a-z0-9-]+):(\d+):([0-9a-f]*)$/.exec(asked[(at += 1)] ?? "") ?? [];
    if (facet === undefined) {
      console.error("--head takes FACET:SEQ:HASH");
      process.exit(2);
    }
    heads.push({ facet, seq: Number(seq), hash });
  } else if (asked[at] === "--relay") relayKey = asked[(at += 1)];
  else folders.push(asked[at]);
}
if (folders.length === 0) {
  console.error("usage: node verify.mjs FOLDER... [--head FACET:SEQ:HASH]... [--relay KEY]");
  process.exitCode = 2;
}
for (const folder of folders) {
  const result = verifyFolder(folder, heads, relayKey);
  console.log(JSON.stringify(result));
  if (!result.valid) process.exitCode = 1;
}
