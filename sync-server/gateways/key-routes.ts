// The routes of device keys: what signs for a member, and what no longer does.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Access } from "#sync-server/access/access.ts";
import type { DeviceKeys } from "#sync-server/access/device-keys.ts";
import type { DeviceKeyRow } from "#sync-server/storage/storage.ts";
import { errorBody, unwrap } from "./api-errors.ts";
import * as schemas from "./api-schemas.ts";
import { done, sayDone } from "./api-schemas.ts";
import { requireSession } from "./who-asks.ts";

export type KeyRouteOptions = { readonly access: Access; readonly keys: DeviceKeys };

const sayKey = ({
  memberId: _mine,
  registeredAt,
  revokedAt,
  ...key
}: DeviceKeyRow): z.output<typeof schemas.deviceKey> => ({
  ...key,
  registeredAt: new Date(registeredAt).toISOString(),
  ...(revokedAt === undefined ? {} : { revokedAt: new Date(revokedAt).toISOString() }),
});

export const keyRoutes: FastifyPluginAsyncZod<KeyRouteOptions> = async (app, { access, keys }) => {
  const me = requireSession(app, access);

  app.get(
    "/keys",
    {
      schema: {
        tags: ["Device keys"],
        summary: "The keys that sign for you, revoked ones included",
        response: { 200: z.array(schemas.deviceKey), "4xx": errorBody },
      },
    },
    (request) => keys.of(me(request).id).map(sayKey),
  );

  app.post(
    "/keys",
    {
      schema: {
        tags: ["Device keys"],
        summary: "Register a key of one of your devices",
        body: schemas.newKeyBody,
        response: { 200: schemas.deviceKey, "4xx": errorBody },
      },
    },
    (request) => keys.register(me(request), request.body).then(unwrap).then(sayKey),
  );

  app.delete(
    "/keys/:id",
    {
      schema: {
        tags: ["Device keys"],
        summary: "Revoke a key: it signs nothing more; what it signed still holds",
        params: schemas.idParams,
        response: { 200: done, "4xx": errorBody },
      },
    },
    (request) => keys.revoke(me(request), request.params.id).then(unwrap).then(sayDone),
  );
};
