// What answers HTTP: what it writes down, what it takes, and a rule for every route.

import type { RequestListener, Server } from "node:http";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { newId } from "#shared/model/ids.ts";
import { requireRouteRule } from "./door-rules.ts";

const MAX_BODY_BYTES = 1024 * 1024;

type ServerOptions = {
  readonly logger: Logger;
  readonly behindTls: boolean;
  readonly onRoute: ((route: { readonly method: string | string[]; readonly url: string }) => void) | undefined;
  readonly serverFactory: (handler: RequestListener) => Server;
};

/** Only the API has schemas, and compiles them with zod. Fastify would load its own compilers with every start. */
function noCompiler(): never {
  throw new Error("a route outside of the API has a schema");
}

/** No personal data in the log: neither addresses nor headers nor queries, which carry tickets. */
export function createHttpServer({ logger, behindTls, onRoute, serverFactory }: ServerOptions): FastifyInstance {
  const quiet = logger.child(
    {},
    {
      serializers: {
        req: (request: { method: string; url: string }) => ({
          method: request.method,
          path: request.url.split("?")[0],
        }),
        res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
      },
    },
  );
  const loggerInstance: FastifyBaseLogger = quiet;
  const app = Fastify({
    loggerInstance,
    serverFactory,
    genReqId: newId,
    // One hop: what the proxy itself wrote. Whatever a client put into the header before counts for nothing.
    trustProxy: behindTls ? (_address, hop) => hop === 0 : false,
    bodyLimit: MAX_BODY_BYTES,
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    forceCloseConnections: true,
  });
  app.addHook("onRoute", (route) => {
    requireRouteRule(route);
    onRoute?.(route);
  });
  return app;
}
