// R15, R16: a reader that does not read, and everybody coming back at once; over the real relay as a process.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { newId } from "#shared/model/ids.ts";
import { connectAgain, createFeedReplica } from "./feed-replica.ts";
import type { Target } from "./load.ts";
import { prepareRelay, setUpRelay, type RelayProcess } from "./relay-process.ts";
import { chance, sizes, timeFor } from "./sizes.ts";
import { until } from "../sync/network.ts";

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function openWorld(): Promise<{ relay: RelayProcess; target: Target }> {
  const relay = await prepareRelay(join(mkdtempSync(join(tmpdir(), "drawbridge-network-")), "data"));
  closing.push(() => relay.stop("SIGKILL"));
  await relay.start();
  return { relay, target: { address: relay.address, ...(await setUpRelay(relay.address)) } };
}

test(
  "R15 a reader of 1 kB/s costs at most 4 MB, is dropped to catch-up, and loses nothing",
  { timeout: 90_000 },
  async () => {
    const random = chance("R15");
    const { relay, target } = await openWorld();
    const slow = createFeedReplica(target, random);
    const writer = createFeedReplica(target, random);
    const reader = createFeedReplica(target, random);
    closing.push(() => [slow, writer, reader].forEach((each) => each.disconnect()));
    for (const each of [slow, writer, reader]) await each.connect();
    const metric = async (name: string): Promise<number> => {
      const text = await (await fetch(`${relay.address}/metrics`)).text();
      return Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length + 1) ?? 0,
      );
    };
    const words = (length: number): string => {
      let text = "";
      while (text.length < length) text += random.below(2 ** 31).toString(36);
      return text;
    };
    const meta = () => ({ space: target.space, type: "company", recordId: newId(), facet: "internal" });
    // The kernel's buffers take some megabytes before anybody sees that nobody reads.
    slow.setReading(false);
    const drip = setInterval(() => {
      slow.setReading(true);
      setTimeout(() => slow.setReading(false), 1);
    }, 1_000);
    let written = 0;
    let most = 0;
    while ((await metric('drawbridge_socket_closes_total{code="4503"}')) === 0 && written < 60_000_000) {
      for (let turn = 0; turn < 20; turn += 1)
        writer.edit(meta(), (doc) => doc.getMap("fields").set("w", words(20_000)));
      written += 400_000;
      while (writer.unanswered() > 0) await pause(2);
      // Nobody else waits for the slow one (a replica keeps its last batches back now and then).
      await until(() => reader.docs.size > writer.docs.size - 40, "the others have it");
      most = Math.max(most, await metric("drawbridge_send_queue_bytes"));
    }
    clearInterval(drip);
    expect(await metric('drawbridge_socket_closes_total{code="4503"}'), `after ${written} bytes`).toBe(1);
    process.stdout.write(
      `R15: dropped after ${(written / 1e6).toFixed(1)} MB, at most ${(most / 1e6).toFixed(1)} MB waited\n`,
    );
    // One batch may come on top of what the limit allows.
    expect(most, "what waited for it").toBeLessThan(5 * 1024 * 1024);
    expect(most, "and it was measured").toBeGreaterThan(1024 * 1024);
    slow.disconnect();
    slow.setReading(true);
    await connectAgain(slow);
    await connectAgain(reader);
    expect(slow.docs.size).toBe(writer.docs.size);
    for (const [docId, doc] of writer.docs)
      expect(slow.docs.get(docId)?.getMap("fields").toJSON()).toEqual(doc.getMap("fields").toJSON());
  },
);

test(
  `R16 ${sizes.storm} devices come back at once after a restart: all are in step within 30 s, nothing is lost`,
  { timeout: timeFor(sizes.storm, 0.4) },
  async () => {
    const random = chance("R16");
    const { relay, target } = await openWorld();
    const acked = new Set<string>();
    const devices = Array.from({ length: sizes.storm }, () =>
      createFeedReplica(target, random, { onAcked: (docId) => void acked.add(docId), only: new Set() }),
    );
    closing.push(() => devices.forEach((device) => device.disconnect()));
    for (let start = 0; start < devices.length; start += 50)
      await Promise.all(devices.slice(start, start + 50).map((device) => connectAgain(device)));
    for (const device of devices.slice(0, 50))
      device.edit({ space: target.space, type: "company", recordId: newId(), facet: "internal" }, (doc) =>
        doc.getMap("fields").set("name", "x"),
      );
    await pause(500);
    await relay.stop("SIGKILL");
    for (const device of devices) device.disconnect();
    // While it was away everybody wrote something.
    for (const device of devices)
      device.edit({ space: target.space, type: "company", recordId: newId(), facet: "internal" }, (doc) =>
        doc.getMap("fields").set("name", "y"),
      );
    await relay.start();
    const startedAt = performance.now();
    await Promise.all(devices.map((device) => connectAgain(device)));
    while (devices.some((device) => device.unanswered() > 0) && performance.now() - startedAt < 30_000) await pause(20);
    const took = performance.now() - startedAt;
    process.stdout.write(`R16: ${sizes.storm} devices in step after ${(took / 1000).toFixed(1)} s\n`);
    expect(devices.filter((device) => !device.isOnline() || device.unanswered() > 0)).toHaveLength(0);
    expect(took).toBeLessThan(30_000);
    const fresh = createFeedReplica(target, random);
    await connectAgain(fresh);
    expect([...acked].filter((docId) => fresh.docs.get(docId)?.getMap("fields").has("name") !== true)).toEqual([]);
    expect(acked.size).toBeGreaterThanOrEqual(sizes.storm);
    fresh.disconnect();
  },
);
