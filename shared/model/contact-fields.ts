// How somebody is reached: e-mail, telephone, web and postal addresses.

import { asText, MAX_TEXT, parseString, wrong, type Address, type FieldValue, type Parsed } from "./field-value.ts";
import { ok } from "./result.ts";

export function parseEmail(input: unknown): Parsed {
  const message = "Enter an e-mail address, for example rosa@lindqvist.example.";
  const text = parseString(input, 254, message);
  if (!text.ok || text.value === null) return text;
  return /^[^\s@,;<>]+@[^\s@,;<>.]+(\.[^\s@,;<>.]+)*$/.test(text.value) ? text : wrong(message);
}

/** Kept as it was written, which is how people read it to one another; what no telephone understands is refused. */
export function parsePhone(input: unknown): Parsed {
  const message = "Enter a phone number, for example +46 8 5250 1180.";
  const text = parseString(input, 60, message);
  if (!text.ok || text.value === null) return text;
  const digits = text.value.replace(/\D/g, "");
  return digits.length < 3 ? wrong(message) : ok(text.value.replace(/\s+/g, " "));
}

export function parseLink(input: unknown): Parsed {
  const message = "Enter a web address, for example https://harborclinic.example.";
  const text = parseString(input, MAX_TEXT, message);
  if (!text.ok || text.value === null) return text;
  const candidate = /^[a-z][a-z0-9+.-]*:/i.test(text.value) ? text.value : `https://${text.value}`;
  if (!URL.canParse(candidate) || /\s/.test(candidate)) return wrong(message);
  const url = new URL(candidate);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return wrong("Only http and https addresses can be kept here.");
  return url.hostname.includes(".") || url.hostname === "localhost" ? ok(candidate) : wrong(message);
}

const ADDRESS_PARTS = ["street", "city", "state", "postalCode", "country"] as const;

export function parseAddress(input: unknown): Parsed {
  if (input === null || input === undefined || input === "") return ok(null);
  if (typeof input === "string")
    return input.trim() === "" ? ok(null) : ok({ street: input.trim().slice(0, MAX_TEXT) });
  if (typeof input !== "object" || Array.isArray(input)) return wrong("Enter street, city, postal code and country.");
  const source = new Map(Object.entries(input));
  const parts: { -readonly [Part in keyof Address]: string } = {};
  for (const part of ADDRESS_PARTS) {
    const text = parseString(source.get(part), MAX_TEXT, "Enter street, city, postal code and country.");
    if (!text.ok) return text;
    if (text.value !== null) parts[part] = text.value;
  }
  return ok(Object.keys(parts).length === 0 ? null : parts);
}

const isAddress = (value: FieldValue): value is Address =>
  typeof value === "object" && !Array.isArray(value) && !("amount" in value);

export const formatAddress = (value: FieldValue): string =>
  isAddress(value)
    ? [value.street, [value.postalCode, value.city].filter(Boolean).join(" "), value.state, value.country]
        .filter((part) => part !== undefined && part !== "")
        .join(", ")
    : asText(value);
