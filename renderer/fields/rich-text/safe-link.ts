// Addresses a document may link to. Text comes from others' devices too, so the same rule holds when it is shown.

const ALLOWED = new Set(["http:", "https:", "mailto:"]);

export function isSafeLink(address: string | null | undefined): boolean {
  return typeof address === "string" && URL.canParse(address) && ALLOWED.has(new URL(address).protocol);
}

/** What a person types, as an address: `harbor.example` gets https, an e-mail gets mailto. Undefined when it is none. */
export function toSafeLink(typed: string): string | undefined {
  const text = typed.trim();
  if (text === "" || /\s/.test(text)) return undefined;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^:/]+\.[^:/]+:\d/.test(text)) return isSafeLink(text) ? text : undefined;
  const address = /^[^@/]+@[^@/]+$/.test(text) ? `mailto:${text}` : `https://${text}`;
  return isSafeLink(address) && text.includes(".") ? address : undefined;
}
