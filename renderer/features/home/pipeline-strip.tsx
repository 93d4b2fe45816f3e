// The pipeline as one strip of figures: never cards in a row of colours.

import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { RecordRow } from "#renderer/data/types.ts";
import type { Money } from "#shared/model/field-value.ts";
import { shortMoney, sumMoney, toMoney, weightedOf } from "#renderer/fields/deal-money.ts";
import { isOpenDeal } from "#renderer/fields/deal-risk.ts";
import { isoDate } from "#renderer/fields/times.ts";
import { Waiting } from "#renderer/ui/waiting.tsx";
import classes from "./home.module.css";

function quarterStart(now: Date): string {
  return isoDate(new Date(now.getFullYear(), Math.floor(now.getMonth() / 3) * 3, 1));
}

const closedSince = (row: RecordRow, date: string): boolean =>
  typeof row.fields["closeDate"] === "string" && row.fields["closeDate"] >= date;

export function PipelineStrip({ deals }: { readonly deals: readonly RecordRow[] | undefined }) {
  const [now] = useState(() => new Date());
  if (deals === undefined) return <WaitingStrip />;
  const open = deals.filter(isOpenDeal);
  const won = deals.filter((row) => row.fields["stage"] === "won" && closedSince(row, quarterStart(now)));
  const month = isoDate(now).slice(0, 7);
  const closing = open.filter(
    (row) => typeof row.fields["closeDate"] === "string" && row.fields["closeDate"].startsWith(month),
  );
  const amounts = (some: readonly RecordRow[]) => sumMoney(some.map((row) => toMoney(row.fields["amount"])));
  return (
    <section className={classes.strip} aria-label="Pipeline">
      <Figure label="Won this quarter" sums={amounts(won)} detail={count(won.length)} />
      <Figure label="Open" sums={amounts(open)} detail={count(open.length)} />
      <Figure label="Weighted pipeline" sums={sumMoney(open.map((row) => weightedOf(row)))} detail="by probability" />
      <Figure label="Closing this month" sums={amounts(closing)} detail={count(closing.length)} />
    </section>
  );
}

/** Keeps the room of the figures, without a figure that is not true yet. */
const WaitingStrip = () => (
  <section className={classes.strip} aria-label="Pipeline" aria-busy="true">
    {["Won this quarter", "Open", "Weighted pipeline", "Closing this month"].map((label) => (
      <div key={label} className={classes.figure}>
        <span className={classes.figureLabel}>{label}</span>
        <Waiting lines={1} tall />
      </div>
    ))}
  </section>
);

const count = (deals: number): string => (deals === 1 ? "1 deal" : `${deals} deals`);

type FigureProps = { readonly label: string; readonly sums: readonly Money[]; readonly detail: string };

/** The largest currency is the figure; the others stand beside it, for currencies are never added together. */
function Figure({ label, sums, detail }: FigureProps) {
  const [first = { amount: 0, currency: "EUR" }, ...others] = sums.toSorted(
    (left, right) => right.amount - left.amount,
  );
  return (
    <Link to="/deals" className={classes.figure}>
      <span className={classes.figureLabel}>{label}</span>
      <span className={classes.figureValue}>{shortMoney(first)}</span>
      <span className={classes.second}>
        {[...others.map((money) => `and ${shortMoney(money)}`), detail].join(", ")}
      </span>
    </Link>
  );
}
