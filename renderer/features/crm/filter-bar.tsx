// Filters as chips: key grey, value bold; a click edits a chip, x removes it, F adds one.

import { Button, Popover, Select, UnstyledButton } from "@mantine/core";
import { IconFilter, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { FieldCell } from "#renderer/fields/field-views.tsx";
import { FieldContextProvider, useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { FieldInput } from "#renderer/fields/field-inputs.tsx";
import { toDraft } from "#renderer/fields/drafts.ts";
import { parseField, type FieldSpec } from "#shared/model/field-kinds.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { opsFor, opWords } from "#renderer/fields/filter-words.ts";
import { needsValue, type FilterOp } from "#shared/model/share-filter.ts";
import { toFilterValue, type ViewFilter } from "./list-search.ts";
import classes from "./list.module.css";

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
            <Popover
              key={`${filter.field} ${index}`}
              opened={editing === index}
              onChange={(opened) => setEditing(opened ? index : undefined)}
              position="bottom-start"
              withinPortal
              trapFocus
              returnFocus
            >
              <Popover.Target>
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
              </Popover.Target>
              <Popover.Dropdown>
                <FilterForm
                  definition={definition}
                  filter={filter}
                  onApply={(next) => {
                    replace(index, next);
                    setEditing(undefined);
                  }}
                />
              </Popover.Dropdown>
            </Popover>
          );
        })}
        <Popover opened={adding} onChange={onAdding} position="bottom-start" withinPortal trapFocus returnFocus>
          <Popover.Target>
            <UnstyledButton className={classes.addFilter} onClick={() => onAdding(!adding)}>
              <IconFilter size={15} aria-hidden /> Filter <kbd className={classes.key}>F</kbd>
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown>
            <FilterForm
              definition={definition}
              filter={undefined}
              onApply={(filter) => {
                onChange([...filters, filter]);
                onAdding(false);
              }}
            />
          </Popover.Dropdown>
        </Popover>
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

type FormProps = {
  readonly definition: RecordTypeDefinition;
  readonly filter: ViewFilter | undefined;
  readonly onApply: (filter: ViewFilter) => void;
};

function FilterForm({ definition, filter, onApply }: FormProps) {
  const { me } = useRequiredFieldContext();
  const choices = Object.entries(definition.fields).filter(
    ([, spec]) => spec.hidden !== true && spec.kind !== "address",
  );
  const [field, setField] = useState(filter?.field ?? definition.list[0] ?? "");
  const spec = definition.fields[field];
  const [op, setOp] = useState<FilterOp>(filter?.op ?? (spec === undefined ? "is" : (opsFor(spec)[0] ?? "is")));
  const start = filter?.value === "me" ? me : filter?.value;
  const [draft, setDraft] = useState<unknown>(spec === undefined ? "" : toDraft(start, spec));
  const [problem, setProblem] = useState<string | undefined>(undefined);
  if (spec === undefined) return null;
  // Lists of several are asked for one member at a time, as text.
  const asked: FieldSpec =
    spec.kind === "multiChoice"
      ? { kind: "choice", label: spec.label, options: spec.options }
      : spec.kind === "relations"
        ? { kind: "relation", label: spec.label, to: spec.to }
        : op === "contains" || spec.kind === "link"
          ? { kind: "text", label: spec.label }
          : spec;

  const apply = (raw: unknown) => {
    if (!needsValue(op)) return onApply({ field, op });
    const parsed = parseField(raw, asked);
    if (!parsed.ok) return setProblem(parsed.error.message);
    const value = toFilterValue(parsed.value);
    if (value === undefined) return setProblem("Say what to look for.");
    return onApply({ field, op, value: spec.kind === "person" && value === me ? "me" : value });
  };

  return (
    <form
      className={classes.filterForm}
      onSubmit={(event) => {
        event.preventDefault();
        apply(draft);
      }}
    >
      <Select
        label="Field"
        data-autofocus
        searchable
        allowDeselect={false}
        data={choices.map(([value, { label }]) => ({ value, label }))}
        value={field}
        comboboxProps={{ withinPortal: false }}
        onChange={(next) => {
          const chosen = next === null ? undefined : definition.fields[next];
          if (next === null || chosen === undefined) return;
          setField(next);
          setOp(opsFor(chosen)[0] ?? "is");
          setDraft("");
          setProblem(undefined);
        }}
      />
      <Select
        label="Question"
        allowDeselect={false}
        data={opsFor(spec).map((value) => ({ value, label: opWords(value, spec) }))}
        value={op}
        comboboxProps={{ withinPortal: false }}
        onChange={(next) => setOp(opsFor(spec).find((one) => one === next) ?? op)}
      />
      {needsValue(op) ? (
        <div key={`${field} ${op}`} className={classes.filterValue}>
          <span className={classes.filterLabel}>Value</span>
          <FieldInput
            spec={asked}
            label={`Value of ${spec.label}`}
            draft={draft}
            onDraft={(next) => {
              setDraft(next);
              setProblem(undefined);
            }}
            onCommit={setDraft}
            onCancel={() => undefined}
            autoFocus={false}
            invalid={problem !== undefined}
            inline={false}
            floating
          />
        </div>
      ) : null}
      {problem === undefined ? null : (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <Button type="submit">Apply</Button>
    </form>
  );
}
