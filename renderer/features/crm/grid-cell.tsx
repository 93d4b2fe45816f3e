// One cell: words until it is pressed, then the editor of its kind. Saved on Enter and on leaving; Esc restores.

import { useState, type MouseEvent } from "react";
import { useData, usePolicy } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { facetOf } from "#renderer/fields/facet-of.ts";
import { isEditableKind } from "#renderer/fields/field-input.tsx";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { FieldCell, FieldEditor } from "#renderer/fields/field-views.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { showProblem } from "#renderer/ui/toast.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import type { FieldSpec, FieldValue } from "#shared/model/field-value.ts";
import { formatMoney } from "#shared/model/number-fields.ts";
import classes from "./list.module.css";

type Props = {
  readonly id: string;
  readonly position: number;
  readonly row: RecordRow;
  readonly field: string;
  readonly spec: FieldSpec;
  readonly current: boolean;
  readonly editing: boolean;
  readonly onEdit: () => void;
  readonly onEditEnd: () => void;
};

export function GridCell({ id, position, row, field, spec, current, editing, onEdit, onEditEnd }: Props) {
  const { edit } = useData();
  const { persona } = useRequiredFieldContext();
  const policy = usePolicy();
  const { canWrite } = useRights();
  const [saved, setSaved] = useState<{ readonly value: FieldValue | null } | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const stored = row.fields[field];
  const [seen, setSeen] = useState(stored);
  if (seen !== stored) {
    setSeen(stored);
    setSaved(undefined);
  }
  const value = saved === undefined ? stored : saved.value;
  const facet = facetOf(row, field, policy);
  const mayWrite = canWrite(facet, persona) && isEditableKind(spec.kind);
  const right = spec.kind === "money" || spec.kind === "number";

  const save = async (next: FieldValue | null) => {
    setSaved({ value: next });
    setProblem(undefined);
    onEditEnd();
    const result = await edit.set(row.id, { [field]: next });
    if (result.ok) return;
    const sentence = saveProblem(result.error, field);
    setProblem(sentence);
    showProblem(sentence);
    onEdit();
  };
  const press = (event: MouseEvent) => {
    // A link in a cell goes where it says.
    if (event.target instanceof Element && event.target.closest("a") !== null) return;
    if (mayWrite) onEdit();
  };

  const cell = {
    id,
    role: "gridcell",
    "aria-colindex": position,
    className: classes.cell,
    "data-right": right || undefined,
    "data-current": current || undefined,
  } as const;
  if (editing && mayWrite) {
    return (
      <div {...cell} data-editing>
        <FieldEditor
          spec={spec}
          value={value}
          label={spec.label}
          autoFocus
          problem={problem}
          onSave={(next) => void save(next)}
          onCancel={() => {
            setSaved(undefined);
            setProblem(undefined);
            onEditEnd();
          }}
        />
      </div>
    );
  }
  return (
    <div {...cell} aria-readonly={!mayWrite} data-writable={mayWrite || undefined} onClick={press}>
      {value === undefined || value === null ? (
        <span className={classes.addWord}>{mayWrite && canReadFacet(facet, persona) ? "add" : ""}</span>
      ) : typeof value === "object" && "amount" in value ? (
        formatMoney(value, "en-GB", "short")
      ) : (
        <FieldCell spec={spec} value={value} />
      )}
    </div>
  );
}
