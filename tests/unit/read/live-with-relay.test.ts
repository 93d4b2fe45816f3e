// Live documents on the real relay, over the whole pipe: feed and live connection carry the same words, through cuts and
// deaf networks, and in the end every device and the relay hold the same text with nothing left to send.

import "fake-indexeddb/auto";
import { afterEach, describe, expect, test } from "vitest";
import type { LiveDocument } from "#renderer/data/types.ts";
import { addMember, networkOfTest, setUpOwner, synced, until, type Device } from "#tests/sync/network.ts";
import { shownIn, typeInto, wordsOf } from "./typing.ts";

const documents: LiveDocument[] = [];

afterEach(async () => {
  for (const document of documents.splice(0)) await document.close();
});

async function openText(device: Device, id: string): Promise<LiveDocument> {
  await until(async () => (await device.data.query.record(id)) !== undefined, "the document arrives");
  const opened = await device.data.live.open(id, "body");
  if (!opened.ok) throw new Error(opened.error.message);
  documents.push(opened.value);
  return opened.value;
}

async function coEditing(): Promise<{
  olga: Device;
  ana: Device;
  igor: Device;
  space: string;
  a: LiveDocument;
  b: LiveDocument;
  id: string;
}> {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const { device: ana } = await addMember(network, olga, "Ana", "consultant");
  const { device: igor } = await addMember(network, olga, "Igor", "consultant");
  const project = await ana.data.edit.createProject({ name: "Harbour lights" });
  if (!project.ok) throw new Error(JSON.stringify(project.error));
  const space = project.value.id;
  const document = await ana.data.edit.create({ type: "document", space, values: { title: "Minutes" } });
  if (!document.ok) throw new Error(JSON.stringify(document.error));
  const id = document.value.id;
  // Opened at once, before the relay has heard of it.
  const a = await openText(ana, id);
  const b = await openText(igor, id);
  await bothLive(a, b);
  return { olga, ana, igor, space, a, b, id };
}

const bothLive = (a: LiveDocument, b: LiveDocument): Promise<void> =>
  until(() => a.connection() === "live" && b.connection() === "live", "both are live", 20_000);

describe("live documents on the relay", () => {
  test("V1 V2 V3: two people type in one paragraph, the row follows, both outboxes are empty", async () => {
    const { ana, igor, a, b, id } = await coEditing();
    typeInto(a, 0, "Hello");
    await until(() => shownIn(b) === "Hello", "Igor sees Ana's word");
    for (const letter of " there") typeInto(b, shownIn(b).length, letter);
    wordsOf(a).delete(0, 1);
    await until(() => shownIn(a) === "ello there" && shownIn(b) === "ello there", "both see both");
    await Promise.all([synced(ana), synced(igor)]);
    await until(async () => (await igor.data.query.record(id))?.fields["body"] === "ello there", "the row follows");
  });

  test("offline and deaf: both go on writing, and are equal afterwards", async () => {
    const { ana, igor, a, b } = await coEditing();
    typeInto(a, 0, "one two");
    await until(() => shownIn(b) === "one two", "Igor sees it");
    igor.link.setOn(false);
    ana.link.setDeaf(true);
    await until(() => b.connection() === "local", "Igor's document is local");
    typeInto(b, 3, " and a half");
    typeInto(a, 7, " three");
    wordsOf(a).delete(0, 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([(await ana.data.sync.pending()).length, (await igor.data.sync.pending()).length]).toEqual([1, 1]);
    ana.link.setDeaf(false);
    ana.link.cut();
    igor.link.setOn(true);
    igor.data.sync.syncNow();
    const whole = "ne and a half two three";
    await until(() => shownIn(a) === whole && shownIn(b) === whole, "both are equal", 30_000);
    await Promise.all([synced(ana), synced(igor)]);
  }, 60_000);

  test("seeded typing through cuts: nothing is lost, nothing is left to send", async () => {
    const seed = 20_261_123;
    const { olga, ana, igor, a, b, id } = await coEditing();
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    typeInto(a, 0, "start ");
    await until(() => shownIn(b) === "start ", "the paragraph exists once");
    for (let round = 0; round < 120; round += 1) {
      const document = random(2) === 0 ? a : b;
      const { length } = shownIn(document);
      if (random(4) === 0 && length > 3) wordsOf(document).delete(random(length - 2), 1 + random(2));
      else typeInto(document, random(length + 1), String.fromCodePoint(97 + random(26)));
      if (round % 30 === 12) (random(2) === 0 ? ana : igor).link.cut();
      if (random(3) === 0) await new Promise((resolve) => setTimeout(resolve, random(30)));
    }
    await until(() => shownIn(a) === shownIn(b), `seed ${seed}: both show the same`, 30_000);
    await Promise.all([synced(ana), synced(igor)]);
    await until(
      async () => (await ana.data.query.record(id))?.fields["body"] === shownIn(a).trim(),
      `seed ${seed}: the row follows`,
    );
    // A third reader gets from the relay what the two see.
    await synced(olga);
    const late = await openText(olga, id);
    await until(() => shownIn(late) === shownIn(a), `seed ${seed}: Olga reads the same`);
  }, 60_000);

  test("V5 V6: people of a space see one another and leave", async () => {
    const { ana, igor, space } = await coEditing();
    const here = ana.data.live.joinSpace(space, "documents");
    const there = igor.data.live.joinSpace(space, "tasks");
    await until(
      () => here.people()[0]?.page === "tasks" && there.people()[0]?.page === "documents",
      "both see the other",
    );
    expect(here.people().map(({ name, persona }) => ({ name, persona }))).toEqual([
      { name: "Igor", persona: "consultant" },
    ]);
    there.leave();
    await until(() => here.people().length === 0, "Igor left");
    here.leave();
  });
});
