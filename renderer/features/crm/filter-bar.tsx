// Filters as chips: key grey, value bold; a click edits a chip, x removes it, F adds one.

import { UnstyledButton } from "@mantine/core";
import { IconFilter, IconX } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { FieldCell } from "#renderer/fields/field-views.tsx";
import { FieldContextProvider, useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import type { FieldSpec } from "#shared/model/field-value.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { opWords } from "#renderer/fields/filter-words.ts";
import { needsValue } from "#shared/model/share-filter.ts";
import { LatePopover } from "./late-popover.tsx";
import type { ViewFilter } from "./list-search.ts";
import classes from "./list.module.css";

const FilterForm = lazy(async () => ({ default: (await import("./filter-form.tsx")).FilterForm }));

type Props = {
  readonly definition: RecordTypeDefinition;
  readonly space: string | undefined;
  readonly filters: readonly ViewFilter[];
  readonly adding: boolean;
  readonly onAdding: (adding: boolean) => void;
  readonly onChange: (filters: ViewFilter[]) => void;
};

export function FilterBar({ definition, space, filters, adding, onAdding, onChange }: Props) {
  const [editing, setEditing] = useState<number | undefined>(undefined);
  const ids = filters.flatMap(({ field, value }) =>
    definition.fields[field]?.kind === "relation" && typeof value === "string" ? [value] : [],
  );
  const replace = (index: number, filter: ViewFilter) =>
    onChange(filters.map((other, at) => (at === index ? filter : other)));
  return (
    <FieldContextProvider space={space} ids={ids}>
      <div className={classes.filters}>
        {filters.map((filter, index) => {
          const spec = definition.fields[filter.field];
          if (spec === undefined) return null;
          return (
            <LatePopover
              key={`${filter.field} ${index}`}
              opened={editing === index}
              onChange={(opened) => setEditing(opened ? index : undefined)}
              target={
                <span className={classes.chip}>
                  <UnstyledButton
                    className={classes.chipWords}
                    onClick={() => setEditing(editing === index ? undefined : index)}
                  >
                    <FilterWords filter={filter} spec={spec} />
                  </UnstyledButton>
                  <UnstyledButton
                    className={classes.chipRemove}
                    aria-label={`Remove filter ${spec.label}`}
                    onClick={() => onChange(filters.filter((_other, at) => at !== index))}
                  >
                    <IconX size={14} aria-hidden />
                  </UnstyledButton>
                </span>
              }
            >
              <Suspense fallback={null}>
                <FilterForm
                  definition={definition}
                  filter={filter}
                  onApply={(next) => {
                    replace(index, next);
                    setEditing(undefined);
                  }}
                />
              </Suspense>
            </LatePopover>
          );
        })}
        <LatePopover
          opened={adding}
          onChange={onAdding}
          target={
            <UnstyledButton className={classes.addFilter} onClick={() => onAdding(!adding)}>
              <IconFilter size={15} aria-hidden /> Filter <kbd className={classes.key}>F</kbd>
            </UnstyledButton>
          }
        >
          <Suspense fallback={null}>
            <FilterForm
              definition={definition}
              filter={undefined}
              onApply={(filter) => {
                onChange([...filters, filter]);
                onAdding(false);
              }}
            />
          </Suspense>
        </LatePopover>
      </div>
    </FieldContextProvider>
  );
}

function FilterWords({ filter, spec }: { readonly filter: ViewFilter; readonly spec: FieldSpec }) {
  const { recordTitle } = useRequiredFieldContext();
  const words = opWords(filter.op, spec);
  const value = filter.value;
  const own = value === "me" && spec.kind === "person" ? "me" : undefined;
  const title = spec.kind === "relation" && typeof value === "string" ? (recordTitle?.(value) ?? "") : undefined;
  return (
    <>
      <span className={classes.chipKey}>
        {spec.label}
        {words === "is" ? "" : ` ${words}`}
      </span>{" "}
      {needsValue(filter.op) ? (
        <strong>{own ?? title ?? <FieldCell spec={plainWords(spec)} value={value} />}</strong>
      ) : null}
    </>
  );
}

/** Inside a chip nothing is a link: addresses and numbers are shown as the text they are. */
const plainWords = (spec: FieldSpec): FieldSpec =>
  spec.kind === "email" || spec.kind === "phone" || spec.kind === "link" ? { kind: "text", label: spec.label } : spec;
