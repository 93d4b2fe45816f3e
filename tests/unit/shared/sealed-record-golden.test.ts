// Sealed records as the first version wrote them, byte for byte: a signature, a frame and a link of today have to be those of
// then, or what was signed years ago would not hold any more. The private key in the file was made for it and signs nothing else.

import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import path from "node:path";
import * as Y from "yjs";
import { describe, expect, it } from "vitest";
import { readSealed } from "#shared/doc/sealed-document.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { isHeadSignedBy, linkText, parseLink, signHead, type SignedPlace } from "#shared/model/decision-chain.ts";
import { entryOf, hashOfSeal, isSignedBy, sealEntry, type Seal, type SealedEntry } from "#shared/model/seals.ts";
import { keyIdOf } from "#shared/model/signatures.ts";
import { decodeClientFrame, encodeClientFrame } from "#shared/protocol/frames.ts";

type Golden = {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly keyId: string;
  readonly entry: Omit<SealedEntry, "v" | "alg" | "key">;
  readonly seal: Seal;
  readonly sealHash: string;
  readonly pushFrame: string;
  readonly link: string;
  readonly head: SignedPlace;
  readonly headSignature: string;
};

const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, "sealed-record-v1.json"), "utf8")) as Golden;
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64url"));
const key = { alg: "ed25519", publicKey: golden.publicKey } as const;

describe("S1 S7: the bytes of a sealed record", () => {
  it("are signed today as they were, letter for letter", async () => {
    const privateKey = await webcrypto.subtle.importKey("pkcs8", bytesOf(golden.privateKey), "Ed25519", false, [
      "sign",
    ]);
    expect(keyIdOf(key)).toBe(golden.keyId);
    expect(await sealEntry({ ...key, id: golden.keyId, privateKey }, golden.entry)).toEqual(golden.seal);
    expect(await signHead({ alg: "ed25519", privateKey }, golden.head)).toBe(golden.headSignature);
  });

  it("hold today: signature, hash, link and head", async () => {
    expect(await isSignedBy(golden.seal, key)).toBe(true);
    expect(hashOfSeal(golden.seal)).toBe(golden.sealHash);
    const link = parseLink(golden.link);
    expect(link === undefined ? "" : linkText(link)).toBe(golden.link);
    expect(link?.event).toMatchObject({ kind: "sealed", seal: golden.sealHash });
    expect(sha256(golden.link)).toBe(golden.head.hash);
    expect(await isHeadSignedBy(key, golden.head, golden.headSignature)).toBe(true);
  });

  it("F2: arrive in the frame that carried them", () => {
    const frame = decodeClientFrame(bytesOf(golden.pushFrame));
    if (!frame.ok || frame.value.kind !== "push") throw new Error("no push");
    expect(Buffer.from(encodeClientFrame(frame.value)).toString("base64url")).toBe(golden.pushFrame);
    const doc = new Y.Doc({ guid: frame.value.docId });
    Y.applyUpdate(doc, frame.value.bytes);
    expect(readSealed(doc)?.seal).toEqual(golden.seal);
    expect(entryOf(golden.seal)).toMatchObject(golden.entry);
  });
});
