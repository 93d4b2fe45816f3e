// A zip file made piece by piece, so that a large workspace never stands in memory as one string; and what is in one. Loaded
// with what exports and takes in.

import { strFromU8, strToU8, unzipSync, Zip, ZipDeflate, ZipPassThrough } from "fflate";

export type ZipFile = {
  /** A text, as it comes. */
  text(name: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void>;
  /** Bytes as they are: what people attach is mostly packed already. */
  bytes(name: string, content: Uint8Array): void;
  end(): Blob;
};

export function createZipFile(): ZipFile {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error !== null) throw error;
    parts.push(new Uint8Array(part));
  });
  return {
    text: async (name, pieces) => {
      const entry = new ZipDeflate(name, { level: 6 });
      zip.add(entry);
      for await (const piece of pieces) entry.push(strToU8(piece));
      entry.push(new Uint8Array(), true);
    },
    bytes: (name, content) => {
      const entry = new ZipPassThrough(name);
      zip.add(entry);
      entry.push(content, true);
    },
    end: () => {
      zip.end();
      return new Blob(parts, { type: "application/zip" });
    },
  };
}

/** Of entries within `most` bytes each. Undefined for what is no zip file, or a damaged one. */
export function readZipFile(content: Uint8Array, most: number): ReadonlyMap<string, Uint8Array> | undefined {
  try {
    return new Map(Object.entries(unzipSync(content, { filter: (entry) => entry.originalSize <= most })));
  } catch {
    return undefined;
  }
}

export const textOf = (content: Uint8Array): string => strFromU8(content);

/** A name that every file system takes, below the id that makes it the only one. */
export function pathOfBytes(id: string, name: unknown): string {
  const safe = (typeof name === "string" ? name : "")
    .replace(/[\p{Cc}<>:"/\\|?*]/gu, "_")
    .replace(/^\.+|[. ]+$/g, "")
    .slice(0, 120);
  return `files/${id}/${safe === "" ? "file" : safe}`;
}

/** The id in such a path. */
export const idOfPath = (path: string): string | undefined => /^files\/([^/]+)\//.exec(path)?.[1];
