// One changed field in words: "Stage Qualification → Proposal".

import { findRecordType } from "#shared/record-types/index.ts";
import type { PendingChange } from "#renderer/data/types.ts";
import { FieldCell } from "#renderer/fields/field-views.tsx";
import classes from "./change-words.module.css";

type FieldChange = PendingChange["fields"][number];

function Value({ type, change, side }: { type: string; change: FieldChange; side: "from" | "to" }) {
  const value = change[side];
  if (value === null || value === undefined || value === "") return <span className={classes.empty}>empty</span>;
  const spec = findRecordType(type)?.fields[change.field];
  // A field of a newer version: its value is kept and synced, and shown as it is.
  return spec === undefined ? <span>{JSON.stringify(value)}</span> : <FieldCell spec={spec} value={value} />;
}

export const ChangeWords = ({ type, change }: { readonly type: string; readonly change: FieldChange }) => (
  <span className={classes.change}>
    <span className={classes.label}>{change.label}</span>
    <span className={classes.from}>
      <Value type={type} change={change} side="from" />
    </span>
    <span aria-label="to" role="img">
      →
    </span>
    <span className={classes.to}>
      <Value type={type} change={change} side="to" />
    </span>
  </span>
);
