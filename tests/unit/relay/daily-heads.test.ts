// Heads of approval chains by mail: once a day, what is new, to both parties and only what each may read.

import { expect, it } from "vitest";
import type { SpaceHead } from "#shared/protocol/frames.ts";
import { mailHeadsDaily } from "#sync-server/mail/daily-heads.ts";
import type { Mail } from "#sync-server/mail/mailer.ts";
import type { MailedHeads } from "#sync-server/storage/storage.ts";

const HOUR = 3_600_000;

it("T24: mails heads once a day to both parties, each only what they read, and again what a mail server did not take", async () => {
  let now = 100 * 24 * HOUR;
  let kept: MailedHeads | undefined;
  let isUp = true;
  let refused = "";
  let heads: readonly SpaceHead[] = [
    { facet: "client-shared", seq: 3, hash: "aaa" },
    { facet: "internal", seq: 9, hash: "bbb" },
  ];
  const mails: Mail[] = [];
  const daily = mailHeadsDaily({
    mailer: {
      send: async (mail) => {
        const isTaken = isUp && mail.to !== refused;
        if (isTaken) mails.push(mail);
        return isTaken;
      },
    },
    storage: { mailedHeads: () => kept, saveMailedHeads: async (mailed) => void (kept = mailed) },
    spaces: {
      ids: () => ["roof"],
      nameOf: () => "Clinic roof",
      membersOf: () => [
        { id: "olga", name: "Olga", persona: "owner" },
        { id: "igor", name: "Igor", persona: "consultant" },
        { id: "carla", name: "Carla", persona: "client" },
      ],
      headsOf: () => heads,
    },
    emailOf: (id) => `${id}@example.com`,
    organization: () => "Northwind Build",
    now: () => now,
    onProblem: (error) => {
      throw error;
    },
  });
  await daily.close();
  const sent = () =>
    mails.splice(0).map(({ to, text }) => [to, text.split("\n").filter((line) => line.includes(", link "))]);
  const [internal, client] = ["  internal, link 9: bbb", "  client-shared, link 3: aaa"];
  expect(sent()).toEqual([
    ["olga@example.com", [client, internal]],
    ["carla@example.com", [client]],
  ]);
  now += 23 * HOUR;
  heads = [{ facet: "client-shared", seq: 4, hash: "ccc" }, ...heads.slice(1)];
  await daily.look();
  expect(sent()).toEqual([]);
  now += HOUR;
  isUp = false;
  await daily.look();
  isUp = true;
  await daily.look();
  const news = "  client-shared, link 4: ccc";
  expect(sent()).toEqual([
    ["olga@example.com", [news]],
    ["carla@example.com", [news]],
  ]);
  now += 24 * HOUR;
  await daily.look();
  expect(sent()).toEqual([]);

  // An address that is not taken costs nobody else a second mail.
  now += 24 * HOUR;
  refused = "carla@example.com";
  heads = [{ facet: "client-shared", seq: 5, hash: "ddd" }, ...heads.slice(1)];
  await daily.look();
  await daily.look();
  expect(sent()).toEqual([["olga@example.com", ["  client-shared, link 5: ddd"]]]);
});
