// Open deals that need a look, each with one plain sentence why.

import { Link } from "@tanstack/react-router";
import type { RecordRow } from "#renderer/data/types.ts";
import { shortMoney, sumMoney, sumWords, toMoney, weightedOf } from "#renderer/fields/deal-money.ts";
import { riskOf, useRecentlyTouched } from "#renderer/fields/deal-risk.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { shortDate } from "#renderer/fields/times.ts";
import { Bridge } from "#renderer/ui/bridge.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { Waiting } from "#renderer/ui/waiting.tsx";
import { dealStages } from "#shared/record-types/deal.ts";
import classes from "./home.module.css";

const SHOWN = 8;

const byAmount = (left: RecordRow, right: RecordRow): number =>
  (toMoney(right.fields["amount"])?.amount ?? 0) - (toMoney(left.fields["amount"])?.amount ?? 0);

export function DealsAtRisk({ deals }: { readonly deals: readonly RecordRow[] | undefined }) {
  const touched = useRecentlyTouched();
  if (deals === undefined)
    return (
      <Panel title="Deals at risk">
        <Waiting lines={4} />
      </Panel>
    );
  const risky = deals.flatMap((row) => {
    const why = riskOf(row, touched);
    return why === undefined ? [] : [{ row, why }];
  });
  const shown = risky.toSorted((left, right) => byAmount(left.row, right.row)).slice(0, SHOWN);
  return (
    <Panel
      flush
      title={
        <>
          Deals at risk{" "}
          <span className={classes.second}>
            {risky.length === 0
              ? "none"
              : `${risky.length}, ${sumWords(sumMoney(risky.map(({ row }) => toMoney(row.fields["amount"]))))}`}
          </span>
        </>
      }
      aside={<Link to="/deals">All deals</Link>}
    >
      {risky.length === 0 ? (
        <p className={classes.padded}>No open deal is past its close date or quiet for a month.</p>
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Deal</th>
              <th scope="col">Stage</th>
              <th scope="col" className={classes.right}>
                Amount
              </th>
              <th scope="col" className={classes.rightWide}>
                Weighted
              </th>
              <th scope="col" className={classes.wide}>
                Closes
              </th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ row, why }) => (
              <RiskRow key={row.id} row={row} why={why} />
            ))}
          </tbody>
        </table>
      )}
      {risky.length > shown.length ? (
        <p className={classes.padded}>and {risky.length - shown.length} smaller ones</p>
      ) : null}
    </Panel>
  );
}

function RiskRow({ row, why }: { readonly row: RecordRow; readonly why: string }) {
  const { recordTitle } = useRequiredFieldContext();
  const stages = dealStages.filter((stage) => stage.outcome !== "lost");
  const current = stages.findIndex((stage) => stage.id === row.fields["stage"]);
  const amount = toMoney(row.fields["amount"]);
  const weighted = weightedOf(row);
  const company = row.fields["company"];
  const close = row.fields["closeDate"];
  return (
    <tr>
      <td className={classes.name}>
        <Link to="/record/$id" params={{ id: row.id }} className={classes.title}>
          {row.title}
        </Link>{" "}
        <RowGlyph row={row} />
        <span className={classes.second}>{typeof company === "string" ? (recordTitle?.(company) ?? "") : ""}</span>
      </td>
      <td className={classes.stage}>
        <Bridge
          label="Stage"
          size="small"
          planks={stages.map((stage, index) => ({
            id: stage.id,
            label: stage.label,
            state: index < current ? "done" : index === current ? "current" : "ahead",
          }))}
        />
        <span className={classes.second}>{stages[current]?.label ?? "No stage"}</span>
      </td>
      <td className={classes.right}>{amount === undefined ? "" : shortMoney(amount)}</td>
      <td className={classes.rightWide}>{weighted === undefined ? "" : shortMoney(weighted)}</td>
      <td className={classes.wide}>{typeof close === "string" ? shortDate(close) : ""}</td>
      <td className={classes.why}>{why}</td>
    </tr>
  );
}
