// The one shape of every HTTP refusal, and the sentences that several routes share. What is not yours and what does not
// exist answer with the same words (rule E5).

import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { Result } from "#shared/model/result.ts";
import type { AccessError } from "#sync-server/access/access.ts";

export const errorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string().describe("What to do next, in one or two sentences"),
      fields: z.record(z.string(), z.string()).optional().describe("Per field, when values could not be used"),
    }),
  })
  .meta({ id: "Error" });

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 503;

/** A refusal on its way out of a handler: thrown, and turned into a reply in one place (api.ts). */
export class ApiRefusal extends Error {
  readonly status: Status;
  readonly code: string;
  readonly fields: Readonly<Record<string, string>> | undefined;

  constructor(status: Status, code: string, message: string, fields?: Readonly<Record<string, string>>) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export const refusals = {
  notSignedIn: () => new ApiRefusal(401, "NotSignedIn", "Sign in, then try again."),
  accessEnded: () =>
    new ApiRefusal(401, "AccessEnded", "Your access here has ended. Ask an owner or a manager of the organization."),
  notAllowed: () => new ApiRefusal(403, "NotAllowed", "You may not do this here. Ask a manager of the space."),
  notFound: () =>
    new ApiRefusal(404, "NotFound", "There is nothing here, or it is not shared with you. Check the address."),
  badInput: (message: string) => new ApiRefusal(400, "BadInput", message),
  badFields: (fields: Readonly<Record<string, string>>) =>
    new ApiRefusal(400, "InvalidFields", "Some values cannot be used. Correct them and send them again.", fields),
  tooManyRequests: () =>
    new ApiRefusal(429, "TooManyRequests", "There were too many requests. Wait a minute, then try again."),
  damaged: () =>
    new ApiRefusal(
      503,
      "Damaged",
      "What the server has of this is damaged. Try again when its operator has restored it; devices keep what they hold.",
    ),
  failed: () =>
    new ApiRefusal(
      500,
      "Failed",
      "The server could not do this. Try again, and tell its operator when it happens again.",
    ),
} as const;

const statusOfAccessError: Readonly<Record<AccessError["type"], Status>> = {
  SignInFailed: 401,
  TooManyTries: 429,
  AlreadySetUp: 409,
  NotAllowed: 403,
  Taken: 409,
  BadInput: 400,
  InvitationRefused: 403,
};

const accessRefusal = (error: AccessError): ApiRefusal =>
  new ApiRefusal(statusOfAccessError[error.type], error.type, error.message);

/** The value, or the refusal on its way out. */
export function unwrap<T>(result: Result<T, AccessError>): T {
  if (result.ok) return result.value;
  throw accessRefusal(result.error);
}

export function sendRefusal(reply: FastifyReply, refusal: ApiRefusal): FastifyReply {
  const { code, message, fields } = refusal;
  return reply.status(refusal.status).send({ error: { code, message, ...(fields === undefined ? {} : { fields }) } });
}
