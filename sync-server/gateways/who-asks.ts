// Every route behind a session asks here first: registers the hook that finds the member of a request's token.

import type { FastifyInstance, FastifyRequest } from "fastify";
import { assert } from "#shared/model/result.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import { refusals } from "./api-errors.ts";

export const tokenOf = (request: Pick<FastifyRequest, "headers">): string =>
  /^Bearer ([\w-]{20,200})$/.exec(request.headers.authorization ?? "")?.[1] ?? "";

/** Refuses requests without a session in this plugin, and returns who asks for the others. */
export function requireSession(app: Pick<FastifyInstance, "addHook">, access: Access): (request: object) => Member {
  const membersByRequest = new WeakMap<object, Member>();
  app.addHook("onRequest", async (request) => {
    const member = access.memberOfToken(tokenOf(request));
    if (member === undefined) throw refusals.notSignedIn();
    membersByRequest.set(request, member);
  });
  return (request) => {
    const member = membersByRequest.get(request);
    assert(member !== undefined, "every route below the hook has a member");
    return member;
  };
}
