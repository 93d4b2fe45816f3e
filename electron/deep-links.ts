// drawbridge:// links: parsed strictly, since any web page or mail can open one.

import { deepLinkSchema } from "#shared/desktop/bridge.ts";

export const DEEP_LINK_SCHEME = "drawbridge";

/** `drawbridge://record/0198…` leads to `/record/0198…`; anything that is not a plain path is no link. */
export function parseDeepLink(link: string): string | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (url.protocol !== `${DEEP_LINK_SCHEME}:` || url.username !== "" || url.port !== "") return undefined;
  const path = `/${url.hostname}${url.pathname === "/" ? "" : url.pathname}`;
  const parsed = deepLinkSchema.safeParse(path);
  return parsed.success && !path.includes("//") ? parsed.data : undefined;
}

/** The first deep link among the arguments of a (second) start. */
export const findDeepLink = (argv: readonly string[]): string | undefined =>
  argv
    .map((argument) => (argument.startsWith(`${DEEP_LINK_SCHEME}://`) ? parseDeepLink(argument) : undefined))
    .find((path) => path !== undefined);
