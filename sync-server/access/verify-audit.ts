// Does the audit still say what was written into it? The chain shows every change inside it; what was cut off its end shows
// only against a head that was remembered outside the table.

import type { AuditHead, AuditRow } from "#sync-server/storage/storage.ts";
import { AUDIT_ROOT, auditHash } from "./audit-trail.ts";

export type AuditProblem = {
  readonly type: "Changed" | "Gap" | "CutOff" | "Replaced";
  /** Where it shows first. */
  readonly seq: number;
  readonly message: string;
};

export type AuditReport = {
  readonly rows: number;
  readonly head: AuditHead;
  /** Empty: every row stands as it was written, and no row before a remembered head is missing. */
  readonly problems: readonly AuditProblem[];
};

/** What the audit of a data folder gives to be verified: the rows ascending, and the head the folder remembers. */
export type AuditToVerify = {
  readonly rows: Iterable<AuditRow>;
  readonly rememberedHead: AuditHead | undefined;
};

/**
 * Follows the chain and compares it with every head that somebody remembers: the folder's own file, and heads that were
 * kept elsewhere (an earlier report, an export, an owner's device). Rows cut off the end are found back to the newest
 * remembered head; somebody who rewrites the table and the file alike is found by a head kept elsewhere only.
 */
export function verifyAudit(
  { rows, rememberedHead }: AuditToVerify,
  keptElsewhere: readonly AuditHead[] = [],
): AuditReport {
  const problems: AuditProblem[] = [];
  const remembered = [...(rememberedHead === undefined ? [] : [rememberedHead]), ...keptElsewhere];
  const hashes = new Map(remembered.map(({ seq }) => [seq, ""]));
  let head: AuditHead = { seq: 0, at: 0, hash: AUDIT_ROOT };
  let count = 0;
  for (const row of rows) {
    count += 1;
    const { seq } = row;
    if (seq !== head.seq + 1)
      problems.push({ type: "Gap", seq, message: `Entry ${head.seq + 1} is missing: after ${head.seq} comes ${seq}.` });
    else if (row.hash !== auditHash(head.hash, row))
      problems.push({ type: "Changed", seq, message: `Entry ${seq}, or the one before it, is not what was written.` });
    if (hashes.has(seq)) hashes.set(seq, row.hash);
    head = { seq, at: row.at, hash: row.hash };
  }
  for (const { seq, hash } of remembered) {
    if (seq === 0 || hashes.get(seq) === hash) continue;
    problems.push(
      seq > head.seq
        ? {
            type: "CutOff",
            seq: head.seq + 1,
            message: `Entries ${head.seq + 1} to ${seq} are missing at the end: somebody remembers them.`,
          }
        : { type: "Replaced", seq, message: `Entry ${seq} is not the one that was remembered.` },
    );
  }
  return { rows: count, head, problems };
}
