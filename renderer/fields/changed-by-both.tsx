// Two people changed one field without having seen each other's value: both values, who and when, and one press to choose.

import { Button, UnstyledButton } from "@mantine/core";
import { IconCircleHalf2 } from "@tabler/icons-react";
import { useData, usePolicy } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { when } from "#renderer/ui/when.ts";
import type { FieldSpec, FieldValue } from "#shared/model/field-value.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { EnsureFieldContext, idsIn, useRequiredFieldContext } from "./field-context.tsx";
import { FieldCell } from "./field-views.tsx";
import { facetOf } from "./facet-of.ts";
import classes from "./fields.module.css";
import { saveProblem } from "./save-problem.ts";

type Props = { readonly row: RecordRow; readonly field: string; readonly onLater: () => void };

export function ChangedByBothChoice({ row, field, onLater }: Props) {
  const spec = findRecordType(row.type)?.fields[field];
  const mark = row.changedByBoth[field];
  if (spec === undefined || mark === undefined) return null;
  const related = spec.kind === "relation" || spec.kind === "relations";
  return (
    <EnsureFieldContext space={row.space} ids={related ? [...idsIn(mark.kept), ...idsIn(mark.other)] : []}>
      <Choice row={row} field={field} spec={spec} mark={mark} onLater={onLater} />
    </EnsureFieldContext>
  );
}

type ChoiceProps = Props & { readonly spec: FieldSpec; readonly mark: RecordRow["changedByBoth"][string] };

function Choice({ row, field, spec, mark, onLater }: ChoiceProps) {
  const { edit } = useData();
  const { canWrite } = useRights();
  const { persona } = useRequiredFieldContext();
  const mayChoose = canWrite(facetOf(row, field, usePolicy()), persona) && row.state !== "deleted";
  const choose = async (choice: "shown" | "other") => {
    const result = await edit.chooseValue(row.id, field, choice);
    if (!result.ok) showProblem(saveProblem(result.error, field));
    else showDone(`${spec.label} is settled. Saved on this device.`, () => void result.value.undo());
  };
  return (
    <section className={classes.bothBlock} aria-label={`${spec.label} was changed by both`}>
      <header className={classes.bothHead}>
        <IconCircleHalf2 size={17} aria-hidden />
        <strong>{spec.label} was changed by both</strong>
        <Button variant="subtle" size="compact-sm" ml="auto" onClick={onLater}>
          Later
        </Button>
      </header>
      <div className={classes.bothValues}>
        <BothValue
          spec={spec}
          value={mark.kept}
          by={mark.keptBy}
          at={mark.keptAt}
          shown
          onUse={mayChoose ? () => void choose("shown") : undefined}
        />
        <BothValue
          spec={spec}
          value={mark.other}
          by={mark.otherBy}
          at={mark.otherAt}
          onUse={mayChoose ? () => void choose("other") : undefined}
        />
      </div>
    </section>
  );
}

type ValueProps = {
  readonly spec: FieldSpec;
  readonly value: FieldValue | null;
  readonly by: string;
  readonly at: string;
  readonly shown?: true;
  readonly onUse: (() => void) | undefined;
};

function BothValue({ spec, value, by, at, shown, onUse }: ValueProps) {
  const { personName, me } = useRequiredFieldContext();
  const name = personName?.(by) ?? "Someone";
  return (
    <div className={shown === true ? classes.bothShown : classes.bothOther}>
      <div className={classes.bothWords}>
        {value === null ? <em>empty</em> : <FieldCell spec={spec} value={value} />}
      </div>
      <div className={classes.bothAuthor}>
        <PersonAvatar name={name} size={18} decorative />
        {by === me ? "you" : name}, {when(at)}
      </div>
      <div className={classes.bothAct}>
        {shown === true ? <span>shown now</span> : null}
        {onUse === undefined ? null : (
          <UnstyledButton className={classes.bothUse} onClick={onUse}>
            {shown === true ? "keep this" : "use this"}
          </UnstyledButton>
        )}
      </div>
    </div>
  );
}
