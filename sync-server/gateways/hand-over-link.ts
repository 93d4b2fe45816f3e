// A link that carries a secret and is handed over: shown once to whoever made it, and mailed where a mail server is set.

import { z } from "zod";

export const handedOver = {
  path: z.string().describe("Behind this server's address: the link to hand over"),
  mail: z.enum(["sent", "failed", "off"]),
};

/** `send` answers whether the mail server took it; undefined where there is none. */
export async function handOver(
  address: string,
  path: string,
  send: (link: string) => Promise<boolean> | undefined,
): Promise<{ readonly path: string; readonly mail: "sent" | "failed" | "off" }> {
  const sent = await send(address.replace(/\/$/, "") + path);
  return { path, mail: sent === undefined ? "off" : sent ? "sent" : "failed" };
}
