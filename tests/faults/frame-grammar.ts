// Frames as a hostile client would make them: by the grammar of the wire with odd values in every place, and by mutating what
// was well-formed. Everything comes from one seed.

import * as Y from "yjs";
import { docIdOf } from "#shared/model/ids.ts";
import { encodeClientFrame, type DocumentMeta } from "#shared/protocol/frames.ts";
import { awarenessMessage, syncMessage } from "#sync-server/gateways/live-messages.ts";
import { nestedAny, nestedMaps, parkedPoison, poison } from "../unit/pipe/hostile-updates.ts";
import type { Random } from "../sync/random.ts";

/** Documents there are, and spaces. */
export type Known = { readonly docIds: readonly string[]; readonly metas: readonly DocumentMeta[] };

const oddNumbers = [0, 1, 2, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53 - 1];
const oddTexts = [
  "",
  "x",
  "__proto__",
  "../..",
  "a".repeat(300),
  "r1.",
  ".internal",
  "r1.presence",
  "\u0000",
  "😀",
  "null",
];

const number = (random: Random): number => (random.chance(0.5) ? random.below(100) : random.pick(oddNumbers));
const text = (random: Random): string =>
  random.chance(0.7) ? random.pick(oddTexts) : random.below(2 ** 31).toString(36);
const noise = (random: Random, most: number): Uint8Array =>
  Uint8Array.from({ length: random.below(most) }, () => random.below(256));

/** Varints as no encoder would write them. */
const endlessVarint = (random: Random): Uint8Array => new Uint8Array(random.below(12) + 1).fill(0xff);

function validUpdate(random: Random): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = random.below(2 ** 32);
  doc.transact(() => {
    for (let times = random.below(4) + 1; times > 0; times -= 1) {
      const dice = random.below(4);
      if (dice === 0)
        doc
          .getMap("fields")
          .set(text(random).slice(0, 20) || "name", random.chance(0.5) ? text(random) : number(random));
      else if (dice === 1)
        doc.getArray("changes").push([{ id: text(random), at: text(random), by: "ana", kind: "changed" }]);
      else if (dice === 2) doc.getText("text/description").insert(0, text(random));
      else doc.getXmlFragment("rich/body").insert(0, [new Y.XmlElement("paragraph")]);
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = [...bytes];
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const place = random.below(copy.length + 1);
    const dice = random.below(10);
    if (dice < 5 && copy.length > 0) copy[Math.min(place, copy.length - 1)] = random.below(256);
    else if (dice < 7) copy.splice(place, 1 + random.below(4));
    else if (dice < 9) copy.splice(place, 0, ...noise(random, 5));
    else copy.splice(place, 0, ...endlessVarint(random));
  }
  return Uint8Array.from(copy);
}

export function updateBytes(random: Random): Uint8Array {
  const dice = random.below(20);
  if (dice < 8) return validUpdate(random);
  if (dice < 15) return mutate(validUpdate(random), random);
  if (dice < 17) return noise(random, 60);
  if (dice === 17) return poison();
  if (dice === 18) return parkedPoison(random.below(2 ** 31), random.below(50));
  return random.chance(0.5) ? nestedMaps(1 + random.below(40)) : nestedAny(1 + random.below(40));
}

const metaOf = (random: Random, known: Known): DocumentMeta =>
  random.chance(0.8)
    ? random.pick(known.metas)
    : {
        space: random.chance(0.5) ? random.pick(known.metas).space : text(random),
        type: random.chance(0.7) ? "company" : text(random),
        recordId: text(random),
        facet: random.chance(0.7) ? random.pick(["internal", "published", "shared", "client-shared"]) : text(random),
      };

export function feedFrame(random: Random, known: Known): Uint8Array {
  const dice = random.below(100);
  if (dice < 5) return noise(random, 40);
  if (dice < 8) return encodeClientFrame({ kind: random.chance(0.5) ? "ping" : "pong" });
  if (dice < 14) {
    const cursors = new Map(Array.from({ length: random.below(4) }, () => [text(random), number(random)] as const));
    return encodeClientFrame({
      kind: "hello",
      protocol: random.below(4),
      deviceId: text(random),
      logId: text(random),
      cursors,
    });
  }
  const meta = metaOf(random, known);
  const docId = random.chance(0.8)
    ? docIdOf(meta.recordId, meta.facet)
    : random.chance(0.7)
      ? random.pick(known.docIds)
      : text(random);
  const push = encodeClientFrame({
    kind: "push",
    n: number(random),
    docId,
    bytes: updateBytes(random),
    ...(random.chance(0.6) ? { meta } : {}),
  });
  return dice < 65 ? push : mutate(push, random);
}

export function liveMessage(random: Random): Uint8Array {
  const dice = random.below(100);
  if (dice < 5) return noise(random, 40);
  const kind = random.pick(["step1", "step2", "update"] as const);
  const bytes =
    kind === "step1" && random.chance(0.5) ? Y.encodeStateVectorFromUpdate(validUpdate(random)) : updateBytes(random);
  const message = syncMessage(kind, bytes);
  return dice < 50 ? message : mutate(message, random);
}

export function awarenessFrame(random: Random): Uint8Array {
  const states = [
    "null",
    "{}",
    '{"user":{"name":"CEO","email":"ceo@example.com"}}',
    "[]",
    "1",
    '"x"',
    "{",
    `{"a":"${"b".repeat(2_000)}"}`,
  ];
  const message = awarenessMessage(
    Array.from({ length: random.below(6) }, () => ({
      clientId: number(random),
      clock: number(random),
      json: random.chance(0.8) ? random.pick(states) : text(random),
    })),
  );
  return random.chance(0.5) ? message : mutate(message, random);
}
