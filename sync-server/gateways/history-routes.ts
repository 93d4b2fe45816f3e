// The history of a record over HTTP: a page of it, and the whole of it as a table.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import Papa from "papaparse";
import { z } from "zod";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Access } from "#sync-server/access/access.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { HistoryEntry, RecordHistory } from "#sync-server/history/record-history.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { errorBody, refusals } from "./api-errors.ts";
import * as schemas from "./api-schemas.ts";
import { namesFor } from "./names-of.ts";
import { requireSession } from "./who-asks.ts";

export type HistoryRouteOptions = {
  readonly access: Access;
  readonly audit: Audit;
  readonly history: RecordHistory;
  readonly log: Pick<UpdateLog, "documentsOf">;
};

const entry = z
  .object({
    id: z.string(),
    facet: z.string(),
    kind: z.string(),
    field: z.string().optional(),
    from: z.unknown().optional().describe("Absent for text that merges by character"),
    to: z.unknown().optional(),
    at: z.string().describe("When, by the clock of the author's device"),
    by: z.string().describe("Member id, as the author's device claims"),
    device: z.string().optional().describe("The device, as it calls itself"),
    receivedAt: z.string().optional().describe("When the server received it"),
    sentBy: z.string().optional().describe("Member id of whoever sent it, by the server's word"),
    acceptedBy: z
      .string()
      .optional()
      .describe("Member id of whoever let it in, when its author's right had ended before"),
    acceptedAt: z.string().optional().describe("When that was, by the server's clock"),
  })
  .meta({ id: "HistoryEntry" });

const columns = [
  "received",
  "claimed",
  "by",
  "sentBy",
  "device",
  "facet",
  "kind",
  "field",
  "from",
  "to",
  "acceptedBy",
  "acceptedAt",
];
const cell = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

export const historyRoutes: FastifyPluginAsyncZod<HistoryRouteOptions> = async (app, options) => {
  const { access, audit, history, log } = options;
  const me = requireSession(app, access);

  /** Waits until values that this member reads no longer have left the documents that they do (rule W10). */
  async function historyFor(ask: object, recordId: string): Promise<readonly HistoryEntry[]> {
    await access.settledFor(me(ask).id);
    const found = history.of(me(ask), recordId);
    if (found === undefined) throw refusals.notFound();
    return found;
  }

  app.get(
    "/records/:id/history",
    {
      schema: {
        tags: ["Records"],
        summary: "Who changed what, newest first, within the facets you may read",
        params: schemas.idParams,
        querystring: z.object({
          after: z.coerce
            .number()
            .int()
            .min(0)
            .default(0)
            .describe("How many newer ones you have: the cursor of the page before"),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ entries: z.array(entry), cursor: z.number().optional() }), "4xx": errorBody },
      },
    },
    async (ask) => {
      const all = await historyFor(ask, ask.params.id);
      const { after, limit } = ask.query;
      const end = after + limit;
      return { entries: all.slice(after, end), ...(end < all.length ? { cursor: end } : {}) };
    },
  );

  app.get(
    "/records/:id/history/export",
    {
      schema: {
        tags: ["Records"],
        summary: "The whole history of a record as CSV; is recorded in the audit",
        params: schemas.idParams,
        produces: ["text/csv"],
        response: { 200: z.unknown(), "4xx": errorBody },
      },
    },
    async (ask, reply) => {
      const member = me(ask);
      const all = await historyFor(ask, ask.params.id);
      const nameOf = namesFor(access, member);
      const fields = findRecordType(log.documentsOf(ask.params.id)[0]?.type ?? "")?.fields;
      const rows = all.map((one) => ({
        received: one.receivedAt ?? "",
        claimed: one.at,
        by: nameOf(one.by) || one.by,
        sentBy: one.sentBy === undefined ? "" : nameOf(one.sentBy) || one.sentBy,
        device: one.device ?? "",
        facet: one.facet,
        kind: one.kind,
        field: one.field === undefined ? "" : (fields?.[one.field]?.label ?? one.field),
        from: cell(one.from),
        to: cell(one.to),
        acceptedBy: one.acceptedBy === undefined ? "" : nameOf(one.acceptedBy) || one.acceptedBy,
        acceptedAt: one.acceptedAt ?? "",
      }));
      // A cell that a spreadsheet would run as a formula gets a quote in front.
      const csv = Papa.unparse(rows, { columns, escapeFormulae: true, newline: "\r\n" });
      return audit
        .record({ action: "export.made", actor: member.id, target: ask.params.id, details: { what: "history" } })
        .then(() =>
          reply
            .type("text/csv; charset=utf-8")
            .header("content-disposition", 'attachment; filename="history.csv"')
            .send(`${csv}\r\n`),
        );
    },
  );
};
