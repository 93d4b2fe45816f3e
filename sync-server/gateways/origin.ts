// Rule E4: which web pages may talk to this relay. Clients that send no Origin are not browsers and show a credential anyway.

const DESKTOP_ORIGIN = "app://drawbridge";

/** True for the relay's own host, the desktop app and what the operator allowed. `undefined` (no browser) passes. */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (origin === DESKTOP_ORIGIN || allowed.includes(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return (
    (url.protocol === "http:" || url.protocol === "https:") &&
    url.host.toLowerCase() === withoutDefaultPort(host.toLowerCase(), url.protocol)
  );
}

/** A browser leaves the default port out of Origin; a proxy may leave it in Host. */
const withoutDefaultPort = (host: string, protocol: string): string =>
  host.replace(protocol === "https:" ? /:443$/ : /:80$/, "");
