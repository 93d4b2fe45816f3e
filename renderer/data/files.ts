// Bytes of files on this device. The record of a file is a record like others; its bytes are kept beside it and go to the
// relay once that knows the record. Nothing is shown that is not what the record's hash says.

import { file as fileType } from "#shared/record-types/index.ts";
import { newId } from "#shared/model/ids.ts";
import { hexOf } from "#shared/model/canonical-json.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { FilesApi } from "./file-types.ts";
import { withQuota, type QuotaWatch } from "./quota.ts";
import type { RelayHttp } from "./relay-http.ts";
import { writing, type Replica } from "./replica.ts";
import type { EditApi } from "./types.ts";

type Deps = {
  readonly replica: () => Replica;
  readonly quota: QuotaWatch;
  readonly edit: Pick<EditApi, "create">;
  readonly http: RelayHttp;
  readonly token: () => string | undefined;
};

async function hashOf(bytes: Uint8Array): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))));
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1_000_000);

const notHere = { message: "This file is not on this device any more." };

const wrongBytes = {
  message: "What arrived is not the file that was attached: its hash differs. Ask whoever runs the server.",
};

export function createFilesApi({ replica, quota, edit, http, token }: Deps): Pick<FilesApi, "attach" | "open"> {
  return {
    attach: async ({ about, space, audience, name, mimeType, bytes }) => {
      if (bytes.length > limits.fileBytes)
        return err({
          type: "NotAllowed",
          message: `${name} has ${megabytes(bytes.length)} MB. Files of up to ${megabytes(limits.fileBytes)} MB can be attached: make it smaller, or share a link to it.`,
        });
      const { database } = replica();
      const id = newId();
      const values = { name, mimeType, size: bytes.length, sha256: await hashOf(bytes), about };
      return withQuota(quota, async () => {
        // First the bytes: a record that names bytes nobody has would be worse than bytes without a record.
        await database.files.put({ id, bytes, waits: 1 });
        const made = await edit.create({ id, type: fileType.type, space, audience, values });
        if (!made.ok) await database.files.delete(id);
        return made;
      });
    },
    open: async (id) => {
      const { database } = replica();
      const record = await database.records.get(id);
      if (record === undefined) return openFromTray(replica(), id);
      if (record.type !== fileType.type || record.state === "deleted") return err(notHere);
      const { sha256, mimeType } = record.fields;
      const held = await database.files.get(id);
      const bytes: Result<Uint8Array, { readonly message: string }> =
        held === undefined ? await download(http, id, token()) : ok(held.bytes);
      if (!bytes.ok) return bytes;
      if ((await hashOf(bytes.value)) !== sha256) return err(wrongBytes);
      if (held === undefined) await keep(replica(), id, bytes.value);
      const type = typeof mimeType === "string" ? mimeType : "application/octet-stream";
      return ok(new Blob([new Uint8Array(bytes.value)], { type }));
    },
  };
}

async function download(
  http: RelayHttp,
  id: string,
  token: string | undefined,
): Promise<Result<Uint8Array, { readonly message: string }>> {
  const got = await http.file(`/files/${encodeURIComponent(id)}`, { token });
  return got.ok ? ok(new Uint8Array(await got.value.arrayBuffer())) : got;
}

/** Its record is gone, or never came to be; the bytes of one's own are kept until somebody decides. */
async function openFromTray({ database }: Replica, id: string): Promise<Result<Blob, { readonly message: string }>> {
  const inTray = (await database.refused.where("recordId").equals(id).count()) > 0;
  const held = inTray ? await database.files.get(id) : undefined;
  return held === undefined ? err(notHere) : ok(new Blob([new Uint8Array(held.bytes)]));
}

/** A device without room still shows what it fetched. What left the device while it was fetched does not come back. */
async function keep(replica: Replica, id: string, bytes: Uint8Array): Promise<void> {
  const { files, records } = replica.database;
  try {
    await writing(replica, async () => {
      if ((await records.get(id)) !== undefined && (await files.get(id)) === undefined) await files.put({ id, bytes });
    });
  } catch {
    // It can be fetched again.
  }
}
