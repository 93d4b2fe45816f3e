// The export folder, checked by two programs that know nothing of the product: they agree with it and with each other on
// what is valid, and find every mutation. 200 of them here; APPROVAL_MUTATIONS=10000 for the night.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "#shared/model/canonical-json.ts";
import { parseLink, signHead } from "#shared/model/decision-chain.ts";
import { ChainMaker, FACET, keyOf, SPACE, subjectOf } from "#tests/unit/approvals/make-chain.ts";
import { seedFor } from "#tests/seed.ts";
import { openClinic, type Clinic } from "./clinic.ts";
import { synced, until } from "./network.ts";
import { createRandom, type Random } from "./random.ts";

const MUTATIONS = Number(process.env["APPROVAL_MUTATIONS"] ?? 200);
const SEED = seedFor("SEED", "mutations");
const programs = resolve(import.meta.dirname, "../../docs/verify");

type Files = ReadonlyMap<string, Uint8Array>;
type Result = {
  readonly valid: boolean;
  readonly problems: readonly string[];
  readonly heads: readonly { readonly facet: string; readonly seq: number; readonly hash: string }[];
  readonly conclusion: readonly {
    readonly request: string;
    readonly outcome: string;
    readonly covers: boolean;
    readonly revision: number;
  }[];
  readonly deciders: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
};

const scratch = mkdtempSync(join(tmpdir(), "drawbridge-export-"));
let clinic: Clinic;
let files: Files;

function write(name: string, content: Files): string {
  const folder = join(scratch, name);
  for (const [file, bytes] of content) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), bytes);
  }
  return folder;
}

const run = (command: string, program: string, args: readonly string[]): Promise<readonly Result[]> =>
  new Promise((done, failed) => {
    execFile(command, [join(programs, program), ...args], { maxBuffer: 256 * 1024 * 1024 }, (error, output) => {
      // Exit code 1 says that a folder does not hold; anything else is a program that fell over.
      if (error !== null && error.code !== 1) failed(error);
      else
        done(
          output
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Result),
        );
    });
  });

const byNode = (...args: string[]): Promise<readonly Result[]> => run(process.execPath, "verify.mjs", args);
const byPython = (...args: string[]): Promise<readonly Result[]> => run("python3", "verify.py", args);

const withSums = (content: Files): Files => {
  const names = [...content.keys()].filter((name) => name !== "SHA256SUMS").sort();
  const sums = names.map((name) => `${sha256(content.get(name) ?? new Uint8Array())}  ${name}\n`).join("");
  return new Map([...content, ["SHA256SUMS", new TextEncoder().encode(sums)] as const]);
};

async function exported(): Promise<Files> {
  const folder = await clinic.igor.data.approvals.exportFolder(clinic.space);
  if (!folder.ok) throw new Error(folder.error.message);
  return new Map(Object.entries(unzipSync(new Uint8Array(await folder.value.arrayBuffer()))));
}

beforeAll(async () => {
  clinic = await openClinic();
  const { carla, cem, igor, ids } = clinic;
  const scope = await igor.data.edit.create({
    type: "document",
    space: clinic.space,
    audience: "client",
    values: { title: "Scope 2.1", body: "Anchors M12 → M16, naïve façade" },
  });
  if (!scope.ok) throw new Error("no document");
  const plan = await carla.data.files.attach({
    about: clinic.milestone,
    space: clinic.space,
    audience: "client",
    name: "roof-plan.pdf",
    mimeType: "application/pdf",
    bytes: new Uint8Array([0x25, 0x50, 0x44, 0x46, 0, 0xff, 0xfe]),
  });
  if (!plan.ok) throw new Error("no file");
  await until(async () => (await igor.data.query.record(plan.value.id)) !== undefined, "Igor has the plan");
  const first = await clinic.ask([ids.carla, ids.cem], { attachments: [scope.value.id, plan.value.id] });
  await clinic.shows(carla, "pending", "asked", (view) => view.needsMe);
  await carla.data.approvals.decide({ request: first, decision: "approve" });
  await clinic.shows(cem, "pending", "asked", (view) => view.needsMe);
  await cem.data.approvals.decide({ request: first, decision: "requestChanges", reason: "Anchors “M12”, 12.5 mm" });
  await clinic.shows(igor, "changesRequested", "Cem has his say");
  await igor.data.edit.set(clinic.milestone, { targetDate: "2026-06-06" });
  const second = await clinic.ask([ids.carla, ids.cem]);
  await clinic.shows(carla, "pending", "asked again", (view) => view.request.id === second && view.needsMe);
  await carla.data.approvals.decide({ request: second, decision: "approve" });
  await clinic.shows(cem, "pending", "asked again", (view) => view.request.id === second && view.needsMe);
  await cem.data.approvals.decide({ request: second, decision: "approve" });
  await clinic.shows(igor, "approved", "both approve");
  await synced(igor);
  await until(async () => (await igor.data.approvals.heads(clinic.space)).length > 0, "the head is seen");
  files = await exported();
}, 120_000);
afterAll(async () => {
  await clinic.network.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe("the export folder", () => {
  it("holds for both programs, which come to the product's conclusion", async () => {
    const folder = write("valid", files);
    const [node] = await byNode(folder);
    const [python] = await byPython(folder);
    expect(node?.problems).toEqual([]);
    expect(python?.problems).toEqual([]);
    expect(python).toEqual(node);
    const outcomes = node?.conclusion.map(({ revision, outcome, covers }) => ({ revision, outcome, covers }));
    expect(outcomes).toContainEqual({ revision: 1, outcome: "changesRequested", covers: false });
    expect(outcomes).toContainEqual({ revision: 2, outcome: "approved", covers: true });
    const head = (await clinic.igor.data.approvals.heads(clinic.space))[0];
    expect(node?.heads).toEqual([head]);
    const name = [...files.keys()].find((one) => one.startsWith("files/")) ?? "";
    const swapped = write("swapped", withSums(new Map([...files, [name, encode("%PDF of another roof")] as const])));
    for (const check of [byNode, byPython]) expect((await check(swapped))[0]?.problems.join()).toContain(": file ");
  });

  it("T14: changed after the approval, the same programs say that it does not cover it any more", async () => {
    await clinic.igor.data.edit.set(clinic.milestone, { billingAmount: "19,000.00 EUR" });
    const folder = write("changed", await exported());
    for (const [result] of [await byNode(folder), await byPython(folder)]) {
      expect(result?.problems).toEqual([]);
      expect(result?.conclusion.find((one) => one.revision === 2)).toMatchObject({
        outcome: "approved",
        covers: false,
      });
    }
  });

  it("T24: a tail cut off with everything else made to fit is valid by itself, and found with a head that was seen", async () => {
    const cut = await cutTail(files);
    const folder = write("cut", cut);
    const [alone] = await byNode(folder);
    expect(alone?.problems).toEqual([]);
    const [head] = await clinic.igor.data.approvals.heads(clinic.space);
    const seen = `${head?.facet}:${head?.seq}:${head?.hash}`;
    for (const [result] of [await byNode(folder, "--head", seen), await byPython(folder, "--head", seen)])
      expect(result?.problems.join()).toContain("does not contain the head");
  });

  it("T24: a whole chain left out with everything else made to fit is found with a head of it, and a mistyped one too", async () => {
    const folder = write("dropped", withoutChain(files));
    const [alone] = await byNode(folder);
    expect(alone?.problems).toEqual([]);
    const [head] = await clinic.igor.data.approvals.heads(clinic.space);
    const seen = `${head?.facet}:${head?.seq}:${head?.hash}`;
    for (const check of [byNode, byPython]) {
      expect((await check(folder, "--head", seen))[0]?.problems).toEqual([
        `client-shared: does not contain the head that was seen (link ${head?.seq})`,
      ]);
      const mistyped = await check(write("whole", files), "--head", seen.replace("client", "cleint"));
      expect(mistyped[0]?.problems.join()).toContain("cleint-shared: does not contain the head");
    }
  });

  it("says who decided with which key, and when it was received; a swapped name changes nothing of that", async () => {
    const { ids } = clinic;
    const [node] = await byNode(write("deciders", files));
    const approved = node?.conclusion.find((one) => one.outcome === "approved")?.request ?? "";
    const deciders = node?.deciders[approved] ?? [];
    expect(deciders.map(({ member, decision }) => [member, decision])).toEqual([
      [ids.carla, "approve"],
      [ids.cem, "approve"],
    ]);
    const view = await clinic.viewOf(clinic.igor);
    for (const { member, key, receivedAt } of deciders) {
      const signed = view?.decisions.find((one) => one.decidedBy === member && one.request === approved);
      expect(signed).toMatchObject({ keyId: key, delivery: { receivedAt } });
    }
    const people = decode(files.get("people.json")).replace("Carla", "Clara");
    const swapped = write("names", withSums(new Map([...files, ["people.json", encode(people)] as const])));
    for (const check of [byNode, byPython])
      expect((await check(swapped))[0]).toMatchObject({
        valid: true,
        deciders: node?.deciders,
        note: "names (people.json) are not signed",
      });
  });

  it("S7: the head is signed with the key that the relay publishes; without that signature nothing holds", async () => {
    const { relay } = JSON.parse(decode(files.get("export.json"))) as { relay: { publicKey: string } };
    const published = await fetch(`${clinic.igor.link.address}/api/v1/chain-key`);
    expect(await published.json()).toEqual(relay);
    const folder = write("signed", files);
    for (const check of [byNode, byPython]) {
      expect((await check(folder, "--relay", relay.publicKey))[0]?.problems).toEqual([]);
      const foreign = await check(folder, "--relay", "A".repeat(43));
      expect(foreign[0]?.problems.join()).toContain("another server's key");
    }
    const about = decode(files.get("export.json"));
    const unsigned = [
      about.replace(/"signature":"[^"]*"/, '"signature":""'),
      about.replace(/"relay":\{[^}]*\}/, '"relay":null'),
      about.replace(relay.publicKey, "A".repeat(43)),
    ];
    for (const [index, text] of unsigned.entries()) {
      const forged = write(`unsigned-${index}`, withSums(new Map([...files, ["export.json", encode(text)] as const])));
      for (const check of [byNode, byPython])
        expect((await check(forged))[0]?.problems).toEqual(["client-shared: the head is not signed by the server"]);
    }
  });

  it("R32, S8: a request that shows something else than what it is about is found, however well everything is signed", async () => {
    const honest = { about: "d1", title: "Harmless note", subject: subjectOf("d1", "Harmless note") };
    const forgeries = [
      {},
      { about: "m2" },
      { title: "M2 Structure" },
      { subject: subjectOf("d1", honest.title, "s2") },
    ];
    const folders = await Promise.all(
      forgeries.map(async (forged, index) => write(`bound-${index}`, await dishonest({ ...honest, ...forged }))),
    );
    for (const results of [await byNode(...folders), await byPython(...folders)])
      expect(results.map(({ problems }) => problems)).toEqual(
        forgeries.map((_one, index) => (index === 0 ? [] : ["r1: its subject is of something else than it says"])),
      );
  });

  it(
    `R32: ${MUTATIONS} mutations, by hand and with every sum and link made to fit: both programs find every one`,
    async () => {
      console.info(`R32: seed ${SEED}, ${MUTATIONS} mutations`);
      const random = createRandom(SEED);
      for (let start = 0; start < MUTATIONS; start += 50) {
        const folders = Array.from({ length: Math.min(50, MUTATIONS - start) }, (_one, index) =>
          write(`mutant-${start + index}`, mutate(files, random)),
        );
        const [node, python] = await Promise.all([byNode(...folders), byPython(...folders)]);
        expect(node.map((result) => result.valid)).toEqual(folders.map(() => false));
        expect(python.map((result) => result.valid)).toEqual(folders.map(() => false));
        for (const folder of folders) rmSync(folder, { recursive: true });
      }
    },
    60_000 + MUTATIONS * 200,
  );
});

const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The folder of a relay that takes every request and signs everything, as a dishonest operator could make it. */
async function dishonest(request: { about: string; title: string; subject: string }): Promise<Files> {
  const [igor, carla, relay] = [await keyOf(), await keyOf(), await keyOf()];
  const bound = { revision: 1, contentHash: sha256(request.subject) };
  const asks = { approvers: ["carla"], required: 1, order: "together" };
  const chain = new ChainMaker();
  await chain.sealed(igor, "igor", "approval", "r1", { ...bound, ...request, ...asks });
  await chain.sealed(carla, "carla", "decision", "d1", { ...bound, request: "r1", decision: "approve" });
  const head = { facet: FACET, ...chain.head };
  const signature = await signHead(relay, { ...head, space: SPACE });
  const publicKey = { alg: relay.alg, publicKey: relay.publicKey };
  const { title } = request;
  const concluded = { request: "r1", title, revision: 1, outcome: "approved", isNewest: true, covers: true };
  const keys = chain.links.flatMap((link) => {
    const event = parseLink(link)?.event;
    return event?.kind === "key" ? [event.key] : [];
  });
  const about = { format: "drawbridge-approvals", v: 1, space: SPACE, facets: [FACET], relay: publicKey };
  const texts: Readonly<Record<string, string>> = {
    [CHAIN]: chain.links.map((link) => `${link}\n`).join(""),
    "seals.jsonl": [...chain.seals.values()].map((seal) => `${canonicalJson(seal)}\n`).join(""),
    "keys.json": `${canonicalJson({ keys })}\n`,
    "subjects/r1.json": request.subject,
    "current/r1.json": request.subject,
    "conclusion.json": `${canonicalJson({ conclusion: [concluded] })}\n`,
    "export.json": canonicalJson({ ...about, heads: [{ ...head, signature }] }),
  };
  return withSums(new Map(Object.entries(texts).map(([name, text]) => [name, encode(text)])));
}

const CHAIN = "chains/client-shared.jsonl";

/** Without the last decision, and with everything that follows from that made anew: what whoever runs the relay can do. */
async function cutTail(content: Files): Promise<Files> {
  const links = decode(content.get(CHAIN)).trimEnd().split("\n").slice(0, -1);
  const gone = decode(content.get(CHAIN)).trimEnd().split("\n").at(-1) ?? "";
  const record = (JSON.parse(gone) as { event: { record: string } }).event.record;
  const seals = decode(content.get("seals.jsonl"))
    .split("\n")
    .filter((seal) => !seal.includes(`\\"record\\":\\"${record}\\"`));
  const hash = sha256(links.at(-1) ?? "");
  // Every head was signed when it was one.
  const rows = (await clinic.igor.data.query.records({ type: "chainEntry", space: clinic.space, limit: 100 })).rows;
  const isHead = (body: unknown): boolean => typeof body === "string" && sha256(body) === hash;
  const signature = rows.find((row) => isHead(row.fields["body"]))?.fields["signature"] ?? "";
  const head = { facet: "client-shared", hash, seq: links.length, signature };
  const about = decode(content.get("export.json")).replace(/"heads":\[[^\]]*\]/, `"heads":[${JSON.stringify(head)}]`);
  const conclusion = decode(content.get("conclusion.json"))
    .replace('"covers":true', '"covers":false')
    .replace('"outcome":"approved"', '"outcome":"pending"');
  return withSums(
    new Map([
      ...content,
      [CHAIN, encode(links.map((link) => `${link}\n`).join(""))] as const,
      ["seals.jsonl", encode(seals.join("\n"))] as const,
      ["export.json", encode(about)] as const,
      ["conclusion.json", encode(conclusion)] as const,
    ]),
  );
}

/** The folder of somebody who leaves out a facet: its chain, its records and all that follows from them. */
function withoutChain(content: Files): Files {
  const about = decode(content.get("export.json"))
    .replace(/"facets":\[[^\]]*\]/, '"facets":[]')
    .replace(/"heads":\[[^\]]*\]/, '"heads":[]');
  const kept = [...content].filter(([name]) => !/^(chains|subjects|current|documents|files)\//.test(name));
  return withSums(
    new Map([
      ...kept,
      ["seals.jsonl", encode("")] as const,
      ["keys.json", encode('{"keys":[]}\n')] as const,
      ["conclusion.json", encode('{"conclusion":[]}\n')] as const,
      ["export.json", encode(about)] as const,
    ]),
  );
}

/** Files in which nothing can change unseen, even when all sums are made to fit. */
const bound = [CHAIN, "seals.jsonl", "keys.json", "conclusion.json"];

function mutate(content: Files, random: Random): Files {
  const names = [...content.keys()];
  const way = random.below(6);
  if (way === 0) {
    const name = random.pick(names);
    return new Map(
      names.filter((one) => one !== name).map((one) => [one, content.get(one) ?? new Uint8Array()] as const),
    );
  }
  if (way === 1) return new Map([...content, [`extra-${random.below(1_000)}.txt`, encode("more")] as const]);
  const isRefit = way >= 4;
  const name = isRefit ? random.pick(bound) : random.pick(names);
  const before = content.get(name) ?? new Uint8Array();
  const changed = way === 2 ? flipped(before, random) : edited(decode(before), random);
  const mutated = new Map([...content, [name, changed] as const]);
  return isRefit ? withSums(mutated) : mutated;
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  if (copy.length === 0) return encode("x");
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}

/** A line dropped, doubled or moved, a digit or a letter changed, or the end cut off. */
function edited(text: string, random: Random): Uint8Array {
  const lines = text.trimEnd().split("\n");
  const at = random.below(lines.length);
  const line = lines[at] ?? "";
  switch (random.below(5)) {
    case 0:
      return encode(
        lines
          .toSpliced(at, 1)
          .map((one) => `${one}\n`)
          .join("") || "\n",
      );
    case 1:
      return encode([...lines, line].map((one) => `${one}\n`).join(""));
    case 2:
      return encode(text.slice(0, random.below(Math.max(1, text.length - 1))));
    case 3: {
      const digits = [...line.matchAll(/[0-9a-f]/g)];
      const found = digits.length === 0 ? undefined : random.pick(digits);
      const place = found?.index ?? 0;
      const other = found?.[0] === "0" ? "1" : "0";
      lines[at] = line.slice(0, place) + other + line.slice(place + 1);
      return encode(`${lines.join("\n")}\n`);
    }
    default:
      lines[at] = `${line} `;
      return encode(`${lines.join("\n")}\n`);
  }
}
