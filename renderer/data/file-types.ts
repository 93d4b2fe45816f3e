// Files beside records, as the screens ask for them.

import type { AudienceChoice } from "#shared/model/audience.ts";
import type { Result } from "#shared/model/result.ts";
import type { EditError, Edited } from "./types.ts";

export type NewFile = {
  /** The record it is attached to. */
  readonly about: string;
  readonly space: string;
  readonly audience: AudienceChoice;
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
};

/** `waits`: on its way to the server; `here`: on this device; `elsewhere`: has to be fetched; `refused`: see `reason`. */
export type FileState =
  | { readonly kind: "waits" | "here" | "elsewhere" }
  | { readonly kind: "refused"; readonly reason: string };

export interface FilesApi {
  /** Saved on this device at once; its bytes follow when there is a network. */
  attach(file: NewFile): Promise<Result<Edited, EditError>>;
  states(ids: readonly string[]): Promise<ReadonlyMap<string, FileState>>;
  /** The bytes: from this device, else from the server; checked against the hash of the record either way. */
  open(id: string): Promise<Result<Blob, { readonly message: string }>>;
}
