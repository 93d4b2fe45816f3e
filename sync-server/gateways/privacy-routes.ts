// "My data" over HTTP: what is held about the person asking and who can see it, as a page and as a file, what they ask of the
// provider, and the provider's answers.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { consentCoverNames } from "#shared/model/consent.ts";
import type { Access } from "#sync-server/access/access.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { PersonalData } from "#sync-server/privacy/personal-data.ts";
import { lensUsesOf, noticesFor } from "#sync-server/privacy/notices.ts";
import type { PrivacyRequests } from "#sync-server/privacy/privacy-requests.ts";
import type { PrivacyStorage } from "#sync-server/storage/storage.ts";
import { errorBody, unwrap } from "./api-errors.ts";
import * as schemas from "./api-schemas.ts";
import { personName } from "./api-schemas.ts";
import { namesFor } from "./names-of.ts";
import { requireSession } from "./who-asks.ts";

export type PrivacyRouteOptions = {
  readonly access: Access;
  readonly audit: Audit;
  readonly personalData: PersonalData;
  readonly privacyRequests: PrivacyRequests;
  readonly requests: Pick<PrivacyStorage, "requests">;
};

const reader = z.object({ id: z.string(), name: z.string(), persona: personName });
const cover = z.enum(consentCoverNames);
const request = z
  .object({
    id: z.string(),
    kind: z.enum(["erasure", "consent"]),
    note: z.string(),
    at: z.number(),
    state: z.enum(["open", "done", "declined"]),
    answer: z.string(),
    answeredAt: z.number(),
    covers: z.array(cover).readonly().describe("Of a withdrawn consent, while it is in force"),
  })
  .meta({ id: "PrivacyRequest" });
const lensUse = z.object({
  at: z.string(),
  by: z.string(),
  byName: z.string().describe("Empty for whoever is gone"),
  record: z.string(),
});
const notice = z
  .discriminatedUnion("kind", [
    lensUse.extend({ kind: z.literal("viewed") }),
    z.object({
      kind: z.enum(["asked", "answered"]),
      at: z.string(),
      by: z.string(),
      byName: z.string(),
      request: z.string(),
      about: z.enum(["erasure", "consent"]),
    }),
  ])
  .meta({ id: "Notice" });
const held = z
  .object({
    account: schemas.member,
    devices: z.number().describe("Devices that are signed in"),
    spaces: z
      .array(z.object({ id: z.string(), name: z.string(), persona: z.string(), members: z.array(reader).readonly() }))
      .readonly(),
    records: z
      .array(
        z.object({
          id: z.string(),
          type: z.string(),
          why: z.enum(["about you", "written by you"]),
          fields: schemas.record.shape.fields.readonly(),
          readers: z.array(reader).readonly().describe("Who can see any of these fields"),
        }),
      )
      .readonly(),
    lensUses: z.array(lensUse).readonly().describe("Who of the team looked at what the way you see it"),
    requests: z.array(request).readonly(),
  })
  .meta({ id: "HeldData" });
const namedRecords = z.array(z.object({ recordId: z.string(), type: z.string(), title: z.string() })).readonly();
const forProvider = request.extend({
  memberId: z.string(),
  name: z.string().describe("Empty once the person is erased"),
  email: z.string(),
  records: z.array(z.string()).readonly().describe("Contacts a withdrawn consent concerns"),
  about: namedRecords.describe("Records about them: contacts with their address"),
  written: namedRecords.describe("Records they made"),
  mentions: namedRecords.describe(
    "Other records with their address in them or words of theirs: look at them before you answer",
  ),
  rules: z
    .array(z.object({ space: z.string(), spaceName: z.string(), type: z.string() }))
    .readonly()
    .describe("Share rules with their address in them"),
});
const done = z.object({ done: z.literal(true) });

export const privacyRoutes: FastifyPluginAsyncZod<PrivacyRouteOptions> = async (app, options) => {
  const { access, audit, personalData, privacyRequests, requests } = options;
  const me = requireSession(app, access);

  async function heldFor(ask: object): Promise<z.output<typeof held>> {
    const member = me(ask);
    return {
      ...(await personalData.heldAbout(member)),
      lensUses: lensUsesOf(member.id, audit, namesFor(access, member)),
      requests: privacyRequests.ofMember(member.id),
    };
  }

  app.get(
    "/notices",
    {
      schema: {
        tags: ["My data"],
        summary: "What you are told: who looked as you, requests that wait for you, answers to yours",
        response: { 200: z.array(notice).readonly(), "4xx": errorBody },
      },
    },
    (ask) => {
      const member = me(ask);
      return noticesFor(member, { audit, requests, nameOf: namesFor(access, member) });
    },
  );

  app.get(
    "/my-data",
    {
      schema: {
        tags: ["My data"],
        summary: "What is held about you, and who can see it; for people from outside",
        response: { 200: held, "4xx": errorBody },
      },
    },
    (ask) => heldFor(ask),
  );

  app.get(
    "/my-data/export",
    {
      schema: {
        tags: ["My data"],
        summary: "The same as one file to keep",
        response: { 200: held, "4xx": errorBody },
      },
    },
    (ask, reply) =>
      heldFor(ask).then(async (all) => {
        await audit.record({
          action: "export.made",
          actor: me(ask).id,
          target: me(ask).id,
          details: { what: "my data" },
        });
        void reply.header("content-disposition", 'attachment; filename="my-data.json"');
        return all;
      }),
  );

  app.post(
    "/my-data/requests",
    {
      schema: {
        tags: ["My data"],
        summary: "Ask for erasure, or withdraw your consent; owners and managers answer",
        body: z.object({
          kind: z.enum(["erasure", "consent"]),
          note: z.string().max(2_000).default(""),
          covers: z.array(cover).max(3).default([]).describe("Of a withdrawal: what stops at once"),
        }),
        response: { 200: request, "4xx": errorBody },
      },
    },
    (ask) => privacyRequests.ask(me(ask), ask.body).then(unwrap),
  );

  app.post(
    "/my-data/consent",
    {
      schema: {
        tags: ["My data"],
        summary: "Give consent again: what you withdrew holds no longer",
        response: { 200: done, "4xx": errorBody },
      },
    },
    (ask) =>
      privacyRequests
        .giveConsentAgain(me(ask))
        .then(unwrap)
        .then(() => ({ done: true as const })),
  );

  app.get(
    "/privacy-requests",
    {
      schema: {
        tags: ["My data"],
        summary: "What people asked about their data, newest first; for owners and managers",
        response: { 200: z.array(forProvider).readonly(), "4xx": errorBody },
      },
    },
    (ask) => privacyRequests.forProvider(me(ask)),
  );

  app.post(
    "/privacy-requests/:id/answer",
    {
      schema: {
        tags: ["My data"],
        summary: "Answer a request. `done` for an erasure removes the person's data for good",
        params: schemas.idParams,
        body: z.object({
          decision: z.enum(["done", "declined"]),
          answer: z.string().max(2_000).default(""),
          records: z
            .array(z.string().max(64))
            .max(20_000)
            .default([])
            .describe("For an erasure: which of the records about them and those they made go with the account"),
        }),
        response: { 200: done, "4xx": errorBody },
      },
    },
    (ask) =>
      privacyRequests
        .answer(me(ask), { id: ask.params.id, ...ask.body })
        .then(unwrap)
        .then(() => ({ done: true as const })),
  );
};
