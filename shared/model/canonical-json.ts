// Canonical JSON (RFC 8785) and its hash: what is signed, chained and compared is always these bytes, never a Y.Doc's and
// never JSON.stringify's, whose key order differs between replicas that say the same.

import canonicalize from "canonicalize";
import { digest } from "lib0/hash/sha256";
import { assert, err, ok, type Result } from "./result.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Throws on lone surrogates and numbers that are not finite: whoever takes values from outside parses them first. */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  assert(text !== undefined, "JSON values have a canonical form");
  return text;
}

/** An object from its canonical text; any other spelling of the same object is refused, so that one object has one hash. */
export function parseCanonical(text: string): Result<JsonObject, { readonly type: "NotCanonical" }> {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === "object" && value !== null && !Array.isArray(value) && canonicalJson(value) === text)
      return ok(value as JsonObject);
  } catch {
    // Not JSON at all, or nothing that has a canonical form: refused like any other spelling.
  }
  return err({ type: "NotCanonical" });
}

const encoder = new TextEncoder();

export const bytesOfText = (text: string): Uint8Array => encoder.encode(text);

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** SHA-256 in lower-case hex. */
export const sha256 = (content: string | Uint8Array): string =>
  hexOf(digest(typeof content === "string" ? bytesOfText(content) : content));
