// A table cell that turns into its editor on click or Enter, and saves on leaving. Read-only where the reader may not write.

import { UnstyledButton } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useData, usePolicy } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { facetOf } from "#renderer/fields/facet-of.ts";
import { FieldCell, FieldEditor } from "#renderer/fields/field-views.tsx";
import type { Persona } from "#shared/model/personas.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import classes from "./edit-cell.module.css";
import { useSave } from "./use-save.ts";

type Props = {
  readonly row: RecordRow;
  readonly field: string;
  readonly persona: Persona;
  /** Somebody who may write the field in general, but not here. */
  readonly readOnly?: boolean;
  /** Shown at rest instead of the plain words: a chip, a day in danger text. */
  readonly children?: ReactNode;
};

export function EditCell({ row, field, persona, readOnly = false, children }: Props) {
  const { edit } = useData();
  const save = useSave();
  const policy = usePolicy();
  const { canWrite } = useRights();
  const [editing, setEditing] = useState(false);
  const spec = findRecordType(row.type)?.fields[field];
  if (spec === undefined) return null;
  const value = row.fields[field];
  const words = children ?? <FieldCell spec={spec} value={value} />;
  if (readOnly || !canWrite(facetOf(row, field, policy), persona)) return <span className={classes.read}>{words}</span>;
  if (editing) {
    return (
      <FieldEditor
        spec={spec}
        value={value}
        autoFocus
        label={`${spec.label} of ${row.title}`}
        space={row.space}
        onCancel={() => setEditing(false)}
        onSave={(next) => {
          setEditing(false);
          void save(edit.set(row.id, { [field]: next }));
        }}
      />
    );
  }
  const empty = value === undefined;
  return (
    <UnstyledButton className={classes.rest} onClick={() => setEditing(true)}>
      <span className={classes.hidden}>{`Edit ${spec.label} of ${row.title}: `}</span>
      {empty && children === undefined ? <span className={classes.empty}>add</span> : words}
    </UnstyledButton>
  );
}
