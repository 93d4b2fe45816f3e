// Edits for which this device had no room: still on screen, and nowhere else. Kept in memory until they are saved after all,
// so that they are in the file that is offered then.

import { newId } from "#shared/model/ids.ts";
import type { Result } from "#shared/model/result.ts";
import type { EditApi, EditError, NewRecord } from "./types.ts";

type Values = Readonly<Record<string, unknown>>;

export type UnkeptEdit =
  | { readonly by: string; readonly at: string; readonly create: NewRecord & { readonly id: string } }
  | { readonly by: string; readonly at: string; readonly set: { readonly id: string; readonly values: Values } };

type UnkeptEdits = { readonly edit: EditApi; readonly list: () => readonly UnkeptEdit[] };

export function withUnkept(edit: EditApi, now: () => { readonly by: string; readonly at: string }): UnkeptEdits {
  /** By what is edited: tried again, an edit takes its own place. */
  const unkept = new Map<string, UnkeptEdit>();

  async function followed<T>(
    entries: () => readonly (readonly [string, UnkeptEdit])[],
    work: Promise<Result<T, EditError>>,
  ): Promise<Result<T, EditError>> {
    const result = await work;
    for (const [key, entry] of entries())
      if (result.ok) unkept.delete(key);
      else if (result.error.type === "QuotaExceeded") unkept.set(key, entry);
    return result;
  }

  const setMany: EditApi["setMany"] = (edits) =>
    followed(
      () =>
        edits.flatMap(({ id, values }) =>
          Object.entries(values).map(
            ([field, value]) => [`${id} ${field}`, { ...now(), set: { id, values: { [field]: value } } }] as const,
          ),
        ),
      edit.setMany(edits),
    );

  return {
    list: () => [...unkept.values()].filter(({ by }) => by === now().by),
    edit: {
      ...edit,
      create: (record) =>
        followed(
          // A form that is tried again says the same again. The id is for taking it in twice.
          () => [
            [
              `new ${record.id ?? JSON.stringify(record)}`,
              { ...now(), create: { ...record, id: record.id ?? newId() } },
            ],
          ],
          edit.create(record),
        ),
      setMany,
      set: (id, values) => setMany([{ id, values }]),
    },
  };
}
