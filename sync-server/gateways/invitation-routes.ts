// Invitations over HTTP: looking at one and accepting it are open to whoever holds its link, the rest is for owners and
// managers. The secret travels in bodies only, never in an address, which proxies write down.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Access, Member } from "#sync-server/access/access.ts";
import type { Invitations } from "#sync-server/access/invitations.ts";
import type { Mailer } from "#sync-server/mail/mailer.ts";
import { errorBody, unwrap } from "./api-errors.ts";
import { done, member, personName, sayDone } from "./api-schemas.ts";
import { handedOver, handOver } from "./hand-over-link.ts";
import { requireSession } from "./who-asks.ts";

export type InvitationRouteOptions = {
  readonly access: Access;
  readonly invitations: Invitations;
  readonly mailer: Mailer | undefined;
  /** Where people reach this relay; needed for links in mails only. */
  readonly address: string;
};

const text = z.string().max(1_000);
const secret = z.string().min(20).max(200);
const persona = personName;
const space = z.string().max(64).describe("Empty for the team, which is in every space");

const invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    persona,
    space,
    spaceName: z.string(),
    invitedBy: z.string(),
    createdAt: z.number(),
    expiresAt: z.number(),
    state: z.enum(["open", "accepted", "cancelled", "expired"]),
  })
  .meta({ id: "Invitation" });

const inviteBody = z.object({ email: text, persona, space: space.default("") });

const made = z.object({
  invitation,
  ...handedOver,
});

const notice = z.object({
  organization: z.string(),
  invitedBy: z.string(),
  persona,
  personaName: z.string().describe("What the organization calls it"),
  space,
  spaceName: z.string(),
  emailHint: z.string(),
  expiresAt: z.number(),
});

const tags = ["Invitations"];

export const openInvitationRoutes: FastifyPluginAsyncZod<InvitationRouteOptions> = async (app, { invitations }) => {
  app.post(
    "/invitations/look",
    {
      schema: {
        tags,
        summary: "What an invitation is for, for whoever holds its link",
        body: z.object({ secret }),
        response: { 200: notice, "4xx": errorBody },
      },
    },
    ({ body, ip }) => unwrap(invitations.look(body.secret, ip)),
  );

  app.post(
    "/invitations/accept",
    {
      schema: {
        tags,
        summary: "Accept an invitation: makes the account and signs in, once",
        body: z.object({ secret, email: text, name: text, password: text }),
        response: { 200: z.object({ token: z.string(), member, space }), "4xx": errorBody },
      },
    },
    ({ body, ip }) => invitations.accept({ ...body, address: ip }).then(unwrap),
  );
};

export const invitationRoutes: FastifyPluginAsyncZod<InvitationRouteOptions> = async (app, options) => {
  const { access, invitations, mailer } = options;
  const me = requireSession(app, access);

  async function invite(by: Member, input: z.output<typeof inviteBody>): Promise<z.output<typeof made>> {
    const { invitation, secret } = unwrap(await invitations.invite(by, input));
    const handed = await handOver(options.address, `/invite#${secret}`, (link) =>
      mailer?.sendInvitation({
        to: invitation.email,
        organization: access.organizationName(),
        invitedBy: invitation.invitedBy,
        personaName: invitations.personaName(invitation.persona),
        spaceName: invitation.spaceName,
        link,
      }),
    );
    return { invitation, ...handed };
  }

  app.get(
    "/invitations",
    {
      schema: { tags, summary: "Invitations, newest first", response: { 200: z.array(invitation), "4xx": errorBody } },
    },
    (request) => [...invitations.list(me(request))],
  );

  app.post(
    "/invitations",
    {
      schema: {
        tags,
        summary: "Invite somebody; the answer is the only place where the link's secret ever stands",
        body: inviteBody,
        response: { 200: made, "4xx": errorBody },
      },
    },
    (request) => invite(me(request), request.body),
  );

  app.delete(
    "/invitations/:id",
    {
      schema: {
        tags,
        summary: "Withdraw an invitation that was not accepted yet",
        params: z.object({ id: z.string().max(64) }),
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => invitations.cancel(me(request), request.params.id).then(unwrap).then(sayDone),
  );
};
