// Accounts over HTTP: one's own password, and what owners and managers do with the accounts of others. The secret of a reset
// travels in bodies only, as that of an invitation does.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Access, Member } from "#sync-server/access/access.ts";
import type { Accounts } from "#sync-server/access/accounts.ts";
import type { Mailer } from "#sync-server/mail/mailer.ts";
import { errorBody, unwrap } from "./api-errors.ts";
import * as schemas from "./api-schemas.ts";
import { done, sayDone } from "./api-schemas.ts";
import { handedOver, handOver } from "./hand-over-link.ts";
import { requireSession, tokenOf } from "./who-asks.ts";

export type AccountRouteOptions = {
  readonly access: Access;
  readonly accounts: Accounts;
  readonly mailer: Mailer | undefined;
  /** Where people reach this relay; needed for links in mails only. */
  readonly address: string;
};

const text = z.string().max(1_000);
const secret = z.string().min(20).max(200);
const tags = ["Members"];

const notice = z.object({
  organization: z.string(),
  name: z.string(),
  emailHint: z.string(),
  expiresAt: z.number(),
});

const made = z.object({
  expiresAt: z.number(),
  ...handedOver,
});

export const openAccountRoutes: FastifyPluginAsyncZod<AccountRouteOptions> = async (app, { accounts }) => {
  app.post(
    "/password-resets/look",
    {
      schema: {
        tags,
        summary: "Whose password a link is for, for whoever holds it",
        security: [],
        body: z.object({ secret }),
        response: { 200: notice, "4xx": errorBody },
      },
    },
    ({ body, ip }) => unwrap(accounts.lookAtReset(body.secret, ip)),
  );

  app.post(
    "/password-resets/accept",
    {
      schema: {
        tags,
        summary: "Set a new password with a link: once; ends every session and signs in",
        security: [],
        body: z.object({ secret, password: text }),
        response: { 200: schemas.signedIn, "4xx": errorBody },
      },
    },
    ({ body, ip }) => accounts.reset({ ...body, address: ip }).then(unwrap),
  );
};

export const accountRoutes: FastifyPluginAsyncZod<AccountRouteOptions> = async (app, options) => {
  const { access, accounts, mailer } = options;
  const me = requireSession(app, access);

  async function makeReset(by: Member, memberId: string): Promise<z.output<typeof made>> {
    const { member, secret: secretText, expiresAt } = unwrap(await accounts.makeReset(by, memberId));
    const handed = await handOver(options.address, `/password#${secretText}`, (link) =>
      mailer?.sendPasswordReset({
        to: member.email,
        organization: access.organizationName(),
        madeBy: by.name,
        link,
      }),
    );
    return { expiresAt, ...handed };
  }

  app.put(
    "/me/password",
    {
      schema: {
        tags: ["Session"],
        summary: "Change your password: your other sessions end",
        body: z.object({ before: text, after: text }),
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => accounts.changePassword(me(request), tokenOf(request), request.body).then(unwrap).then(sayDone),
  );

  app.get(
    "/members/ended",
    {
      schema: {
        tags,
        summary: "Those whose access has ended",
        response: { 200: z.array(schemas.member), "4xx": errorBody },
      },
    },
    (request) => [...accounts.ended(me(request))],
  );

  app.patch(
    "/members/:id",
    {
      schema: {
        tags,
        summary: "Change the role of somebody of the team, everywhere at once",
        params: schemas.idParams,
        body: z.object({ persona: schemas.personName }),
        response: { 200: schemas.member, "4xx": errorBody },
      },
    },
    (request) => accounts.changeRole(me(request), request.params.id, request.body.persona).then(unwrap),
  );

  app.delete(
    "/members/:id",
    {
      schema: {
        tags,
        summary: "End somebody's access: sessions, keys and memberships end at once; what they did stays",
        params: schemas.idParams,
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => accounts.end(me(request), request.params.id).then(unwrap).then(sayDone),
  );

  app.post(
    "/members/:id/restore",
    {
      schema: {
        tags,
        summary: "Give somebody access again, with the role they had",
        params: schemas.idParams,
        response: { 200: schemas.member, "4xx": errorBody },
      },
    },
    (request) => accounts.restore(me(request), request.params.id).then(unwrap),
  );

  app.post(
    "/members/:id/password-reset",
    {
      schema: {
        tags,
        summary: "A link for somebody who has forgotten the password; the only place where its secret ever stands",
        params: schemas.idParams,
        response: { 200: made, "4xx": errorBody },
      },
    },
    (request) => makeReset(me(request), request.params.id),
  );
};
