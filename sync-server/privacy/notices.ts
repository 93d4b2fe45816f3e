// What a person is told beside their records (shared/model/notice.ts), from the audit and the requests about their data.

import type { LensUse, Notice } from "#shared/model/notice.ts";
import { manages, type Member } from "#sync-server/access/access.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { PrivacyRequestRow, PrivacyStorage } from "#sync-server/storage/storage.ts";

const MOST = 100;

const iso = (at: number): string => new Date(at).toISOString();

type NameOf = (memberId: string) => string;

/** Newest first. */
export function lensUsesOf(memberId: string, audit: Pick<Audit, "page">, nameOf: NameOf): readonly LensUse[] {
  return audit
    .page({ action: "lens.opened", as: memberId, limit: MOST })
    .map(({ at, actor, target }) => ({ at: iso(at), by: actor, byName: nameOf(actor), record: target }));
}

type Sources = {
  readonly audit: Pick<Audit, "page">;
  readonly requests: Pick<PrivacyStorage, "requests">;
  readonly nameOf: NameOf;
};

export function noticesFor(member: Member, { audit, requests, nameOf }: Sources): readonly Notice[] {
  const told = (kind: "asked" | "answered", row: PrivacyRequestRow): Notice => {
    const by = kind === "asked" ? row.memberId : row.answeredBy;
    const at = iso(kind === "asked" ? row.at : row.answeredAt);
    return { kind, at, by, byName: nameOf(by), request: row.id, about: row.kind };
  };
  const rows = requests.requests();
  return [
    ...lensUsesOf(member.id, audit, nameOf).map((use): Notice => ({ kind: "viewed", ...use })),
    ...(manages(member) ? rows.filter(({ state }) => state === "open").map((row) => told("asked", row)) : []),
    ...rows
      .filter(({ memberId, state }) => memberId === member.id && state !== "open")
      .map((row) => told("answered", row)),
  ];
}
