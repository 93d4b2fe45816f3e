// What a device makes of a chain of decisions, honest or not (PROTOCOL.md, rule S6; threats T13, T19, T23, T24).

import { describe, expect, it } from "vitest";
import { sha256 } from "#shared/model/canonical-json.ts";
import {
  checkChain,
  linkText,
  parseLink,
  signHead,
  type ChainAlarm,
  type ChainLink,
} from "#shared/model/decision-chain.ts";
import { sealEntry } from "#shared/model/seals.ts";
import { createRandom } from "#tests/sync/random.ts";
import { ChainMaker, FACET, keyOf, makeChain, SPACE, subjectOf } from "./make-chain.ts";

const kinds = (alarms: readonly ChainAlarm[]): string[] => [...new Set(alarms.map((alarm) => alarm.kind))].sort();

/** Links anew from `from` on, hashes recomputed: what somebody who owns the relay can do. */
function relink(links: readonly string[], change: (link: ChainLink, index: number) => ChainLink | undefined): string[] {
  let [seq, prev] = [0, ""];
  return links.flatMap((text, index) => {
    const link = parseLink(text);
    const changed = link === undefined ? undefined : change(link, index);
    if (changed === undefined) return [];
    seq += 1;
    const linked = linkText({ ...changed, seq, prev });
    prev = sha256(linked);
    return [linked];
  });
}

describe("an honest chain", () => {
  it("S6: lets every sealed record count, whatever the order in which it came", async () => {
    const { chain } = await makeChain();
    const report = await checkChain(chain.input({ links: [...chain.links.toReversed(), ...chain.links] }));
    expect(report.alarms).toEqual([]);
    expect(report.head).toEqual(chain.head);
    expect([...report.verdicts.values()].map((verdict) => verdict.counts)).toEqual([true, true, true]);
    expect(report.keys.map((key) => key.member)).toEqual(["igor", "carla", "cem"]);
  });

  it("S8: a request that shows something else than what it is about does not count, and is an alarm, signed or not", async () => {
    const igor = await keyOf();
    const subject = subjectOf("d1", "Harmless note");
    const honest = { subject, about: "d1", title: "Harmless note", contentHash: sha256(subject) };
    const forgeries = [{ about: "m2" }, { title: "M2 Structure" }, { subject: subjectOf("d1", "Harmless note", "s2") }];
    for (const [index, forged] of [{}, ...forgeries].entries()) {
      const chain = new ChainMaker();
      await chain.sealed(igor, "igor", "approval", "r1", { ...honest, ...forged });
      const { verdicts, alarms } = await checkChain(chain.input());
      const counts = { counts: false, problem: "otherSubject" };
      expect(verdicts.get("r1")).toMatchObject(index === 0 ? { counts: true } : counts);
      expect(alarms).toEqual(index === 0 ? [] : [{ kind: "otherSubject", seq: 2, record: "r1" }]);
    }
  });

  it("S6: a record that the relay has not chained waits, and counts for nobody yet", async () => {
    const { chain, carla } = await makeChain();
    const entry = {
      type: "decision",
      record: "d9",
      space: SPACE,
      facet: FACET,
      author: "carla",
      at: "",
      basis: chain.head,
      fields: {},
    };
    const seals = new Map([...chain.seals, ["d9", await sealEntry(carla, entry)] as const]);
    const report = await checkChain(chain.input({ seals }));
    expect(report.verdicts.get("d9")).toEqual({ counts: false, problem: "waiting" });
    expect(report.alarms).toEqual([]);
  });

  it("S6: what a revoked key signed before counts, what it signed after does not", async () => {
    const { chain, carla } = await makeChain();
    chain.add({ kind: "revoked", key: carla.id });
    await chain.sealed(carla, "carla", "decision", "d3", { decision: "withdraw" });
    const report = await checkChain(chain.input());
    expect(report.verdicts.get("d1")?.counts).toBe(true);
    expect(report.verdicts.get("d3")).toEqual({ counts: false, problem: "revokedKey" });
    expect(kinds(report.alarms)).toEqual(["forged"]);
  });
  it("T23: another key under the id of a known one, brought in before or after it, signs nothing in its name", async () => {
    for (const isFirst of [false, true]) {
      const [carla, mallory] = [await keyOf(), await keyOf()];
      const chain = new ChainMaker();
      const forged = { ...mallory, id: carla.id };
      const { id, alg, publicKey } = forged;
      const under = { id, alg, publicKey, member: "carla", registeredAt: "2026-05-01T08:00:00.000Z" };
      if (isFirst) chain.add({ kind: "key", key: under });
      chain.introduce(carla, "carla");
      if (!isFirst) chain.add({ kind: "key", key: under });
      await chain.sealed(forged, "carla", "decision", "d1", { decision: "approve" });
      await chain.sealed(carla, "carla", "decision", "d2", { decision: "reject" });
      const report = await checkChain(chain.input({ holding: new Set() }));
      expect(report.verdicts.get("d1")).toEqual({ counts: false, problem: "badSignature" });
      expect(report.verdicts.get("d2")?.counts).toBe(true);
      expect(kinds(report.alarms)).toEqual(["forged"]);
    }
  });
});

describe("the relay's signature of the head", () => {
  it("S7: holds for the whole chain, and for no other head, place or key", async () => {
    const { chain } = await makeChain();
    const [relay, other] = [await keyOf(), await keyOf()];
    const head = { space: SPACE, facet: FACET, ...chain.head };
    const signature = await signHead(relay, head);
    const alarmsWith = async (signed: string, key = relay): Promise<string[]> =>
      kinds((await checkChain(chain.input({ relay: key, signatures: new Map([[chain.head.hash, signed]]) }))).alarms);
    expect(await alarmsWith(signature)).toEqual([]);
    expect(await alarmsWith(signature, other)).toEqual(["unsigned"]);
    expect(await alarmsWith("")).toEqual(["unsigned"]);
    for (const wrong of [{ facet: "internal" }, { space: "s2" }, { seq: chain.head.seq - 1 }, { hash: sha256("x") }])
      expect(await alarmsWith(await signHead(relay, { ...head, ...wrong }))).toEqual(["unsigned"]);
  });

  it("S7 T19: a chain rebuilt by somebody with the database is found, also by who has seen nothing yet", async () => {
    const { chain } = await makeChain();
    const relay = await keyOf();
    const signatures = new Map<string, string>();
    for (const [index, text] of chain.links.entries()) {
      const hash = sha256(text);
      signatures.set(hash, await signHead(relay, { space: SPACE, facet: FACET, seq: index + 1, hash }));
    }
    const own = await keyOf();
    for (let at = 0; at < chain.links.length; at += 1) {
      const links = relink(chain.links, (link, index) => {
        if (index !== at) return link;
        return { ...link, event: { kind: "revoked", key: own.id } };
      });
      expect(kinds((await checkChain(chain.input({ links, relay, signatures }))).alarms)).toContain("unsigned");
    }
    // An earlier head is signed as well: a dropped tail is for those to find who saw more, or hold what was in it.
    const cut = await checkChain(
      chain.input({ links: chain.links.slice(0, 4), relay, signatures, witnessed: chain.head }),
    );
    expect(kinds(cut.alarms)).toEqual(["regressed"]);
  });
});

describe("a dishonest one", () => {
  it("T13: an approval that somebody else signed does not count", async () => {
    const { chain, cem } = await makeChain();
    await chain.sealed(cem, "carla", "decision", "d3", { decision: "approve" });
    const report = await checkChain(chain.input());
    expect(report.verdicts.get("d3")).toEqual({ counts: false, problem: "notTheSigner" });
    expect(kinds(report.alarms)).toEqual(["forged"]);
  });

  it("T14: an approval of one content does not hold for another, however the relay re-links it", async () => {
    const { chain } = await makeChain();
    const seal = chain.seals.get("d1");
    if (seal === undefined) throw new Error("Carla approved");
    const moved = { ...seal, entry: seal.entry.replace('"revision":1', '"revision":2') };
    const seals = new Map([...chain.seals, ["d1", moved] as const]);
    expect((await checkChain(chain.input({ seals }))).verdicts.get("d1")).toEqual({
      counts: false,
      problem: "altered",
    });
    const forging = new ChainMaker();
    for (const text of chain.links) {
      const event = parseLink(text)?.event;
      if (event?.kind === "key") forging.add(event);
      else if (event?.kind === "sealed") {
        const own = event.record === "d1" ? moved : chain.seals.get(event.record);
        if (own !== undefined) forging.chain(own, event, { id: event.key } as Parameters<ChainMaker["chain"]>[2]);
      }
    }
    const report = await checkChain(forging.input());
    expect(report.verdicts.get("d1")).toEqual({ counts: false, problem: "badSignature" });
    expect(kinds(report.alarms)).toContain("forged");
  });

  it("T19: editing, deleting, truncating, re-linking or inserting at 1,000 random points is always noticed", async () => {
    const { chain } = await makeChain();
    const seed = Number(process.env["SEED"] ?? 19);
    console.info(`T19: seed ${seed}`);
    const random = createRandom(seed);
    const pick = (most: number): number => random.below(most);
    const witnessed = chain.head;
    for (let round = 0; round < 1_000; round += 1) {
      const links = [...chain.links];
      const at = pick(links.length);
      const way = pick(5);
      const text = links[at] ?? "";
      const place = pick(text.length);
      if (way === 0)
        links[at] = text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ 1) + text.slice(place + 1);
      else if (way === 1) links.splice(at, 1);
      else if (way === 2) links.length = at;
      else if (way === 3)
        links.splice(
          0,
          links.length,
          ...relink(links, (link, index) =>
            index === at ? { ...link, receivedAt: "2020-01-01T00:00:00.000Z" } : link,
          ),
        );
      else
        links.push(
          linkText({
            v: 1,
            space: SPACE,
            facet: FACET,
            seq: at + 1,
            prev: "0",
            receivedAt: "x",
            event: { kind: "revoked", key: "k" },
          }),
        );
      const report = await checkChain(chain.input({ links, witnessed }));
      expect(report.alarms.length, `round ${round}, way ${way} at ${at}`).toBeGreaterThan(0);
    }
  });

  it("T23: a relay that enrols a key of its own for somebody and rebuilds the chain is caught by a head that was seen", async () => {
    const { chain, igor } = await makeChain();
    const own = await keyOf();
    const forging = new ChainMaker();
    const request = chain.seals.get("r1");
    forging.introduce(igor, "igor");
    if (request !== undefined) forging.chain(request, { record: "r1", type: "approval", author: "igor" }, igor);
    await forging.sealed(own, "carla", "decision", "d1", { decision: "approve" });
    const blind = await checkChain(forging.input());
    expect(blind.alarms).toEqual([]);
    // A device that never saw the real chain sees a key for Carla that nobody confirmed.
    expect(blind.keys.some((key) => key.member === "carla" && key.id === own.id)).toBe(true);
    const seeing = await checkChain(forging.input({ witnessed: chain.head }));
    expect(kinds(seeing.alarms)).toContain("regressed");
    const longer = await checkChain(forging.input({ witnessed: { seq: 3, hash: sha256("another") } }));
    expect(kinds(longer.alarms)).toEqual(["forked"]);
  });

  it("T24: dropping the tail, rolling back and forking are alarms for whoever saw more", async () => {
    const { chain } = await makeChain();
    const shorter = chain.links.slice(0, 4);
    const before = { seq: 4, hash: sha256(shorter[3] ?? "") };
    const dropped = await checkChain(chain.input({ links: shorter, witnessed: chain.head, announced: before }));
    expect(kinds(dropped.alarms)).toContain("regressed");
    const forked = relink(chain.links, (link, index) =>
      index === 5 ? { ...link, receivedAt: "2026-05-15T00:00:00.000Z" } : link,
    );
    expect(kinds((await checkChain(chain.input({ links: forked, witnessed: chain.head }))).alarms)).toEqual(["forked"]);
    expect(kinds((await checkChain(chain.input({ links: [...chain.links, ...forked] }))).alarms)).toEqual(["forked"]);
    expect((await checkChain(chain.input({ links: [], witnessed: chain.head }))).alarms).not.toEqual([]);
  });

  it("T24: two who were shown different histories learn of it with the first thing one of them signs", async () => {
    const { chain, carla } = await makeChain();
    const fork = new ChainMaker();
    fork.links.push(
      ...relink(chain.links, (link, index) =>
        index === 5 ? { ...link, receivedAt: "2026-05-15T00:00:00.000Z" } : link,
      ),
    );
    for (const [record, seal] of chain.seals) fork.seals.set(record, seal);
    fork.head = { seq: 6, hash: sha256(fork.links.at(-1) ?? "") };
    fork.add({ kind: "revoked", key: "nobody's" });
    // Carla signs with the head she was shown; the relay chains it into the history it shows Igor.
    const entry = {
      type: "decision",
      record: "d7",
      space: SPACE,
      facet: FACET,
      author: "carla",
      at: "",
      basis: chain.head,
      fields: { decision: "withdraw" },
    };
    fork.chain(await sealEntry(carla, entry), entry, carla);
    const report = await checkChain(fork.input());
    expect(report.alarms).toEqual([{ kind: "otherHead", seq: 8, record: "d7" }]);
  });
});
