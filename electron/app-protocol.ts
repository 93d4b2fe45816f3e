// app://drawbridge serves the same build of the renderer that the relay serves: one origin, IndexedDB stays where it is.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { APP_ORIGIN } from "./navigation-rules.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** The relay's address is not known when the page is built, so sockets and requests may go to any https or loopback host. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  // The build writes small font files into the style sheet.
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "connect-src 'self' https: wss: http://localhost:* ws://localhost:*",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The file a URL of the app asks for: inside `root`, or index.html for the app's own pages. Undefined: no such file. */
export function resolveAppFile(root: string, url: string): string | undefined {
  if (!url.startsWith(`${APP_ORIGIN}/`) && url !== APP_ORIGIN) return undefined;
  let pathname: string;
  try {
    pathname = decodeURIComponent(new URL(url).pathname);
  } catch {
    // Not decodable: no file of ours has such a name.
    return undefined;
  }
  if (pathname.includes("\0")) return undefined;
  const file = path.resolve(root, `.${path.posix.normalize(pathname)}`);
  if (file !== root && !file.startsWith(root + path.sep)) return undefined;
  return path.extname(file) === "" ? path.join(root, "index.html") : file;
}

/** Handler for `protocol.handle("app", ...)`. */
export function createAppProtocol(root: string): (request: { url: string }) => Promise<Response> {
  return async ({ url }) => {
    const file = resolveAppFile(path.resolve(root), url);
    const type = file === undefined ? undefined : TYPES[path.extname(file)];
    if (file === undefined || type === undefined) return new Response("Not found", { status: 404 });
    try {
      const headers = {
        "content-type": type,
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      };
      return new Response(new Uint8Array(await readFile(file)), { headers });
    } catch (error) {
      const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
      return new Response(missing ? "Not found" : "This file could not be read.", { status: missing ? 404 : 500 });
    }
  };
}
