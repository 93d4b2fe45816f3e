// Looks whether a relay answers at an address somebody typed, before the desktop app relies on it.

import { err, ok, type Result } from "#shared/model/result.ts";

const TIMEOUT_MS = 8_000;

/** `relay.example/settings` becomes `https://relay.example`; this machine's own relay speaks plain http. */
export function relayOrigin(typed: string): string | undefined {
  const text = typed.trim();
  const withScheme = /^[a-z]+:\/\//i.test(text)
    ? text
    : `${/^localhost(:|\/|$)/i.test(text) ? "http" : "https"}://${text}`;
  if (text === "" || /\s/.test(text) || !URL.canParse(withScheme)) return undefined;
  const url = new URL(withScheme);
  return url.protocol === "https:" || url.protocol === "http:" ? url.origin : undefined;
}

/** The relay's origin, or one sentence about what to do. */
export async function findRelay(typed: string, fetchNow: typeof fetch): Promise<Result<string, string>> {
  const origin = relayOrigin(typed);
  if (origin === undefined) return err("Enter the server's address, for example https://relay.example.");
  if (origin.startsWith("http:") && new URL(origin).hostname !== "localhost")
    return err("Enter an address that starts with https. Only a server on this computer, localhost, may do without.");
  const notOurs = err(`That is not a Drawbridge server: ${origin} answers, but not as one. Check the address.`);
  try {
    const answer = await fetchNow(`${origin}/api/v1/set-up`, {
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // From 502 on: a relay that is starting, or whatever stands in front of one that is.
    if (answer.status >= 502) return err(`${origin} is not ready yet. Try again in a moment.`);
    const body = answer.ok ? await readJson(answer) : undefined;
    const known = typeof body === "object" && body !== null && "needed" in body && typeof body.needed === "boolean";
    return known ? ok(origin) : notOurs;
  } catch {
    // Nobody there, or somebody who does not let this app read the answer.
    return (await answersAtAll(origin, fetchNow))
      ? notOurs
      : err(`Nothing answers at ${origin}. Check the address and the network, then try again.`);
  }
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return (await answer.json()) as unknown;
  } catch {
    // Some other server's page.
    return undefined;
  }
}

async function answersAtAll(origin: string, fetchNow: typeof fetch): Promise<boolean> {
  try {
    await fetchNow(`${origin}/`, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return true;
  } catch {
    // The second silence settles it.
    return false;
  }
}
