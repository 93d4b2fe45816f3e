// The bytes of files. They come and go whole, under the rights of their record, and are never shown by the browser in our
// name: whatever they are, they are a download.

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { ok, type Result } from "#shared/model/result.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { Access } from "#sync-server/access/access.ts";
import type { FileDesk, FileRefusal } from "#sync-server/files/file-desk.ts";
import { ApiRefusal, errorBody, refusals } from "./api-errors.ts";
import { idParams } from "./api-schemas.ts";
import type { ByteBudgets } from "./byte-budgets.ts";
import { requireSession } from "./who-asks.ts";

export type FileRouteOptions = {
  readonly access: Access;
  readonly files: FileDesk;
  readonly fileBudgets: ByteBudgets;
};

const brought = z.object({ brought: z.number().describe("Bytes of the file that are here") });
const OCTETS = "application/octet-stream";

const refusalOf = ({ type }: FileRefusal): ApiRefusal => {
  switch (type) {
    case "NotFound":
      return refusals.notFound();
    case "NotAllowed":
      return refusals.notAllowed();
    case "Differs":
      return refusals.badInput("These are not the bytes that the file's record names. Attach the file anew.");
    case "NotHere":
      return new ApiRefusal(
        409,
        "NotUploaded",
        "This file has not been uploaded yet. The device it was attached on has to be online first.",
      );
  }
};

function unwrapFile<T>(result: Result<T, FileRefusal>): T {
  if (!result.ok) throw refusalOf(result.error);
  return result.value;
}

export const fileRoutes: FastifyPluginAsyncZod<FileRouteOptions> = async (app, { access, files, fileBudgets }) => {
  const me = requireSession(app, access);
  app.addContentTypeParser(OCTETS, { parseAs: "buffer", bodyLimit: limits.fileBytes }, (_request, body, parsed) =>
    parsed(null, body),
  );

  app.put(
    "/files/:id",
    {
      bodyLimit: limits.fileBytes,
      // Before a byte of it is read.
      preParsing: async (request) => {
        if (fileBudgets.of(me(request).id).wait() > 0) throw refusals.tooManyRequests();
      },
      schema: {
        tags: ["Files"],
        summary:
          "The bytes of a file, as application/octet-stream, whole or part by part; they have to be those its record names",
        params: idParams,
        querystring: z.object({
          from: z.coerce
            .number()
            .int()
            .min(0)
            .optional()
            .describe("A part: how many bytes of the file are there already"),
        }),
        response: { 200: brought, "4xx": errorBody },
      },
    },
    (request) => {
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const { id } = request.params;
      const { from } = request.query;
      const member = me(request);
      fileBudgets.of(member.id).spend(bytes.length);
      const kept =
        from === undefined
          ? files.put(member, id, bytes).then((result) => (result.ok ? ok(bytes.length) : result))
          : files.putPart(member, id, from, bytes);
      return kept.then(unwrapFile).then((here) => ({ brought: here }));
    },
  );

  app.get(
    "/files/:id/upload",
    {
      schema: {
        tags: ["Files"],
        summary: "How much of a file you have brought: an upload that broke off goes on from there",
        params: idParams,
        response: { 200: brought, "4xx": errorBody },
      },
    },
    (request) =>
      files
        .brought(me(request), request.params.id)
        .then(unwrapFile)
        .then((bytes) => ({ brought: bytes })),
  );

  app.get(
    "/files/:id",
    {
      schema: {
        tags: ["Files"],
        summary: "The bytes of a file",
        params: idParams,
        response: { 200: z.any().describe("The bytes"), "4xx": errorBody },
      },
    },
    (request, reply) =>
      files
        .get(me(request), request.params.id)
        .then(unwrapFile)
        .then((bytes) =>
          reply
            .header("content-type", OCTETS)
            .header("content-disposition", "attachment")
            .header("x-content-type-options", "nosniff")
            .header("content-security-policy", "sandbox; default-src 'none'")
            .send(Buffer.from(bytes)),
        ),
  );
};
