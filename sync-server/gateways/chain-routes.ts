// The routes of the chains of decisions: the key their heads are signed with, and the way back for what a restore lost.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { canReadFacet } from "#shared/model/facets.ts";
import { isId } from "#shared/model/ids.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { Access } from "#sync-server/access/access.ts";
import type { ChainWriter } from "#sync-server/log/chain-writer.ts";
import { errorBody, refusals } from "./api-errors.ts";
import * as schemas from "./api-schemas.ts";
import { requireSession } from "./who-asks.ts";

export type ChainRouteOptions = { readonly access: Access; readonly chain: ChainWriter };

const tags = ["Chains of decisions"];
const signature = z.string().max(200);
const linksBody = z.object({
  facet: z.string().max(64),
  links: z
    .array(
      z.object({
        record: z.string().max(64).refine(isId, "This is no id of a record."),
        body: z.string().max(4_000).describe("Canonical text of the link"),
        signature: signature.describe("This server's, of the head that the link was"),
        seal: z
          .object({ entry: z.string().max(limits.updateBytes), signature })
          .optional()
          .describe("Of the record that the link names"),
      }),
    )
    .max(limits.linksHandedBack)
    .readonly(),
});
const head = z.object({ seq: z.number(), hash: z.string() }).meta({ id: "ChainHead" });

export const chainRoutes: FastifyPluginAsyncZod<ChainRouteOptions> = async (app, { access, chain }) => {
  const me = requireSession(app, access);

  app.post(
    "/spaces/:id/chain",
    {
      schema: {
        tags,
        summary: "Hand back links that this server signed and lost in a restore; answers where its chain ends now",
        params: schemas.idParams,
        body: linksBody,
        response: { 200: head, "4xx": errorBody },
      },
    },
    (request) => {
      const { facet, links } = request.body;
      const space = request.params.id;
      const persona = access.personaIn(space, me(request).id);
      if (persona === undefined || !canReadFacet(facet, persona)) throw refusals.notFound();
      return chain.takeBack({ space, facet }, links);
    },
  );
};

/** For everybody: an outsider checks the heads of an export with it. */
export const chainKeyRoutes: FastifyPluginAsyncZod<ChainRouteOptions> = async (app, { chain }) => {
  app.get(
    "/chain-key",
    {
      schema: {
        tags,
        summary: "The key with which this server signs the heads of its chains of decisions",
        security: [],
        response: { 200: schemas.publicKey, "4xx": errorBody },
      },
    },
    () => chain.publicKey,
  );
};
