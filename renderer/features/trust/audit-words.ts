// What the particulars of an audit entry are called. The audit keeps short words that never change; people read these.

import { findRecordType } from "#shared/record-types/index.ts";
import type { SignatureAlgorithm } from "#shared/model/signatures.ts";

type Value = string | number | boolean;

const labels: Readonly<Record<string, string>> = {
  alg: "signs with",
  over: "came over",
  why: "because",
  times: "so many times",
  before: "was",
  request: "answers request",
  records: "records erased",
  format: "as",
  what: "of",
  as: "seen as",
  teamHours: "hours for the team",
  outsideHours: "hours for people from outside",
};

const algorithms: Readonly<Record<SignatureAlgorithm, string>> = { ed25519: "Ed25519", p256: "ECDSA P-256" };

const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  alg: algorithms,
  over: {
    feed: "the sync of a device",
    live: "a document that was open",
    api: "the HTTP API",
    gate: "the check of changes from outside",
  },
  why: {
    unknown: "there is no such link",
    wrongPerson: "it is for somebody else",
    accepted: "it was used before",
    cancelled: "it was cancelled",
    expired: "its time was over",
  },
  format: { csv: "CSV", json: "JSON", jsonl: "JSON lines" },
};

/** `wordsOf` turns what is left, ids and personas, into names. */
export function particularOf(name: string, value: Value, wordsOf: (text: string) => string): string {
  const said =
    typeof value === "boolean"
      ? value
        ? "yes"
        : "no"
      : name === "type"
        ? (findRecordType(String(value))?.label.many ?? String(value))
        : (values[name]?.[String(value)] ?? wordsOf(String(value)));
  return `${labels[name] ?? name}: ${said}`;
}
