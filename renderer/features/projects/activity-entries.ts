// The project's story in entries, newest first: words people wrote, and what was changed, gathered per person and moment.

import type { ApprovalView, DecisionView } from "#renderer/data/approval-types.ts";
import type { ChangeRow, RecordRow } from "#renderer/data/types.ts";
import type { Request } from "#shared/model/approvals.ts";
import { findRecordType } from "#shared/record-types/index.ts";

export type ActivityEntry =
  | {
      readonly kind: "words";
      readonly id: string;
      readonly at: string;
      readonly by: string;
      readonly row: RecordRow;
      readonly about: RecordRow | undefined;
    }
  | {
      readonly kind: "created" | "deleted" | "restored" | "changed";
      readonly id: string;
      readonly at: string;
      readonly by: string;
      readonly row: RecordRow;
      /** Labels of the fields that changed. */
      readonly fields: readonly string[];
      readonly receivedAt?: string | undefined;
    }
  | SignedEntry;

/** Somebody asked for approval (no `decision`), or decided about it. */
type SignedEntry = {
  readonly kind: "signed";
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly request: Request;
  readonly facet: string;
  readonly decision?: DecisionView;
};

type DeedEntry = Exclude<ActivityEntry, { kind: "words" | "signed" }>;

const TOGETHER_MS = 10 * 60_000;

const isWords = (row: RecordRow): boolean => row.type === "comment" || row.type === "activity";

const deedOf = (change: ChangeRow): DeedEntry["kind"] =>
  change.kind === "created" || change.kind === "deleted" || change.kind === "restored" ? change.kind : "changed";

/** Hidden fields (ordering) are no news; a facet's first values belong to the record's making. */
function labelOf(row: RecordRow, change: ChangeRow): string | undefined {
  const spec = change.field === undefined ? undefined : findRecordType(row.type)?.fields[change.field];
  return spec === undefined || spec.hidden === true ? undefined : spec.label;
}

function deedsOf(row: RecordRow, changes: readonly ChangeRow[]): readonly DeedEntry[] {
  const entries: DeedEntry[] = [];
  for (const change of changes.toSorted((left, right) => left.at.localeCompare(right.at))) {
    const kind = deedOf(change);
    if (kind === "created" && entries.some((entry) => entry.kind === "created")) continue;
    const label = labelOf(row, change);
    if (kind === "changed" && label === undefined) continue;
    const last = entries.at(-1);
    const together =
      last !== undefined && last.by === change.by && Date.parse(change.at) - Date.parse(last.at) < TOGETHER_MS;
    // What is filled in right after the making is part of the making.
    if (kind === "changed" && together && last.kind === "created") continue;
    if (kind === "changed" && together && last.kind === "changed") {
      const fields = label === undefined || last.fields.includes(label) ? last.fields : [...last.fields, label];
      entries[entries.length - 1] = { ...last, at: change.at, fields, receivedAt: change.receivedAt };
      continue;
    }
    entries.push({
      kind,
      id: `${row.id} ${change.id}`,
      at: change.at,
      by: change.by,
      row,
      fields: label === undefined ? [] : [label],
      receivedAt: change.receivedAt,
    });
  }
  return entries;
}

/** Requests and decisions that are recorded and count. A decision stands where it arrived: its author's clock is his own. */
function signedOf({ requests, decisions, ignored, facet }: ApprovalView): readonly SignedEntry[] {
  const recorded = new Map(requests.flatMap((one) => (one.seq === undefined ? [] : [[one.id, one] as const])));
  const asked = [...recorded.values()].map((request): SignedEntry => {
    const { id, at, requestedBy: by } = request;
    return { kind: "signed", id, at, by, request, facet };
  });
  const decided = decisions.flatMap((decision): SignedEntry[] => {
    const { id, delivery, decidedBy: by } = decision;
    const request = recorded.get(decision.request);
    if (request === undefined || delivery.state !== "counts" || ignored.has(id)) return [];
    return [{ kind: "signed", id, at: delivery.receivedAt, by, request, facet, decision }];
  });
  return [...asked, ...decided];
}

export function toActivity(
  rows: readonly RecordRow[],
  changes: ReadonlyMap<string, readonly ChangeRow[]>,
  approvals: readonly ApprovalView[] = [],
): readonly ActivityEntry[] {
  const rowsById = new Map(rows.map((row) => [row.id, row] as const));
  const entries = rows.flatMap((row): readonly ActivityEntry[] => {
    if (!isWords(row)) return deedsOf(row, changes.get(row.id) ?? []);
    const about = row.fields["about"];
    const target = typeof about === "string" ? rowsById.get(about) : undefined;
    return [{ kind: "words", id: row.id, at: row.createdAt, by: row.createdBy, row, about: target }];
  });
  entries.push(...approvals.flatMap(signedOf));
  return entries.toSorted((left, right) => right.at.localeCompare(left.at) || left.id.localeCompare(right.id));
}

/** "changed Status and Target of" and the like; the record's title follows. */
export function deedWords(entry: DeedEntry): string {
  const type = findRecordType(entry.row.type)?.label.one.toLowerCase() ?? "record";
  switch (entry.kind) {
    case "created":
      return `added the ${type}`;
    case "deleted":
      return `deleted the ${type}`;
    case "restored":
      return `restored the ${type}`;
    case "changed": {
      const shown = entry.fields.slice(0, 3);
      const rest = entry.fields.length - shown.length;
      const names =
        rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ").replace(/, ([^,]*)$/, " and $1");
      return `changed ${names} of`;
    }
  }
}
