// Where the window may go and what a page may ask for: the navigation and permission part of Electron's security checklist.

export const APP_SCHEME = "app";
export const APP_ORIGIN = "app://drawbridge";

/** The window stays inside the app: no page of another origin is ever loaded into it. */
export const mayNavigate = (url: string): boolean =>
  URL.canParse(url) && (url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`));

const EXTERNAL_PROTOCOLS: ReadonlySet<string> = new Set(["https:", "http:", "mailto:", "tel:"]);

/** Links that the operating system may open. `file:`, `smb:`, `ms-msdt:` and the like never are. */
export function mayOpenExternally(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  return EXTERNAL_PROTOCOLS.has(parsed.protocol) && parsed.username === "" && parsed.password === "";
}

const PERMISSIONS: ReadonlySet<string> = new Set([
  "persistent-storage",
  "clipboard-sanitized-write",
  "notifications",
  // A relay often lives in the organization's own network, or on this machine.
  "local-network",
  "local-network-access",
  "loopback-network",
]);

/** What a page may be granted, and only to the app itself. */
export const mayGrant = (permission: string, requestingUrl: string): boolean =>
  PERMISSIONS.has(permission) && mayNavigate(requestingUrl);
