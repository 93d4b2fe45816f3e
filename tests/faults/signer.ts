// A device that signs while the disk fails: each decision is sent again, over as many connections as it takes, until it is
// acknowledged.

import { newId } from "#shared/model/ids.ts";
import { openRawFeedWith, ticketFor, type RawFeed } from "../sync/raw-feed.ts";
import { callApi, registerKey, seal, type SealedRecord } from "../sync/signing.ts";
import type { Target } from "./load.ts";

export type Signer = {
  /** Signs so many decisions; resolves when they are all acknowledged. */
  decide(count: number): Promise<void>;
  acked(): number;
  /** Nothing is sent any more. */
  stop(): void;
};

const AGAIN_MS = 50;

export async function openSigner({ address, token, space }: Target): Promise<Signer> {
  const { body } = await callApi(address, token, "GET", "/me");
  const author = (body as { id: string }).id;
  const key = await registerKey(address, token, author);
  let acked = 0;
  const state = { isStopped: false };

  type Connection = { readonly feed: RawFeed; readonly gone: Promise<"gone"> };
  /** Kept from one decision to the next: a new one is sent the whole log. */
  let connection: Connection | undefined;

  /** False when the relay, or the way to it, was gone before it answered. */
  async function send({ docId, meta, bytes }: SealedRecord): Promise<boolean> {
    connection ??= await connect();
    if (connection === undefined) return false;
    const answer = await Promise.race([connection.feed.push(docId, bytes, meta), connection.gone]);
    if (typeof answer === "number") throw new Error(`a decision was refused: ${answer}`);
    if (answer === "gone") connection = undefined;
    return answer === "ack";
  }

  const connect = async (): Promise<Connection | undefined> => {
    try {
      const feed = await openRawFeedWith(address, await ticketFor(address, token));
      const gone = new Promise<"gone">((resolve) => feed.socket.addEventListener("close", () => resolve("gone")));
      return { feed, gone };
    } catch {
      // Between its end and its next start.
      return undefined;
    }
  };

  return {
    acked: () => acked,
    async decide(count) {
      for (let left = count; left > 0 && !state.isStopped; left -= 1) {
        const fields = { decision: "approve", request: newId(), decidedBy: author, revision: 1, contentHash: "0" };
        const signed = await seal(key, { type: "decision", record: newId(), space, facet: "internal", author, fields });
        while (!state.isStopped && !(await send(signed))) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        if (!state.isStopped) acked += 1;
      }
    },
    stop: () => {
      state.isStopped = true;
      connection?.feed.close();
    },
  };
}
