// The OpenAPI document of the API. Routes are noted as they are registered; what makes a document of them is loaded when
// somebody asks for it, since no start should wait for it.

import Fastify, { type FastifyInstance, type RouteOptions } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";

/** Describes the routes that are registered from now on, once there are all of them. */
export function describeRoutes(api: FastifyInstance): () => Promise<object> {
  const routes: RouteOptions[] = [];
  // A HEAD is its GET without a body.
  api.addHook("onRoute", (route) => void (route.method === "HEAD" || routes.push(route)));
  let document: Promise<object> | undefined;
  return () => (document ??= documentOf(routes));
}

async function documentOf(routes: readonly RouteOptions[]): Promise<object> {
  const { default: swagger } = await import("@fastify/swagger");
  // It takes its routes from an app while they are registered: this one is there for nothing else.
  const app = Fastify({ exposeHeadRoutes: false });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Drawbridge",
        version: "1",
        description: "Records, spaces and members of one organization, under the rights of whoever asks.",
      },
      components: { securitySchemes: { session: { type: "http", scheme: "bearer" } } },
      security: [{ session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  for (const { method, url, schema } of routes)
    app.route({ method, url, ...(schema === undefined ? {} : { schema }), handler: () => undefined });
  await app.ready();
  return app.swagger();
}
