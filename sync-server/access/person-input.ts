// What people type about themselves: checked the same way at set-up, when a member is added and when an invitation is accepted.

import type { AccessError } from "./access.ts";

export const PASSWORD_LENGTH = { min: 8, max: 200 } as const;

export const normalizeEmail = (email: string): string => email.normalize("NFC").trim().toLowerCase();

const bad = (message: string): AccessError => ({ type: "BadInput", message });

export const checkEmail = (email: string): AccessError | undefined =>
  email.length > 254 || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(normalizeEmail(email))
    ? bad("Enter an e-mail address, for example ana@northwind.example.")
    : undefined;

export function checkPerson(input: { name: string; email: string; password: string }): AccessError | undefined {
  if (input.name.trim() === "" || input.name.length > 200) return bad("Enter a name of up to 200 characters.");
  const badEmail = checkEmail(input.email);
  if (badEmail !== undefined) return badEmail;
  return checkPassword(input.password);
}

export function checkPassword({ length }: string): AccessError | undefined {
  if (length < PASSWORD_LENGTH.min) return bad(`Choose a password of at least ${PASSWORD_LENGTH.min} characters.`);
  return length > PASSWORD_LENGTH.max
    ? bad(`Choose a password of up to ${PASSWORD_LENGTH.max} characters.`)
    : undefined;
}

/** Enough of an address to know one's own by. */
export function hintOf(email: string): string {
  const at = email.indexOf("@");
  return `${email.slice(0, 1)}…${email.slice(at)}`;
}
