// The routes of /api/v1: sign-in and set-up are open, everything else asks for a session first.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Access } from "#sync-server/access/access.ts";
import { errorBody, refusals, unwrap } from "./api-errors.ts";
import * as schemas from "./api-schemas.ts";
import { done, sayDone } from "./api-schemas.ts";
import type { RecordStore } from "./record-store.ts";
import { requireSession, tokenOf } from "./who-asks.ts";

export type ApiRouteOptions = {
  readonly access: Access;
  readonly records: RecordStore;
  /** Told of live documents that a member has tickets for. */
  readonly expectLive: (memberId: string, docIds: readonly string[]) => void;
  readonly signInsPerMinute: number;
};

export const openRoutes: FastifyPluginAsyncZod<ApiRouteOptions> = async (app, { access, signInsPerMinute }) => {
  const slow = { rateLimit: { max: signInsPerMinute, timeWindow: "1 minute" } };

  app.post(
    "/auth/sign-in",
    {
      config: slow,
      schema: {
        tags: ["Session"],
        summary: "Sign in",
        body: schemas.signInBody,
        response: { 200: schemas.signedIn, "4xx": errorBody },
      },
    },
    (request) => access.signIn({ ...request.body, address: request.ip }).then(unwrap),
  );

  app.get(
    "/set-up",
    {
      schema: {
        tags: ["Session"],
        summary: "Whether the first visit still has to set up the organization",
        response: { 200: z.object({ needed: z.boolean(), organization: z.string().optional() }) },
      },
    },
    () => (access.isSetUp() ? { needed: false, organization: access.organizationName() } : { needed: true }),
  );

  app.post(
    "/set-up",
    {
      config: slow,
      schema: {
        tags: ["Session"],
        summary: "Set up the organization and its owner, once",
        body: schemas.setUpBody,
        response: { 200: schemas.signedIn, "4xx": errorBody },
      },
    },
    ({ body, ip }) =>
      access
        .setUp(body)
        .then(unwrap)
        .then(() => access.signIn({ ...body, address: ip }))
        .then(unwrap),
  );
};

export const memberRoutes: FastifyPluginAsyncZod<ApiRouteOptions> = async (app, { access, records, expectLive }) => {
  const me = requireSession(app, access);

  app.post(
    "/auth/sign-out",
    { schema: { tags: ["Session"], summary: "End this session", response: { 200: done, "4xx": errorBody } } },
    (request) => access.signOut(tokenOf(request)).then(sayDone),
  );

  app.get(
    "/me",
    { schema: { tags: ["Session"], summary: "Who you are", response: { 200: schemas.member, "4xx": errorBody } } },
    (request) => me(request),
  );

  app.post(
    "/tickets",
    {
      schema: {
        tags: ["Session"],
        summary: "A ticket for one WebSocket, good for a minute",
        response: {
          200: z.object({ ticket: z.string(), persona: schemas.personName.describe("Yours, as it is now") }),
          "4xx": errorBody,
        },
      },
    },
    (request) => ({
      ticket: access.issueTicket(me(request), tokenOf(request)),
      persona: me(request).persona,
    }),
  );

  app.post(
    "/live-tickets",
    {
      schema: {
        tags: ["Session"],
        summary:
          "Tickets for live documents, in the order asked for: each opens the one it is for, once, within a minute",
        body: schemas.liveTicketsBody,
        response: { 200: z.object({ tickets: z.array(z.string()) }), "4xx": errorBody },
      },
    },
    (request) => {
      const tickets = access.issueLiveTickets(me(request), tokenOf(request), request.body.documents);
      if (tickets === undefined) throw refusals.tooManyRequests();
      expectLive(me(request).id, request.body.documents);
      return { tickets: [...tickets] };
    },
  );

  app.get(
    "/spaces",
    {
      schema: {
        tags: ["Spaces"],
        summary: "Your spaces and who is in them",
        response: { 200: z.array(schemas.space), "4xx": errorBody },
      },
    },
    (request) => access.sharedSpacesOf(me(request).id).map((space) => ({ ...space, members: [...space.members] })),
  );

  app.put(
    "/spaces/:id/members/:memberId",
    {
      schema: {
        tags: ["Spaces"],
        summary: "Add somebody to a space, or change their persona in it",
        params: schemas.spaceMemberParams,
        body: schemas.spaceMemberBody,
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) =>
      access
        .addToSpace(me(request), request.params.id, request.params.memberId, request.body.persona)
        .then(unwrap)
        .then(sayDone),
  );

  app.delete(
    "/spaces/:id/members/:memberId",
    {
      schema: {
        tags: ["Spaces"],
        summary: "Remove somebody from a space: their devices drop it",
        params: schemas.spaceMemberParams,
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) =>
      access.removeFromSpace(me(request), request.params.id, request.params.memberId).then(unwrap).then(sayDone),
  );

  app.get(
    "/members",
    {
      schema: {
        tags: ["Members"],
        summary: "Everybody in the organization; for the team",
        response: { 200: z.array(schemas.member), "4xx": errorBody },
      },
    },
    (request) => [...access.membersFor(me(request))],
  );

  app.post(
    "/members",
    {
      schema: {
        tags: ["Members"],
        summary: "Add a member",
        body: schemas.newMemberBody,
        response: { 200: schemas.member, "4xx": errorBody },
      },
    },
    (request) => access.addMember(me(request), request.body).then(unwrap),
  );

  app.get(
    "/records",
    {
      schema: {
        tags: ["Records"],
        summary: "Records of a type in a space, oldest first; go on with the cursor until there is none",
        querystring: schemas.listQuery,
        response: { 200: schemas.recordPage, "4xx": errorBody },
      },
    },
    (request) => records.list(me(request), request.query),
  );

  app.post(
    "/records",
    {
      schema: {
        tags: ["Records"],
        summary: "Make a record",
        body: schemas.newRecordBody,
        response: { 200: schemas.record, "4xx": errorBody },
      },
    },
    (request) => records.create(me(request), request.body),
  );

  app.get(
    "/records/:id",
    {
      schema: {
        tags: ["Records"],
        summary: "One record",
        params: schemas.idParams,
        response: { 200: schemas.record, "4xx": errorBody },
      },
    },
    (request) => records.read(me(request), request.params.id),
  );

  app.patch(
    "/records/:id",
    {
      schema: {
        tags: ["Records"],
        summary: "Change fields of a record",
        params: schemas.idParams,
        body: schemas.editRecordBody,
        response: { 200: schemas.record, "4xx": errorBody },
      },
    },
    (request) => records.edit(me(request), request.params.id, request.body.fields),
  );

  app.delete(
    "/records/:id",
    {
      schema: {
        tags: ["Records"],
        summary: "Delete a record",
        params: schemas.idParams,
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => records.remove(me(request), request.params.id).then(sayDone),
  );
};
