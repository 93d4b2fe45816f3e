// What an operator's tools ask the relay about itself: does it live, does it serve, how is it doing.

import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { StorageStatus } from "#sync-server/storage/storage.ts";
import type { Metrics, Readings } from "./metrics.ts";

/** Before it serves, the listener answers: `loading`. */
export type Phase = "serving" | "stopping";

type HealthOptions = {
  readonly phase: () => Phase;
  readonly storage: () => Promise<StorageStatus>;
  readonly metrics: Metrics;
  readonly sockets: Readings["sockets"];
  readonly chains: Readings["chains"];
  /** Empty: only programs on this machine may read the metrics. */
  readonly metricsToken: string;
};

/** "ready", or in two or three words why not. */
async function readiness({ phase, storage }: HealthOptions): Promise<string> {
  const now = phase();
  if (now !== "serving") return now;
  const { writes } = await storage();
  if (writes === "full") return "disk full";
  return writes === "broken" ? "disk failed" : "ready";
}

const loopback = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/** How much is going on is nobody's business outside. What came through a proxy is not from this machine, wherever the proxy is. */
function mayReadMetrics({ headers, socket }: FastifyRequest, token: string): boolean {
  if (token === "") {
    const wasForwarded = headers["x-forwarded-for"] !== undefined || headers["forwarded"] !== undefined;
    return !wasForwarded && loopback.has(socket.remoteAddress ?? "");
  }
  const given = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

export function registerHealth(app: FastifyInstance, options: HealthOptions): void {
  const { metrics, metricsToken } = options;
  app.addHook("onResponse", async (_request, reply) => metrics.countRequest(reply.statusCode));
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const status = await readiness(options);
    return reply.status(status === "ready" ? 200 : 503).send({ status });
  });
  app.get("/metrics", async (request, reply) => {
    if (!mayReadMetrics(request, metricsToken))
      return reply
        .status(403)
        .type("text/plain; charset=utf-8")
        .send("Only from the relay's own machine, or with the token of --metrics-token as a Bearer token.\n");
    const { contentType, text } = await metrics.read({
      sockets: options.sockets,
      chains: options.chains,
      storage: options.storage,
      isReady: async () => (await readiness(options)) === "ready",
    });
    return reply.type(contentType).send(text);
  });
}
