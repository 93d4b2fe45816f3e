// Rule S9 at the door itself: a relay takes back links it signed, in their order, from whoever reads them, and nothing else.

import { readFileSync } from "node:fs";
import { createPrivateKey, webcrypto } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { linkText, signHead, type ChainEvent } from "#shared/model/decision-chain.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { newId } from "#shared/model/ids.ts";
import { hashOfSeal, noHead, sealEntry, type ChainHead, type Seal } from "#shared/model/seals.ts";
import { generateKeyPairOf, type KeyPair } from "#shared/model/signatures.ts";
import { CHAIN_KEY_FILE } from "#sync-server/log/chain-key.ts";
import { addMember, openNetwork, setUpOwner, until, type Network } from "./network.ts";
import { signInRaw } from "./raw-feed.ts";
import { callApi, registerKey, requestFields } from "./signing.ts";

let network: Network;
let address: string;
let space: string;
let igor: { readonly id: string; readonly token: string; readonly key: KeyPair };
let carlaToken: string;
let relayKey: Pick<KeyPair, "alg" | "privateKey">;
const facet = "published";

beforeAll(async () => {
  network = await openNetwork();
  const olga = await setUpOwner(network);
  address = olga.link.address;
  const made = await olga.data.edit.createProject({ name: "Clinic roof" });
  if (!made.ok) throw new Error("no project");
  space = made.value.id;
  const { id } = await addMember(network, olga, "Igor", "consultant");
  const carla = await addMember(network, olga, "Carla", "client");
  await until(async () => (await olga.data.people.addToSpace(space, carla.id, "client")).ok, "Carla is in it");
  const token = await signInRaw(address, "igor@northwind.example");
  igor = { id, token, key: await registerKey(address, token, id) };
  carlaToken = await signInRaw(address, "carla@northwind.example");
  const pem = createPrivateKey(readFileSync(join(network.folder, "data", CHAIN_KEY_FILE)));
  const pkcs8 = pem.export({ format: "der", type: "pkcs8" });
  const privateKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, false, ["sign"]);
  relayKey = { alg: "ed25519", privateKey };
}, 60_000);
afterAll(() => network.close());

type Returned = { record: string; body: string; signature: string; seal?: Seal };

/** A chain as the relay wrote it before the restore. */
async function chainOf(
  events: readonly (ChainEvent & { readonly of?: Seal })[],
  key = relayKey,
): Promise<{ readonly links: readonly Returned[]; readonly head: ChainHead }> {
  const links: Returned[] = [];
  let head: ChainHead = noHead;
  for (const { of: seal, ...event } of events) {
    const receivedAt = "2026-05-14T09:14:01.000Z";
    const body = linkText({ v: 1, space, facet, seq: head.seq + 1, prev: head.hash, receivedAt, event });
    head = { seq: head.seq + 1, hash: sha256(body) };
    const signature = await signHead(key, { space, facet, ...head });
    links.push({ record: newId(), body, signature, ...(seal === undefined ? {} : { seal }) });
  }
  return { links, head };
}

const handBack = async (token: string, links: readonly Returned[], into = facet) =>
  callApi(address, token, "POST", `/spaces/${space}/chain`, { facet: into, links });

it("S9: takes back what it signed, where its chain ends, with the records it names; nothing else, and from nobody else", async () => {
  const lost = await generateKeyPairOf("ed25519");
  const registeredAt = "2026-05-14T09:00:00.000Z";
  const introduced = (key: KeyPair): ChainEvent => {
    const { id, alg, publicKey } = key;
    return { kind: "key", key: { id, alg, publicKey, member: igor.id, registeredAt } };
  };
  const record = newId();
  const entry = {
    type: "approval",
    record,
    space,
    facet,
    author: igor.id,
    at: "2026-05-14T09:14:00.000Z",
    basis: noHead,
    fields: requestFields(igor.id, space, [igor.id]),
  };
  const seal = await sealEntry(igor.key, entry);
  const other = await sealEntry(igor.key, { ...entry, at: "2026-05-14T09:15:00.000Z" });
  const named = { record, type: "approval", author: igor.id, key: igor.key.id, seal: hashOfSeal(seal) };
  const events: readonly (ChainEvent & { of?: Seal })[] = [
    introduced(igor.key),
    { kind: "sealed", ...named, of: seal },
    introduced(lost),
    { kind: "revoked", key: lost.id },
  ];
  const { links, head } = await chainOf(events);

  const stranger = await generateKeyPairOf("ed25519");
  const forged = await chainOf(events, stranger);
  const nothing = { status: 200, body: noHead };
  expect(await handBack(carlaToken, forged.links), "signed by somebody else").toEqual(nothing);
  expect(await handBack(carlaToken, links.slice(1)), "without the first one").toEqual(nothing);
  expect(await handBack(carlaToken, links, "client-shared"), "of another facet").toEqual(nothing);
  expect((await handBack(carlaToken, links, "internal")).status, "a facet she does not read").toBe(404);
  expect((await handBack("nobody", links)).status).toBe(401);
  expect((await callApi(address, igor.token, "POST", `/spaces/${newId()}/chain`, { facet, links })).status).toBe(404);
  const [first, second, ...rest] = links;
  if (first === undefined || second === undefined) throw new Error("no links");
  expect((await handBack(carlaToken, [{ ...first, record: "no id!" }])).status).toBe(400);

  // The record that the second one names has to come along, and has to be that one.
  const { seal: _left, ...bare } = second;
  const afterFirst = { status: 200, body: { seq: 1, hash: sha256(first.body) } };
  expect(await handBack(carlaToken, [first, bare, ...rest])).toEqual(afterFirst);
  expect(await handBack(carlaToken, [first, { ...second, seal: other }, ...rest])).toEqual(afterFirst);

  // From Carla, who signed none of it; handed back twice, it is there once.
  expect(await handBack(carlaToken, links)).toEqual({ status: 200, body: head });
  expect(await handBack(igor.token, links)).toEqual({ status: 200, body: head });
  const shown = await callApi(address, carlaToken, "GET", `/records/${record}`);
  expect(shown.body).toMatchObject({ id: record, type: "approval", fields: { title: "M2 Structure" } });

  // A key that ended there has ended, also for a directory that never heard of it.
  const keys = (await callApi(address, igor.token, "GET", "/keys")).body as readonly {
    id: string;
    revokedAt?: string;
  }[];
  expect(keys.find((key) => key.id === lost.id)?.revokedAt).toBe("2026-05-14T09:14:01.000Z");
  expect(keys.find((key) => key.id === igor.key.id)?.revokedAt).toBeUndefined();
});
