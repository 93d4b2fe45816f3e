// Everything this device holds and this member may see, to take along: records with their history and the structure of their
// texts, who is in which space, and the files themselves. Loaded when somebody exports.

import { richTextOf } from "#shared/doc/facet-document.ts";
import { file as fileType, findRecordType } from "#shared/record-types/index.ts";
import { membersKey, type StoredRecord } from "./database.ts";
import { loadRecord } from "./held-record.ts";
import type { Replica } from "./replica.ts";
import { createZipFile, pathOfBytes } from "./zip-file.ts";

const PAGE = 500;

const isRich = (type: string, field: string): boolean => findRecordType(type)?.fields[field]?.kind === "richText";

/** Rich texts of a record as XML: headings, lists and marks, of which its fields hold only the words. */
async function richTextsOf({ database }: Replica, record: StoredRecord): Promise<Readonly<Record<string, string>>> {
  const fields = Object.keys(record.fields).filter((field) => isRich(record.type, field));
  if (fields.length === 0) return {};
  const texts: Record<string, string> = {};
  for (const { doc } of (await loadRecord(database, record.id)).values()) {
    for (const field of fields) {
      const text = richTextOf(doc, field).toJSON();
      if (text !== "") texts[field] = text;
    }
    doc.destroy();
  }
  return texts;
}

type Listed = { readonly id: string; readonly path: string };

async function* exportText(replica: Replica, held: ReadonlySet<string>, listed: Listed[]): AsyncGenerator<string> {
  const { database, me, now } = replica;
  const head = {
    format: "drawbridge-export",
    version: 2,
    exportedAt: now().toISOString(),
    member: { id: me.id, name: me.name },
  };
  const spaces = await Promise.all(
    (await database.spaces.toArray()).map(async (space) => ({
      ...space,
      members: (await database.settings.get(membersKey(space.id)))?.value ?? [],
    })),
  );
  yield `${JSON.stringify({ ...head, spaces }).slice(0, -1)},"records":[`;
  let after = "";
  for (let first = true; ; first = false) {
    const page = await database.records.where("id").above(after).limit(PAGE).toArray();
    const last = page.at(-1);
    if (last === undefined) break;
    const documents = await database.documents.bulkGet(page.map((record) => record.id));
    const lines: string[] = [];
    for (const [index, row] of page.entries()) {
      const { sort: _sort, refs: _refs, ...record } = row;
      const richTexts = await richTextsOf(replica, row);
      const path =
        record.type === fileType.type && held.has(record.id) ? pathOfBytes(record.id, record.fields["name"]) : "";
      if (path !== "") listed.push({ id: record.id, path });
      lines.push(
        JSON.stringify({
          ...record,
          ...(Object.keys(richTexts).length === 0 ? {} : { richTexts }),
          // Null: the bytes of this file are on the server, and were never opened on this device.
          ...(record.type === fileType.type ? { bytes: path === "" ? null : path } : {}),
          changes: documents[index]?.history ?? [],
        }),
      );
    }
    yield `${first ? "" : ","}\n${lines.join(",\n")}`;
    after = last.id;
  }
  yield "\n]}\n";
}

export async function exportDevice(replica: Replica): Promise<Blob> {
  const { files } = replica.database;
  const zip = createZipFile();
  const listed: Listed[] = [];
  const held = new Set(await files.toCollection().primaryKeys());
  await zip.text("export.json", exportText(replica, held, listed));
  for (const { id, path } of listed) {
    const row = await files.get(id);
    if (row !== undefined) zip.bytes(path, row.bytes);
  }
  return zip.end();
}
