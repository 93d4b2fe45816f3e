// Refusals of access: a type for the machine, one sentence for the person.

import { err } from "#shared/model/result.ts";
import type { AccessError } from "./access.ts";

export type AccessFailure = { readonly ok: false; readonly error: AccessError };

export const fail = (type: AccessError["type"], message: string): AccessFailure => err({ type, message });

export const notAllowed = (): AccessFailure =>
  fail("NotAllowed", "You may not do this here. Ask an owner or a manager.");

export const noSuchPersona = (): AccessFailure =>
  fail("BadInput", "There is no such persona any more. Reload, then choose another one.");
