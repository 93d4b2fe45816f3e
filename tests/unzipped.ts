// A zip file that the app made, as a test reads it.

import { unzipSync } from "fflate";

export type Unzipped = {
  readonly names: readonly string[];
  bytes(name: string): Uint8Array | undefined;
  text(name: string): string;
  /** Everything in it, byte by byte as latin1, for searches. */
  all(): string;
};

export async function unzipped(blob: Blob): Promise<Unzipped> {
  const entries = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  const bytes = (name: string): Uint8Array | undefined => entries[name];
  return {
    names: Object.keys(entries),
    bytes,
    text: (name) => new TextDecoder().decode(bytes(name)),
    all: () =>
      Object.entries(entries)
        .map(([name, content]) => name + Buffer.from(content).toString("latin1"))
        .join("\n"),
  };
}
