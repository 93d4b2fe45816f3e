// The organization's audit over HTTP, for owners and managers: a page of it, the whole of what was asked for as a file, and
// what only a device can tell (that somebody opened the lens, or took data out).

import { Readable } from "node:stream";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import Papa from "papaparse";
import { z } from "zod";
import { auditActions, isAuditAction, type AuditAction } from "#shared/model/audit-actions.ts";
import { isInternal } from "#shared/model/personas.ts";
import type { Access } from "#sync-server/access/access.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import { createSignInBrake } from "#sync-server/access/sign-in-brake.ts";
import type { AuditQuery, AuditRow } from "#sync-server/storage/storage.ts";
import { errorBody, refusals } from "./api-errors.ts";
import { namesFor } from "./names-of.ts";
import { requireSession } from "./who-asks.ts";

export type AuditRouteOptions = { readonly access: Access; readonly audit: Audit };

const PAGE = 50;
const EXPORT_PAGE = 1_000;

const actions = Object.keys(auditActions) as AuditAction[];
const time = z.iso.datetime({ offset: true });
const filters = z.object({
  action: z.enum(actions).optional(),
  actor: z.string().max(100).optional().describe("Member id"),
  target: z.string().max(100).optional().describe("Id of a member, space, record, document or rule"),
  from: time.optional().describe("Not before this time"),
  to: time.optional().describe("Before this time"),
});
const head = z
  .object({ seq: z.number(), at: z.string(), hash: z.string() })
  .describe("The end of the chain: keep it elsewhere, and doctor can tell whether entries before it were cut off");
const entry = z
  .object({
    seq: z.number(),
    at: z.string(),
    action: z.string(),
    words: z.string().describe("The action in words"),
    actor: z.string().describe("Member id; empty for nobody signed in and for the server itself"),
    actorName: z.string(),
    target: z.string(),
    targetName: z.string().describe("Empty when the target is no member and no space, or is gone"),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    hash: z.string(),
  })
  .meta({ id: "AuditEntry" });
type Entry = z.output<typeof entry>;

/** What a device may report of itself. Everything else the relay sees with its own eyes. */
const reportable = ["lens.opened", "export.made"] as const satisfies readonly AuditAction[];
const report = z.object({
  action: z.enum(reportable),
  target: z.string().max(100).default(""),
  details: z
    .record(z.string().min(1).max(32), z.union([z.string().max(100), z.number(), z.boolean()]))
    .refine((details) => Object.keys(details).length <= 8, "Send up to 8 details.")
    .default({}),
});

/** The trail is for ever: what a device says of itself may not fill it. */
const MOST_REPORTS = 60;
const REPORT_WINDOW_MS = 60 * 60_000;

function queryOf({ action, actor, target, from, to }: z.output<typeof filters>): Omit<AuditQuery, "limit"> {
  return {
    ...(action === undefined ? {} : { action }),
    ...(actor === undefined ? {} : { actor }),
    ...(target === undefined ? {} : { target }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
  };
}

/** Rows older than `before`, page by page, so that a long export holds neither memory nor the database. */
function* olderRows(audit: Audit, query: Omit<AuditQuery, "limit">): Generator<readonly AuditRow[]> {
  for (let before = query.before; ;) {
    const rows = audit.page({ ...query, ...(before === undefined ? {} : { before }), limit: EXPORT_PAGE });
    if (rows.length > 0) yield rows;
    if (rows.length < EXPORT_PAGE) return;
    before = rows.at(-1)?.seq ?? 0;
  }
}

const csvColumns = ["seq", "at", "action", "words", "actor", "actorName", "target", "targetName", "details", "hash"];

/** A cell that a spreadsheet would run as a formula gets a quote in front. */
const csvLines = (entries: readonly Entry[], header: boolean): string =>
  `${Papa.unparse(
    entries.map((one) => ({ ...one, details: JSON.stringify(one.details) })),
    { columns: csvColumns, header, escapeFormulae: true, newline: "\r\n" },
  )}\r\n`;

export const auditRoutes: FastifyPluginAsyncZod<AuditRouteOptions> = async (app, { access, audit }) => {
  const me = requireSession(app, access);
  const reportBrake = createSignInBrake(MOST_REPORTS, REPORT_WINDOW_MS, Date.now);

  const toEntry = (row: AuditRow, nameOf: (id: string) => string): Entry => ({
    seq: row.seq,
    at: new Date(row.at).toISOString(),
    action: row.action,
    words: isAuditAction(row.action) ? auditActions[row.action] : row.action,
    actor: row.actor,
    actorName: nameOf(row.actor),
    target: row.target,
    targetName: nameOf(row.target),
    details: JSON.parse(row.details) as Entry["details"],
    hash: row.hash,
  });

  app.get(
    "/audit",
    {
      schema: {
        tags: ["Audit"],
        summary: "The organization's audit, newest first; for owners and managers",
        querystring: filters.extend({
          before: z.coerce.number().int().min(1).optional().describe("The cursor of the page before"),
          limit: z.coerce.number().int().min(1).max(200).default(PAGE),
        }),
        response: {
          200: z.object({ entries: z.array(entry), cursor: z.number().optional(), head }),
          "4xx": errorBody,
        },
      },
    },
    (request) => {
      const member = me(request);
      const { before, limit } = request.query;
      const query = { ...queryOf(request.query), ...(before === undefined ? {} : { before }), limit };
      const rows = audit.page(query);
      const nameOf = namesFor(access, member);
      const last = rows.at(-1);
      const end = audit.head();
      return {
        entries: rows.map((row) => toEntry(row, nameOf)),
        ...(rows.length < limit || last === undefined ? {} : { cursor: last.seq }),
        head: { seq: end.seq, at: new Date(end.at).toISOString(), hash: end.hash },
      };
    },
  );

  app.get(
    "/audit/export",
    {
      schema: {
        tags: ["Audit"],
        summary:
          "What was asked for as one file, newest first: CSV, or one JSON object per line. Is itself in the audit",
        querystring: filters.extend({ format: z.enum(["csv", "jsonl"]).default("csv") }),
        produces: ["text/csv", "application/jsonl"],
        response: { 200: z.unknown(), "4xx": errorBody },
      },
    },
    async (request, reply) => {
      const member = me(request);
      const { format } = request.query;
      await audit.record({ action: "export.made", actor: member.id, target: "", details: { what: "audit", format } });
      const nameOf = namesFor(access, member);
      function* lines(): Generator<string> {
        let isFirst = true;
        for (const rows of olderRows(audit, queryOf(request.query))) {
          const entries = rows.map((row) => toEntry(row, nameOf));
          yield format === "csv"
            ? csvLines(entries, isFirst)
            : entries.map((one) => `${JSON.stringify(one)}\n`).join("");
          isFirst = false;
        }
      }
      return reply
        .type(format === "csv" ? "text/csv; charset=utf-8" : "application/jsonl")
        .header("content-disposition", `attachment; filename="audit.${format}"`)
        .send(Readable.from(lines()));
    },
  );

  app.post(
    "/audit/reports",
    {
      schema: {
        tags: ["Audit"],
        summary: "What only your device can tell: that you opened the lens, or took data out",
        body: report,
        response: { 200: z.object({ done: z.literal(true) }), "4xx": errorBody },
      },
    },
    (request) => {
      const member = me(request);
      if (!reportBrake.tryNow([`member ${member.id}`])) throw refusals.tooManyRequests();
      // Whoever it names is told: nobody from outside looks through the lens.
      if (request.body.action === "lens.opened" && !isInternal(member.persona)) throw refusals.notAllowed();
      return audit.record({ ...request.body, actor: member.id }).then(() => ({ done: true as const }));
    },
  );
};
