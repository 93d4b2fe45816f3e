// What a filter asks for: field, question, value.

import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { toDraft } from "#renderer/fields/drafts.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { FieldInput } from "#renderer/fields/field-input.tsx";
import { opsFor, opWords } from "#renderer/fields/filter-words.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldSpec } from "#shared/model/field-value.ts";
import { needsValue, type FilterOp } from "#shared/model/share-filter.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { toFilterValue, type ViewFilter } from "./list-search.ts";
import classes from "./list.module.css";

type FormProps = {
  readonly definition: RecordTypeDefinition;
  readonly filter: ViewFilter | undefined;
  readonly onApply: (filter: ViewFilter) => void;
};

export function FilterForm({ definition, filter, onApply }: FormProps) {
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
