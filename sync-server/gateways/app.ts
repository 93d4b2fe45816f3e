// Serves the built app: hashed files for a year, the few that change always fresh, index.html for every page address,
// and the headers that keep foreign code out.

import { existsSync } from "node:fs";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refusals, sendRefusal } from "./api-errors.ts";

type AppOptions = { readonly folder: string; readonly behindTls: boolean };

const FRESH = "no-cache";
const FOR_A_YEAR = "public, max-age=31536000, immutable";
/** Vite puts everything with a hash in its name here. */
const HASHED_FOLDER = "/assets/";

export async function registerApp(app: FastifyInstance, { folder, behindTls }: AppOptions): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Mantine sets styles on elements and in style tags.
        styleSrc: ["'self'", "'unsafe-inline'"],
        connectSrc: ["'self'", "ws:", "wss:"],
        imgSrc: ["'self'", "data:", "blob:"],
        fontSrc: ["'self'", "data:"],
        workerSrc: ["'self'", "blob:"],
        manifestSrc: ["'self'"],
        frameSrc: ["'none'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "same-origin" },
    frameguard: { action: "deny" },
    hsts: behindTls,
    // Over plain http to another machine browsers only warn about these two.
    crossOriginOpenerPolicy: behindTls,
    originAgentCluster: behindTls,
  });

  const isBuilt = existsSync(join(folder, "index.html"));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = path.slice(folder.length).replaceAll("\\", "/").startsWith(HASHED_FOLDER);
        reply.header("cache-control", isHashed ? FOR_A_YEAR : FRESH);
      },
    });
  }

  app.setNotFoundHandler((request, reply) => {
    if (!isNavigation(request)) return sendRefusal(reply, refusals.notFound());
    return isBuilt ? reply.sendFile("index.html") : notBuilt(reply);
  });
}

/** A person typing or following an address, not a script or image that is missing. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  const wantsPage = headers["sec-fetch-mode"] === "navigate" || (headers.accept ?? "").includes("text/html");
  return (method === "GET" || method === "HEAD") && wantsPage && !/^\/(api|feed|live|assets)(\/|$|\?)/.test(url);
}

const notBuilt = (reply: FastifyReply): FastifyReply =>
  reply
    .status(503)
    .type("text/plain; charset=utf-8")
    .send("The app is not built yet. Run npm run build, then start the relay again.\n");
