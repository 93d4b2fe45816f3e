// The project's facts and its money. Money is the team's: where the device holds none of it, no frame is drawn.

import { EditableField } from "#renderer/fields/editable-field.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import type { FieldSpec } from "#shared/model/field-kinds.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { project as projectType } from "#shared/record-types/index.ts";
import classes from "./facts-panel.module.css";
import type { ProjectContext } from "./use-project.ts";

type Name = keyof typeof projectType.fields;

const FACTS: readonly Name[] = [
  "name",
  "client",
  "status",
  "startDate",
  "targetDate",
  "lead",
  "summary",
  "company",
  "deal",
  "risk",
  "internalNotes",
];
const MONEY: readonly Name[] = ["budget", "costToDate", "margin"];

function readable(names: readonly Name[], context: ProjectContext): readonly Name[] {
  return names.filter((name) => {
    const spec: FieldSpec = projectType.fields[name];
    return canReadFacet(spec.facet ?? "internal", context.persona);
  });
}

export function FactsPanel({ context }: { readonly context: ProjectContext }) {
  return (
    <Panel title="Facts">
      {readable(FACTS, context).map((field) => (
        <EditableField key={field} row={context.project} field={field} />
      ))}
    </Panel>
  );
}

function spentShare(context: ProjectContext): number | undefined {
  const { budget, costToDate } = context.project.fields;
  if (
    typeof budget !== "object" ||
    typeof costToDate !== "object" ||
    !("amount" in budget) ||
    !("amount" in costToDate)
  )
    return undefined;
  return budget.amount > 0 && budget.currency === costToDate.currency ? costToDate.amount / budget.amount : undefined;
}

export function MoneyPanel({ context }: { readonly context: ProjectContext }) {
  const fields = readable(MONEY, context);
  if (fields.length === 0) return null;
  const share = spentShare(context);
  return (
    <Panel title="Money" aside="team only">
      {fields.map((field) => (
        <EditableField key={field} row={context.project} field={field} />
      ))}
      {share !== undefined && (
        <div
          className={classes.track}
          data-over={share > 1 || undefined}
          role="img"
          aria-label={`${Math.round(share * 100)} % of the budget spent`}
        >
          <span style={{ width: `${Math.min(100, share * 100)}%` }} />
        </div>
      )}
    </Panel>
  );
}
