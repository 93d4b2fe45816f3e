// Shapes of the HTTP API: checked on the way in and out, and printed as OpenAPI.

import { z } from "zod";
import { audiences } from "#shared/model/audience.ts";
import { limits } from "#shared/protocol/limits.ts";
import { spaceKinds } from "#shared/protocol/frames.ts";
import { isPersona, type Persona } from "#shared/model/personas.ts";
import { signatureAlgorithms } from "#shared/model/signatures.ts";

const id = z.string().min(1).max(64);
const text = z.string().max(1_000);
export const personName = z
  .string()
  .max(16)
  .refine((text): text is Persona => isPersona(text), "There is no persona of this name.")
  .describe("A shipped persona, or the id of one the organization added");

const money = z
  .object({ amount: z.number().describe("Minor units: cents"), currency: z.string() })
  .meta({ id: "Money" });
const fieldValue = z
  .union([
    z.string(),
    z.number(),
    z.boolean(),
    z.array(z.string()).readonly(),
    money,
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  ])
  .meta({ id: "FieldValue" });

/** The answer of a deed that has nothing to tell. */
export const done = z.object({ done: z.literal(true) });
export const sayDone = (): z.output<typeof done> => ({ done: true });

export const member = z.object({ id, name: z.string(), email: z.string(), persona: personName }).meta({ id: "Member" });

export const space = z
  .object({
    id,
    kind: z.enum(spaceKinds),
    archived: z.boolean().optional().describe("Read only, and out of the way"),
    name: z.string(),
    persona: z.string().describe("Your persona in this space"),
    members: z.array(z.object({ id, name: z.string(), persona: z.string() })),
  })
  .meta({ id: "Space" });

export const record = z
  .object({
    id,
    type: z.string(),
    space: z.string(),
    fields: z.record(z.string(), fieldValue).describe("The fields you may read; empty ones are left out"),
    docs: z.record(z.string(), z.string()).describe("Facet -> document id, for the live gateway"),
  })
  .meta({ id: "Record" });

export const signedIn = z.object({ token: z.string(), member }).meta({ id: "SignedIn" });

/** Values as people type them; parsed by field kind, with a message per field when one cannot be used. */
const rawFields = z
  .record(z.string().min(1).max(64), z.unknown())
  .describe("Values by field name; null empties a field");

export const newKeyBody = z.object({
  alg: z.enum(signatureAlgorithms),
  publicKey: z.string().max(200).describe("The raw public key, base64url"),
  device: z.string().max(200).describe("What you call the device"),
  proof: z.string().max(200).describe("Signature with this key over its claim (PROTOCOL.md, rule S2)"),
});
export const publicKey = z
  .object({ alg: z.enum(signatureAlgorithms), publicKey: z.string() })
  .meta({ id: "PublicKey" });
export const deviceKey = z
  .object({
    id,
    alg: z.enum(signatureAlgorithms),
    publicKey: z.string(),
    device: z.string(),
    registeredAt: z.string(),
    revokedAt: z.string().optional(),
  })
  .meta({ id: "DeviceKey" });
export const signInBody = z.object({ email: text, password: text });
export const setUpBody = z.object({ organization: text, name: text, email: text, password: text });
export const liveTicketsBody = z.object({
  documents: z.array(z.string().max(200)).min(1).max(limits.ticketsAtOnce).describe("Their ids"),
});
export const newMemberBody = z.object({ name: text, email: text, password: text, persona: personName });
export const spaceMemberBody = z.object({ persona: personName });
export const spaceMemberParams = z.object({ id, memberId: id });
export const idParams = z.object({ id });
export const newRecordBody = z.object({
  space: id.optional().describe("Required for everything but a project, which makes its own"),
  type: z.string().min(1).max(64),
  fields: rawFields,
  audience: z.enum(audiences).optional().describe("For activities, comments and documents: who may see it"),
});
export const editRecordBody = z.object({ fields: rawFields });
export const listQuery = z.object({
  space: id,
  type: z.string().min(1).max(64),
  cursor: z.string().max(64).default(""),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const recordPage = z.object({ records: z.array(record), cursor: z.string().optional() });
