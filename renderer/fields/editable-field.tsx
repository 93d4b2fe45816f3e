// One fact of a record, edited in place: it looks like text until one comes near. The right edge says who outside can see it.

import { UnstyledButton } from "@mantine/core";
import { IconCircleHalf2 } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useData, usePolicy } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { showProblem } from "#renderer/ui/toast.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import type { FieldSpec, FieldValue } from "#shared/model/field-value.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { ChangedByBothChoice } from "./changed-by-both.tsx";
import { ChecklistField } from "./checklist-field.tsx";
import { useEditing } from "./editing-context.tsx";
import { facetOf } from "./facet-of.ts";
import { EnsureFieldContext, relatedIds, useRequiredFieldContext } from "./field-context.tsx";
import { FieldCell, FieldEditor } from "./field-views.tsx";
import classes from "./fields.module.css";
import { RichTextField } from "./rich-text/rich-text-field.tsx";
import { saveProblem } from "./save-problem.ts";

type Props = {
  readonly row: RecordRow;
  readonly field: string;
  /** Somebody who may write the field in general, but not here. */
  readonly readOnly?: boolean;
};

export function EditableField({ row, field, readOnly = false }: Props) {
  const spec = findRecordType(row.type)?.fields[field];
  if (spec === undefined) return null;
  return (
    <EnsureFieldContext space={row.space} ids={relatedIds([row])}>
      {spec.kind === "richText" ? (
        <RichTextField row={row} field={field} spec={spec} readOnly={readOnly} />
      ) : (
        <Fact row={row} field={field} spec={spec} readOnly={readOnly} />
      )}
    </EnsureFieldContext>
  );
}

function Fact({ row, field, spec, readOnly }: Required<Props> & { readonly spec: FieldSpec }) {
  const { edit } = useData();
  const { canWrite, readOnly: whyReadOnly } = useRights();
  const { persona } = useRequiredFieldContext();
  const [editing, setEditing] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [choosing, setChoosing] = useState(false);
  /** Shown from the moment of saving until the projected row arrives, so that the old value never flashes back. */
  const [saved, setSaved] = useState<{ readonly value: FieldValue | null } | undefined>(undefined);
  /** Saves on their way to this device's disk. */
  const [saving, setSaving] = useState(0);
  const button = useRef<HTMLButtonElement>(null);
  const restoreFocus = useRef(false);
  const facet = facetOf(row, field, usePolicy());
  const stored = row.fields[field];
  const [seen, setSeen] = useState(stored);
  if (seen !== stored) {
    setSeen(stored);
    setSaved(undefined);
  }
  const value = saved === undefined ? stored : saved.value;
  const mark = row.changedByBoth[field];
  const others = useEditing(row.id, field, facet, editing);

  useEffect(() => {
    if (editing || !restoreFocus.current) return;
    restoreFocus.current = false;
    // Only when nothing else took the focus: a click into the next field keeps it there.
    if (document.activeElement === document.body) button.current?.focus();
  }, [editing]);

  if (!canReadFacet(facet, persona)) return null;
  const mayWrite = !readOnly && canWrite(facet, persona) && row.state !== "deleted";
  const whyNot =
    whyReadOnly ??
    (row.state === "deleted" ? "Restore this first to change it." : "You can read this, the team changes it.");

  const close = () => {
    restoreFocus.current = true;
    setProblem(undefined);
    setEditing(false);
  };
  const save = async (next: FieldValue | null) => {
    setSaved({ value: next });
    close();
    setSaving((before) => before + 1);
    const result = await edit.set(row.id, { [field]: next }).finally(() => setSaving((before) => before - 1));
    if (result.ok) return;
    // What was typed stays on screen, open, with the sentence.
    const sentence = saveProblem(result.error, field);
    setProblem(sentence);
    setEditing(spec.kind !== "checklist");
    if (result.error.type !== "InvalidFields") showProblem(sentence);
  };

  return (
    <div className={classes.fact} aria-busy={saving > 0}>
      <span className={classes.factLabel}>{spec.label}</span>
      <div
        className={classes.factValue}
        onKeyDown={(event) => {
          // The focus goes back to the button while Enter is still down: the same key must not press that too.
          if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
        }}
      >
        {spec.kind === "checklist" ? (
          <ChecklistField
            label={spec.label}
            text={typeof value === "string" ? value : ""}
            mayWrite={mayWrite}
            onSave={(next) => void save(next)}
          />
        ) : editing ? (
          <FieldEditor
            spec={spec}
            value={value}
            onSave={(next) => void save(next)}
            onCancel={() => {
              setSaved(undefined);
              close();
            }}
            autoFocus
            problem={problem}
          />
        ) : (
          <div className={mayWrite ? classes.rest : classes.readOnly} title={mayWrite ? undefined : whyNot}>
            {mayWrite ? (
              <UnstyledButton
                ref={button}
                className={classes.cover}
                aria-label={`Edit ${spec.label}`}
                onClick={() => setEditing(true)}
              />
            ) : null}
            <span className={classes.words}>
              {value === undefined || value === null ? (
                <span className={classes.empty}>{mayWrite ? "add" : "empty"}</span>
              ) : (
                <FieldCell spec={spec} value={value} />
              )}
            </span>
            {mark === undefined ? null : (
              <UnstyledButton
                className={classes.both}
                aria-expanded={choosing}
                aria-label={`${spec.label} was changed by both. Show both values`}
                onClick={() => setChoosing(!choosing)}
              >
                <IconCircleHalf2 size={16} aria-hidden />
              </UnstyledButton>
            )}
          </div>
        )}
        {others.length > 0 && (
          <span className={classes.othersEdit} role="status">
            {others.map((person) => person.name.split(" ")[0]).join(", ")} {others.length === 1 ? "is" : "are"} editing
          </span>
        )}
        {mark !== undefined && choosing ? (
          <ChangedByBothChoice row={row} field={field} onLater={() => setChoosing(false)} />
        ) : null}
      </div>
      <span className={classes.factMarks}>
        <AudienceMark facet={facet} />
      </span>
    </div>
  );
}
