// Who sees what, over HTTP: the team reads where fields lie, owners and managers decide about it.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { PolicyPreview, PolicyState, PolicyVersion } from "#shared/model/policy-report.ts";
import type { Access } from "#sync-server/access/access.ts";
import type { PolicyDesk } from "#sync-server/policy/policy-desk.ts";
import { errorBody, unwrap } from "./api-errors.ts";
import { personName } from "./api-schemas.ts";
import { requireSession } from "./who-asks.ts";

export type PolicyRouteOptions = { readonly access: Access; readonly desk: PolicyDesk };

const right = z.enum(["none", "read", "write"]);
const word = z.string().max(64);
const label = z.string().max(200);
const count = z.number().int();

const personas = z.array(z.object({ id: personName, label: z.string() }));
const change = z.object({ type: word, field: word, persona: personName, from: right, to: right });

const state = z
  .object({
    version: count,
    personas,
    placements: z.record(z.string(), z.record(z.string(), z.string())).describe("type -> field -> facet"),
    people: z.record(z.string(), z.object({ members: count, spaces: count })),
    waiting: z.object({ version: count, liveAt: z.string(), byName: z.string() }).optional(),
    isMoving: z.boolean(),
  })
  .meta({ id: "PolicyState" });

const version = z
  .object({
    version: count,
    at: z.string(),
    liveAt: z.string(),
    byName: z.string(),
    isLive: z.boolean(),
    changes: z.array(change),
    personaChanges: z.array(z.string()),
  })
  .meta({ id: "PolicyVersion" });

const sharing = z.object({
  space: z.object({ id: z.string(), name: z.string() }),
  type: word,
  fields: z.array(word),
  records: count,
  people: z.array(z.object({ id: z.string(), name: z.string(), persona: personName })),
  example: z.object({ recordId: z.string(), title: z.string() }).optional(),
});

const preview = z
  .object({
    base: count,
    changes: z.array(change),
    problems: z.array(z.string()),
    warnings: z.array(z.string()),
    gains: z.array(sharing),
    losses: z.array(sharing),
    gaining: count,
    losing: count,
    moves: z.array(z.object({ type: word, field: word, from: word, to: word, documents: count })),
    holdSeconds: z.number(),
  })
  .meta({ id: "PolicyPreview" });

const proposal = z.object({
  base: count.min(0).describe("The version the edits were made on"),
  edits: z.array(z.object({ type: word, field: word, persona: personName, right })).max(2_000),
});

// Lists of the shapes are read-only; the serializer's types are not.
const toState = (one: PolicyState): z.output<typeof state> => structuredClone(one) as z.output<typeof state>;
const toPreview = (one: PolicyPreview): z.output<typeof preview> => structuredClone(one) as z.output<typeof preview>;
const toVersion = (one: PolicyVersion): z.output<typeof version> => structuredClone(one) as z.output<typeof version>;

const tags = ["Policy"];
const answersState = { 200: state, "4xx": errorBody };
const personaParams = z.object({ id: personName });

export const policyRoutes: FastifyPluginAsyncZod<PolicyRouteOptions> = async (app, { access, desk }) => {
  const me = requireSession(app, access);

  app.get(
    "/policy",
    { schema: { tags, summary: "Where fields lie and who has which persona; for the team", response: answersState } },
    () => toState(desk.state()),
  );

  app.get(
    "/policy/versions",
    {
      schema: {
        tags,
        summary: "Every decision about who sees what, newest first; for owners and managers",
        response: { 200: z.array(version), "4xx": errorBody },
      },
    },
    () => desk.versions().map(toVersion),
  );

  app.post(
    "/policy/preview",
    {
      schema: {
        tags,
        summary: "Who would newly see what; changes nothing",
        body: proposal,
        response: { 200: preview, "4xx": errorBody },
      },
    },
    (request) => toPreview(unwrap(desk.preview(me(request), request.body))),
  );

  app.put(
    "/policy",
    {
      schema: {
        tags,
        summary: "Decide; what opens something counts after a while, in which it can be taken back",
        body: proposal,
        response: answersState,
      },
    },
    (request) => desk.decide(me(request), request.body).then(unwrap).then(toState),
  );

  app.delete(
    "/policy/waiting",
    { schema: { tags, summary: "Take back what does not count yet", response: answersState } },
    (request) => desk.takeBack(me(request)).then(unwrap).then(toState),
  );

  app.post(
    "/personas",
    {
      schema: {
        tags,
        summary: "Add a persona, of the team or from outside",
        body: z.object({ label, side: z.enum(["team", "guest"]) }),
        response: answersState,
      },
    },
    (request) => desk.addPersona(me(request), request.body).then(unwrap).then(toState),
  );

  app.put(
    "/personas/:id",
    {
      schema: {
        tags,
        summary: "Rename a persona",
        params: personaParams,
        body: z.object({ label }),
        response: answersState,
      },
    },
    (request) => desk.renamePersona(me(request), request.params.id, request.body.label).then(unwrap).then(toState),
  );

  app.delete(
    "/personas/:id",
    {
      schema: {
        tags,
        summary: "Delete a persona that nobody has",
        params: personaParams,
        response: answersState,
      },
    },
    (request) => desk.removePersona(me(request), request.params.id).then(unwrap).then(toState),
  );
};
