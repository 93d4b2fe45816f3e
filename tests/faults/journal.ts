// The clients' journal: what was sent, acknowledged and seen, in an append-only file that lies outside of the system it
// judges. Written in the turn something happened and synced before the next one counts on it.

import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";

export type Journal = {
  readonly file: string;
  sent(key: string): void;
  acked(key: string): void;
  /** Another device got it. */
  seen(key: string): void;
  close(): void;
};

export function openJournal(file: string): Journal {
  const handle = openSync(file, "a");
  let waiting: string[] = [];

  function flush(): void {
    if (waiting.length === 0) return;
    writeSync(handle, waiting.join(""));
    waiting = [];
    fdatasyncSync(handle);
  }

  function note(kind: string, key: string): void {
    if (waiting.push(`${kind} ${key}\n`) === 1) setImmediate(flush);
  }

  return {
    file,
    sent: (key) => note("s", key),
    acked: (key) => note("a", key),
    seen: (key) => note("v", key),
    close() {
      flush();
      closeSync(handle);
    },
  };
}

export type Replayed = {
  readonly sent: ReadonlySet<string>;
  readonly acked: ReadonlySet<string>;
  readonly seen: ReadonlySet<string>;
};

/** The checker starts from the file, not from the memory of whoever wrote it. */
export function replayJournal(file: string): Replayed {
  const lines = readFileSync(file, "utf8").split("\n");
  const of = (kind: string): ReadonlySet<string> =>
    new Set(lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(2)));
  return { sent: of("s"), acked: of("a"), seen: of("v") };
}

export type Verdict = {
  /** Acknowledged, or seen by somebody, and not there any more: must be empty. */
  readonly lost: readonly string[];
  /** There, although nobody sent it: must be empty. */
  readonly invented: readonly string[];
};

export function judge({ sent, acked, seen }: Replayed, held: ReadonlySet<string>): Verdict {
  return {
    lost: [...new Set([...acked, ...seen])].filter((key) => !held.has(key)),
    invented: [...held].filter((key) => !sent.has(key)),
  };
}
