// Columns of a list: the title, then what the record type lists. Which ones and how wide is kept per type on this device.

import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { FieldKind, FieldSpec } from "#shared/model/field-value.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";

/** `title` stands for the field or fields that name a record; it always comes first. */
export const TITLE = "title:";

export type Column = {
  readonly id: string;
  readonly label: string;
  readonly width: number;
  readonly spec: FieldSpec | undefined;
  /** Only list columns are indexed, so only they sort. */
  readonly sortField: string | undefined;
};

export type ColumnChoice = { readonly order: readonly string[]; readonly widths: Readonly<Record<string, number>> };

const kindWidths: Readonly<Record<FieldKind, number>> = {
  text: 170,
  longText: 240,
  richText: 240,
  checklist: 240,
  number: 110,
  money: 130,
  date: 120,
  dateTime: 170,
  choice: 140,
  multiChoice: 180,
  yesNo: 90,
  email: 220,
  phone: 150,
  link: 190,
  address: 240,
  person: 140,
  people: 200,
  relation: 190,
  relations: 220,
};

export const MIN_WIDTH = 70;

const titleFields = (definition: RecordTypeDefinition): readonly string[] =>
  typeof definition.title === "string" ? [definition.title] : definition.title;

export function defaultOrder(definition: RecordTypeDefinition): readonly string[] {
  const titles = titleFields(definition);
  return [TITLE, ...definition.list.filter((name) => !titles.includes(name))];
}

/** Fields one can add as a column: what the form shows, in its order. */
export function choosableColumns(
  definition: RecordTypeDefinition,
): readonly { readonly id: string; readonly label: string }[] {
  const names = new Set([...defaultOrder(definition).slice(1), ...definition.form.flatMap((part) => part.fields)]);
  const titles = titleFields(definition);
  return [...names]
    .filter((name) => titles.length > 1 || !titles.includes(name))
    .flatMap((name) => {
      const spec = definition.fields[name];
      return spec === undefined ? [] : [{ id: name, label: spec.label }];
    });
}

export function toColumns(definition: RecordTypeDefinition, choice: ColumnChoice): readonly Column[] {
  return choice.order.flatMap((id): Column[] => {
    if (id === TITLE) {
      const [first] = titleFields(definition);
      const several = titleFields(definition).length > 1;
      const label = several || first === undefined ? "Name" : (definition.fields[first]?.label ?? "Name");
      return [{ id, label, width: choice.widths[id] ?? 230, spec: undefined, sortField: first }];
    }
    const spec = definition.fields[id];
    if (spec === undefined) return [];
    const sortField = definition.list.includes(id) ? id : undefined;
    return [{ id, label: spec.label, width: choice.widths[id] ?? kindWidths[spec.kind], spec, sortField }];
  });
}

export function useColumnChoice(definition: RecordTypeDefinition): [ColumnChoice, (choice: ColumnChoice) => void] {
  const { device } = useData();
  const key = `columns.${definition.type}`;
  const [choices, setChoices] = useState<Readonly<Record<string, ColumnChoice>>>({});
  useEffect(() => {
    let current = true;
    void device.getSetting<ColumnChoice>(key).then((choice) => {
      if (current && choice !== undefined) setChoices((before) => ({ ...before, [key]: choice }));
    });
    return () => {
      current = false;
    };
  }, [device, key]);
  const set = (choice: ColumnChoice) => {
    setChoices((before) => ({ ...before, [key]: choice }));
    void device.setSetting(key, choice);
  };
  return [choices[key] ?? { order: defaultOrder(definition), widths: {} }, set];
}
