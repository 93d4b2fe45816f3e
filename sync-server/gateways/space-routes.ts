// Spaces made by hand, and records shared into spaces, over HTTP.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { spaceKinds } from "#shared/protocol/frames.ts";
import type { Access } from "#sync-server/access/access.ts";
import type { RuleInput, ShareRules } from "#sync-server/access/share-rules.ts";
import type { Sharing } from "#sync-server/access/sharing.ts";
import { errorBody, unwrap } from "./api-errors.ts";
import { done, sayDone, space, personName } from "./api-schemas.ts";
import { requireSession } from "./who-asks.ts";

export type SpaceRouteOptions = { readonly access: Access; readonly sharing: Sharing; readonly shareRules: ShareRules };

const id = z.string().min(1).max(64);
const name = z.string().max(1_000);
const place = z.object({
  id,
  name: z.string(),
  kind: z.enum(spaceKinds),
  isHome: z.boolean(),
  sources: z.array(z.string()).readonly().describe("Why it is there: `hand`, ids of share rules"),
});
const preview = z.object({
  readers: z
    .array(z.object({ id, name: z.string(), persona: personName, facets: z.array(z.string()).readonly() }))
    .readonly()
    .describe("People from outside, and the facets of the record they would read"),
  refusal: z.string().describe("Why it would be refused; empty when it would not"),
});

const contents = z.object({
  total: z.number(),
  ids: z.array(z.string()).readonly().describe("All of them"),
  records: z
    .array(
      z.object({
        id,
        type: z.string(),
        sources: z.array(z.string()).readonly(),
        readers: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
});

const ruleBody = z.object({
  type: z.string().min(1).max(64),
  filter: z.unknown().describe("A condition {field, op, value}, or {all: [...]}, {any: [...]}, {not: ...}"),
  everything: z.boolean().optional().describe("Meant, although it lets every record through"),
});
const rule = z.object({
  id,
  spaceId: id,
  type: z.string(),
  filter: z.unknown(),
  by: z.string(),
  at: z.number(),
});
const rulePreview = z.object({
  total: z.number(),
  count: z.number(),
  examples: z.array(z.object({ id, title: z.string() })).readonly(),
  readers: z.array(z.string()).readonly().describe("People from outside who would see them"),
  refusal: z.string().describe("Why it would be refused; empty when it would not"),
});

const inputOf = (space: string, { type, filter, everything }: z.output<typeof ruleBody>): RuleInput => ({
  space,
  type,
  filter,
  everything,
});

export const spaceRoutes: FastifyPluginAsyncZod<SpaceRouteOptions> = async (app, options) => {
  const { access, sharing, shareRules } = options;
  const me = requireSession(app, access);
  const record = { params: z.object({ id, spaceId: id }) };

  app.post(
    "/spaces",
    {
      schema: {
        tags: ["Spaces"],
        summary: "Make a portal or a group; the team is in it",
        body: z.object({ kind: z.enum(["portal", "group"]), name }),
        response: { 200: space, "4xx": errorBody },
      },
    },
    (request) =>
      access
        .makeSpace(me(request), request.body)
        .then(unwrap)
        .then((made) => ({ ...made, members: [...made.members] })),
  );

  app.patch(
    "/spaces/:id",
    {
      schema: {
        tags: ["Spaces"],
        summary: "Rename a space, archive it, bring it back",
        params: z.object({ id }),
        body: z.object({ name: name.optional(), archived: z.boolean().optional() }),
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => access.changeSpace(me(request), request.params.id, request.body).then(unwrap).then(sayDone),
  );

  app.get(
    "/spaces/:id/contents",
    {
      schema: {
        tags: ["Spaces"],
        summary: "What is shared into a space, and who from outside reads of it; for the team",
        params: z.object({ id }),
        response: { 200: contents, "4xx": errorBody },
      },
    },
    (request) => unwrap(sharing.contentsOf(me(request), request.params.id)),
  );

  app.get(
    "/spaces/:id/rules",
    {
      schema: {
        tags: ["Spaces"],
        summary: "Share rules of a space",
        params: z.object({ id }),
        response: { 200: z.array(rule), "4xx": errorBody },
      },
    },
    (request) => [...unwrap(shareRules.list(me(request), request.params.id))],
  );

  app.post(
    "/spaces/:id/rules",
    {
      schema: {
        tags: ["Spaces"],
        summary: "Save a share rule: its records come into the space at once, later ones as they change",
        params: z.object({ id }),
        body: ruleBody,
        response: { 200: rule, "4xx": errorBody },
      },
    },
    (request) => shareRules.save(me(request), inputOf(request.params.id, request.body)).then(unwrap),
  );

  app.post(
    "/spaces/:id/rules/preview",
    {
      schema: {
        tags: ["Spaces"],
        summary: "What a share rule would share, and with whom",
        params: z.object({ id }),
        body: ruleBody,
        response: { 200: rulePreview, "4xx": errorBody },
      },
    },
    (request) => unwrap(shareRules.preview(me(request), inputOf(request.params.id, request.body))),
  );

  app.delete(
    "/rules/:id",
    {
      schema: {
        tags: ["Spaces"],
        summary: "Remove a share rule: what only it shared leaves the space",
        params: z.object({ id }),
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => shareRules.remove(me(request), request.params.id).then(unwrap).then(sayDone),
  );

  app.get(
    "/records/:id/spaces",
    {
      schema: {
        tags: ["Spaces"],
        summary: "The spaces a record is in, its home first; for the team",
        params: z.object({ id }),
        response: { 200: z.array(place), "4xx": errorBody },
      },
    },
    (request) => [...unwrap(sharing.placesOf(me(request), request.params.id))],
  );

  app.get(
    "/records/:id/spaces/:spaceId/preview",
    {
      schema: {
        ...record,
        tags: ["Spaces"],
        summary: "Who would see what if the record were shared into the space",
        response: { 200: preview, "4xx": errorBody },
      },
    },
    (request) => unwrap(sharing.preview(me(request), request.params.id, request.params.spaceId)),
  );

  app.put(
    "/records/:id/spaces/:spaceId",
    {
      schema: {
        ...record,
        tags: ["Spaces"],
        summary: "Share a record into a space",
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => sharing.share(me(request), request.params.id, request.params.spaceId).then(unwrap).then(sayDone),
  );

  app.delete(
    "/records/:id/spaces/:spaceId",
    {
      schema: {
        ...record,
        tags: ["Spaces"],
        summary: "Take a record out of a space: devices that had it through this space only drop it",
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => sharing.unshare(me(request), request.params.id, request.params.spaceId).then(unwrap).then(sayDone),
  );
};
