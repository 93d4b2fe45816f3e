// How long devices may go without contact before they close their data, over HTTP.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Access } from "#sync-server/access/access.ts";
import type { OfflineTermDesk } from "#sync-server/access/offline-terms.ts";
import { errorBody, unwrap } from "./api-errors.ts";
import { requireSession } from "./who-asks.ts";

export type OfflineTermRouteOptions = { readonly access: Access; readonly offlineTerms: OfflineTermDesk };

const terms = z
  .object({
    teamHours: z.number().describe("Devices of the team"),
    outsideHours: z.number().describe("Devices of people from outside"),
  })
  .meta({ id: "OfflineTerms" });
const tags = ["Devices"];
const response = { 200: terms, "4xx": errorBody };

export const offlineTermRoutes: FastifyPluginAsyncZod<OfflineTermRouteOptions> = async (app, options) => {
  const { access, offlineTerms } = options;
  const me = requireSession(app, access);

  app.get(
    "/offline-terms",
    { schema: { tags, summary: "Hours a device may go without contact before it closes its data", response } },
    () => offlineTerms.terms(),
  );

  app.put("/offline-terms", { schema: { tags, summary: "Change them", body: terms, response } }, (request) =>
    offlineTerms.change(me(request), request.body).then(unwrap),
  );
};
