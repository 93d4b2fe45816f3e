// Sets merge by member: one entry of a Y.Map each. Yjs keeps the key of an entry that was removed, for ever and for every
// reader, while its value goes with garbage collection; so the member is the value, and the key a digest of it.

import { digest } from "lib0/hash/sha256";
import { toBase64UrlEncoded } from "lib0/buffer";

/** Older documents have `true` under the member's own name. */
export type SetEntry = string | true;

const DIGEST_BYTES = 12;
const utf8 = new TextEncoder();

/** The same on every device; of no use in another document. */
export const memberKey = (docId: string, field: string, member: string): string =>
  `${field}/${toBase64UrlEncoded(digest(utf8.encode(`${docId} ${field} ${member}`)).subarray(0, DIGEST_BYTES))}`;

export const memberOf = (key: string, entry: unknown): string =>
  typeof entry === "string" ? entry : key.slice(key.indexOf("/") + 1);
