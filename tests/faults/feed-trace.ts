// What a replica was sent, connection by connection: when it lacks something at the end, this says on which side it got lost.

import type { BatchEntry, RelayFrame } from "#shared/protocol/frames.ts";

export type FeedTrace = {
  /** A hello leaves. */
  opened(cursor: number): void;
  /** `entries`: those of the documents that the replica looks at. */
  received(frame: RelayFrame, entries: readonly BatchEntry[]): void;
  /** The sequence number of every entry. */
  readonly seen: ReadonlySet<number>;
  /** The cursor of each hello, and what came on the last two connections. */
  story(): string;
};

const wordsFor = (frame: RelayFrame): string => {
  if (frame.kind === "upToDate") return ` ${frame.seq}`;
  if (frame.kind === "catchUp") return ` of ${frame.entries}`;
  if (frame.kind === "ack") return frame.acks.map(({ n, seq }) => ` ${n}=${seq}`).join("");
  return "";
};

export function createFeedTrace(): FeedTrace {
  const cursors: number[] = [];
  const seen = new Set<number>();
  let before: string[] = [];
  let lines: string[] = [];

  return {
    seen,
    opened(cursor) {
      cursors.push(cursor);
      before = lines;
      lines = [`connection ${cursors.length}, hello from ${cursor}`];
    },
    received(frame, entries) {
      for (const { seq } of entries) seen.add(seq);
      const isBatch = frame.kind === "batch" || frame.kind === "deflatedBatch";
      if (isBatch && entries.length === 0) return;
      // A snapshot has no time of its own.
      const inWords = entries.map(({ seq, docId, at }) => ` ${seq}${at === 0 ? " (snapshot)" : ""} ${docId}`).join("");
      lines.push(`${frame.kind}${wordsFor(frame)}${inWords}`);
    },
    story: () => [`cursors ${cursors.join(" ")}`, ...before, ...lines].join("\n  "),
  };
}
