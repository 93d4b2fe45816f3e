// Late edits over HTTP: seen by their author and by owners and managers, who decide on them.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Access } from "#sync-server/access/access.ts";
import type { Quarantine } from "#sync-server/access/quarantine.ts";
import { errorBody, unwrap } from "./api-errors.ts";
import { done, sayDone } from "./api-schemas.ts";
import { requireSession } from "./who-asks.ts";

export type QuarantineRouteOptions = { readonly access: Access; readonly quarantine: Quarantine };

const lateEdit = z.object({
  id: z.string(),
  author: z.string(),
  authorName: z.string(),
  recordId: z.string(),
  type: z.string(),
  isNew: z.boolean().describe("There is nothing of the record yet"),
  receivedAt: z.number(),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })).readonly(),
});

const params = z.object({ id: z.string().max(64) });
const tags = ["Late edits"];

export const quarantineRoutes: FastifyPluginAsyncZod<QuarantineRouteOptions> = async (app, { access, quarantine }) => {
  const me = requireSession(app, access);
  const response = { 200: done, "4xx": errorBody };

  app.get(
    "/quarantine",
    {
      schema: {
        tags,
        summary: "Edits that came after their author's right had ended; kept 30 days",
        response: { 200: z.array(lateEdit), "4xx": errorBody },
      },
    },
    (request) => [...quarantine.list(me(request))],
  );

  app.post(
    "/quarantine/:id/accept",
    { schema: { tags, summary: "Apply a late edit, as accepted by you", params, response } },
    (request) => quarantine.accept(me(request), request.params.id).then(unwrap).then(sayDone),
  );

  app.post("/quarantine/:id/dismiss", { schema: { tags, summary: "Drop a late edit", params, response } }, (request) =>
    quarantine.dismiss(me(request), request.params.id).then(unwrap).then(sayDone),
  );
};
