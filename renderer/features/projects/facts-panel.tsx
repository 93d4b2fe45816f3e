// The project's facts and its money. Money is the team's: where the device holds none of it, no frame is drawn.

import { EditableField } from "#renderer/fields/editable-field.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { usePolicy } from "#renderer/data/hooks.tsx";
import { facetOf } from "#renderer/fields/facet-of.ts";
import { canReadFacet, outsideReaders } from "#shared/model/facets.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type { RecordRow } from "#renderer/data/types.ts";
import type { FieldValue, Money } from "#shared/model/field-value.ts";
import { formatMoney } from "#shared/model/number-fields.ts";
import { project as projectType } from "#shared/record-types/index.ts";
import classes from "./facts-panel.module.css";
import { isMilestoneDone } from "./project-progress.ts";
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

function readable(names: readonly Name[], { project, persona }: ProjectContext, policy: PolicyView): readonly Name[] {
  return names.filter((name) => canReadFacet(facetOf(project, name, policy), persona));
}

export function FactsPanel({ context }: { readonly context: ProjectContext }) {
  const policy = usePolicy();
  return (
    <Panel title="Facts">
      {readable(FACTS, context, policy).map((field) => (
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

const isMoney = (value: FieldValue | undefined): value is Money =>
  typeof value === "object" && !Array.isArray(value) && "amount" in value;

/** Amounts of one currency added up; several currencies stand side by side. */
function totalWords(amounts: readonly Money[], locale: string): string {
  const sums = new Map<string, number>();
  for (const { amount, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums].map(([currency, amount]) => formatMoney({ amount, currency }, locale, "short")).join(" + ");
}

/** What milestones and tasks say, added up: billed by what is done, labour cost, hours used of those planned. */
function sumsOf({ milestones, tasks, locale }: ProjectContext): readonly { label: string; words: string }[] {
  const money = (rows: readonly RecordRow[], field: string): readonly Money[] =>
    rows.map((row) => row.fields[field]).filter(isMoney);
  const hours = (rows: readonly RecordRow[], field: string): number =>
    rows.reduce((sum, row) => sum + (typeof row.fields[field] === "number" ? row.fields[field] : 0), 0);
  const all = milestones.map((one) => one.row);
  const done = milestones.filter(isMilestoneDone).map((one) => one.row);
  const work = [...all, ...tasks.map((task) => task.row)];
  const planned = hours(all, "plannedHours");
  const used = hours(work, "actualHours");
  return [
    { label: "Billed", words: totalWords(money(done, "billingAmount"), locale) },
    { label: "Labour cost", words: totalWords(money(work, "laborCost"), locale) },
    { label: "Hours", words: used + planned === 0 ? "" : `${used} of ${planned} h` },
  ].filter(({ words }) => words !== "");
}

export function MoneyPanel({ context }: { readonly context: ProjectContext }) {
  const policy = usePolicy();
  const fields = readable(MONEY, context, policy);
  const isTeamOnly = fields.every((field) => outsideReaders(facetOf(context.project, field, policy)).length === 0);
  if (fields.length === 0) return null;
  const share = spentShare(context);
  return (
    <Panel title="Money" {...(isTeamOnly ? { aside: "team only" } : {})}>
      {fields.map((field) => (
        <EditableField key={field} row={context.project} field={field} />
      ))}
      <dl className={classes.sums}>
        {sumsOf(context).map(({ label, words }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
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
