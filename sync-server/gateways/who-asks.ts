// Every route behind a session asks here first: registers the hook that finds the member of a request's token, and refuses
// whoever the route's rule does not let in (door-rules.ts).

import type { FastifyInstance, FastifyRequest } from "fastify";
import { assert } from "#shared/model/result.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import { isInternal } from "#shared/model/personas.ts";
import { refusals } from "./api-errors.ts";
import { ruleOfRoute, type Who } from "./door-rules.ts";

export const tokenOf = (request: Pick<FastifyRequest, "headers">): string =>
  /^Bearer ([\w-]{20,200})$/.exec(request.headers.authorization ?? "")?.[1] ?? "";

function lets(who: Who, { persona }: Member): boolean {
  switch (who) {
    case "anyone":
    case "member":
      return true;
    case "operator":
      return false;
    case "outsiders":
      return !isInternal(persona);
    case "team":
      return isInternal(persona);
    case "managers":
      return persona === "owner" || persona === "manager";
  }
}

/** Refuses requests without a session in this plugin, and returns who asks for the others. */
export function requireSession(app: Pick<FastifyInstance, "addHook">, access: Access): (request: object) => Member {
  const membersByRequest = new WeakMap<object, Member>();
  app.addHook("onRequest", async (request) => {
    const member = access.memberOfToken(tokenOf(request));
    if (member === undefined) throw access.hasEnded(tokenOf(request)) ? refusals.accessEnded() : refusals.notSignedIn();
    // A path that no route has answers 404 to every member.
    const rule = ruleOfRoute(request.method, request.routeOptions.url ?? "");
    if (rule !== undefined && !lets(rule.who, member)) throw refusals.notAllowed();
    membersByRequest.set(request, member);
  });
  return (request) => {
    const member = membersByRequest.get(request);
    assert(member !== undefined, "every route below the hook has a member");
    return member;
  };
}
