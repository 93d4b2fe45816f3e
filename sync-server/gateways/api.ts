// The HTTP API under /api/v1: rate limits, one shape of refusal, OpenAPI 3.1. Thin over access and the record store.

import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { DamagedDocument } from "#sync-server/storage/damaged-document.ts";
import { ApiRefusal, refusals, sendRefusal } from "./api-errors.ts";
import { chainKeyRoutes, chainRoutes, type ChainRouteOptions } from "./chain-routes.ts";
import { keyRoutes, type KeyRouteOptions } from "./key-routes.ts";
import { memberRoutes, openRoutes, type ApiRouteOptions } from "./api-routes.ts";
import { accountRoutes, openAccountRoutes, type AccountRouteOptions } from "./account-routes.ts";
import { auditRoutes, type AuditRouteOptions } from "./audit-routes.ts";
import { invitationRoutes, openInvitationRoutes, type InvitationRouteOptions } from "./invitation-routes.ts";
import { quarantineRoutes, type QuarantineRouteOptions } from "./quarantine-routes.ts";
import { spaceRoutes, type SpaceRouteOptions } from "./space-routes.ts";
import { fileRoutes, type FileRouteOptions } from "./file-routes.ts";
import { historyRoutes, type HistoryRouteOptions } from "./history-routes.ts";
import { describeRoutes } from "./openapi.ts";
import { offlineTermRoutes, type OfflineTermRouteOptions } from "./offline-term-routes.ts";
import { policyRoutes, type PolicyRouteOptions } from "./policy-routes.ts";
import { isAllowedOrigin } from "./origin.ts";
import { privacyRoutes, type PrivacyRouteOptions } from "./privacy-routes.ts";

type ApiOptions = Omit<ApiRouteOptions, "signInsPerMinute"> &
  AccountRouteOptions &
  AuditRouteOptions &
  ChainRouteOptions &
  HistoryRouteOptions &
  InvitationRouteOptions &
  FileRouteOptions &
  KeyRouteOptions &
  PrivacyRouteOptions &
  SpaceRouteOptions &
  PolicyRouteOptions &
  QuarantineRouteOptions &
  OfflineTermRouteOptions & {
    readonly requestsPerMinute: number;
    readonly allowedOrigins: readonly string[];
  };

export const API_PREFIX = "/api/v1";

const refusalOf = (error: unknown): ApiRefusal => {
  if (error instanceof ApiRefusal) return error;
  if (error instanceof DamagedDocument) return refusals.damaged();
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map(({ instancePath, message }) => [
      instancePath.slice(1) || "body",
      message ?? "Cannot be used.",
    ]);
    return new ApiRefusal(
      400,
      "BadInput",
      "Something is missing or not readable. Correct it and send it again.",
      Object.fromEntries(fields),
    );
  }
  const status = typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : undefined;
  if (status === 413) return new ApiRefusal(413, "TooLarge", "This is too large. Send less at once.");
  if (typeof status === "number" && status >= 400 && status < 500) {
    return refusals.badInput("The request is not readable. Send JSON with the content type application/json.");
  }
  return refusals.failed();
};

export async function registerApi(app: FastifyInstance, options: ApiOptions): Promise<void> {
  await app.register(
    async (api) => {
      api.setValidatorCompiler(validatorCompiler);
      api.setSerializerCompiler(serializerCompiler);
      api.setErrorHandler((error, request, reply) => {
        const refusal = refusalOf(error);
        if (refusal.status >= 500) request.log.error({ err: error }, "request failed");
        return sendRefusal(reply, refusal);
      });
      api.setNotFoundHandler((_request, reply) => sendRefusal(reply, refusals.notFound()));
      await api.register(rateLimit, {
        max: options.requestsPerMinute,
        timeWindow: "1 minute",
        errorResponseBuilder: () => refusals.tooManyRequests(),
      });
      allowOtherOrigins(api, options.allowedOrigins);
      api.addHook("onSend", async (_request, reply) => void reply.header("cache-control", "no-store"));
      const describe = describeRoutes(api);
      const routeOptions = { ...options, signInsPerMinute: Math.ceil(options.requestsPerMinute / 20) };
      await api.register(openRoutes, routeOptions);
      await api.register(memberRoutes, routeOptions);
      await api.register(openAccountRoutes, routeOptions);
      await api.register(accountRoutes, routeOptions);
      await api.register(auditRoutes, routeOptions);
      await api.register(privacyRoutes, routeOptions);
      await api.register(historyRoutes, routeOptions);
      await api.register(spaceRoutes, routeOptions);
      await api.register(policyRoutes, routeOptions);
      await api.register(quarantineRoutes, routeOptions);
      await api.register(offlineTermRoutes, routeOptions);
      await api.register(openInvitationRoutes, routeOptions);
      await api.register(invitationRoutes, routeOptions);
      await api.register(fileRoutes, routeOptions);
      await api.register(keyRoutes, routeOptions);
      await api.register(chainRoutes, routeOptions);
      await api.register(chainKeyRoutes, routeOptions);
      api.get("/openapi.json", { schema: { hide: true } }, describe);
    },
    { prefix: API_PREFIX },
  );
}

/** The desktop app and origins the operator allowed may call from their own pages; the credential is always the token. */
function allowOtherOrigins(api: FastifyInstance, allowed: readonly string[]): void {
  api.addHook("onRequest", async (request, reply) => {
    const { origin, host } = request.headers;
    if (origin === undefined || !isAllowedOrigin(origin, host, allowed)) return;
    reply.header("access-control-allow-origin", origin).header("vary", "origin");
  });
  api.options("/*", { schema: { hide: true } }, (_request, reply) =>
    reply
      .header("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE")
      .header("access-control-allow-headers", "authorization, content-type")
      .header("access-control-max-age", "600")
      .status(204)
      .send(),
  );
}
