// The two faces of a field for everyone outside this folder: read-only words, and an editor that parses before it saves.

import { useId, useRef, useState } from "react";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldSpec, FieldValue } from "#shared/model/field-value.ts";
import { sameValue, toDraft } from "./drafts.ts";
import { EnsureFieldContext, idsIn } from "./field-context.tsx";
import { FieldInput } from "./field-input.tsx";
import classes from "./fields.module.css";

export { FieldCell } from "./field-cells.tsx";

type FieldEditorProps = {
  readonly spec: FieldSpec;
  readonly value: FieldValue | null | undefined;
  /** Called with the parsed value when it differs from `value`. */
  readonly onSave: (value: FieldValue | null) => void;
  readonly onCancel: () => void;
  readonly autoFocus?: boolean;
  readonly label?: string;
  /** The sentence of a value that could not be saved below this editor. */
  readonly problem?: string | undefined;
  /** Space whose members can be chosen, where no FieldContextProvider is above. */
  readonly space?: string | undefined;
};

/** Saves on Enter, on leaving, and at once when picked; Esc restores. What cannot be read stays, with the sentence why. */
export function FieldEditor({
  spec,
  value,
  onSave,
  onCancel,
  autoFocus = false,
  label,
  problem,
  space,
}: FieldEditorProps) {
  const [draft, setDraft] = useState<unknown>(() => toDraft(value, spec));
  const [refused, setRefused] = useState<string | undefined>(undefined);
  const messageId = useId();
  const done = useRef(false);
  const message = refused ?? problem;

  const commit = (raw: unknown) => {
    // Enter saves and unmounts the input, whose blur must not save again.
    if (done.current) return;
    const parsed = parseField(raw, spec);
    if (!parsed.ok) {
      setRefused(parsed.error.message);
      return;
    }
    done.current = true;
    // With a problem, the value shown is one that could not be saved: trying again is what Enter is for.
    if (problem === undefined && sameValue(parsed.value, value)) onCancel();
    else onSave(parsed.value);
    queueMicrotask(() => {
      done.current = false;
    });
  };
  const cancel = () => {
    done.current = true;
    setDraft(toDraft(value, spec));
    setRefused(undefined);
    onCancel();
    queueMicrotask(() => {
      done.current = false;
    });
  };

  return (
    <EnsureFieldContext space={space} ids={idsIn(spec.kind === "relation" || spec.kind === "relations" ? value : null)}>
      <div className={classes.editor}>
        <FieldInput
          spec={spec}
          label={label ?? spec.label}
          draft={draft}
          onDraft={(next) => {
            setDraft(next);
            setRefused(undefined);
          }}
          onCommit={commit}
          onCancel={cancel}
          autoFocus={autoFocus}
          invalid={message !== undefined}
          describedBy={message === undefined ? undefined : messageId}
          inline
        />
        {message === undefined ? null : (
          <p id={messageId} className={classes.problem} role="alert">
            {message}
          </p>
        )}
      </div>
    </EnsureFieldContext>
  );
}
