// One stage: what is in it, what that is worth, and the place where a dragged card would land.

import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { UnstyledButton } from "@mantine/core";
import { Fragment, useEffect, useRef, useState } from "react";
import type { RecordRow } from "#renderer/data/types.ts";
import { shortMoney, sumMoney, toMoney, weightedOf } from "#renderer/fields/deal-money.ts";
import { riskOf } from "#renderer/fields/deal-risk.ts";
import { daysFromToday, plainDate } from "#renderer/fields/times.ts";
import type { Money } from "#shared/model/field-value.ts";
import type { DealStage } from "#shared/record-types/deal.ts";
import { BoardCard } from "./board-card.tsx";
import classes from "./board.module.css";

/** A dragged deal and where it would land in this stage. */
export type Hover = { readonly stage: DealStage; readonly index: number; readonly row: RecordRow };

type Props = {
  readonly stage: DealStage;
  readonly label: string;
  readonly probability: number;
  readonly rows: readonly RecordRow[];
  readonly hover: Hover | undefined;
  readonly touched: ReadonlySet<string> | undefined;
  readonly onMove: (row: RecordRow, to: DealStage) => void;
  readonly onStep: (row: RecordRow, by: number) => void;
};

const PORTION = 50;

const isOldWin = (row: RecordRow): boolean => {
  const close = row.fields["closeDate"];
  return typeof close === "string" && daysFromToday(plainDate(close)) < -30;
};

export function BoardColumn({ stage, label, probability, rows, hover, touched, onMove, onStep }: Props) {
  const element = useRef<HTMLElement>(null);
  const [portion, setPortion] = useState(PORTION);
  const [old, setOld] = useState(false);
  useEffect(() => {
    if (element.current === null) return undefined;
    return dropTargetForElements({
      element: element.current,
      canDrop: ({ source }) => source.data["kind"] === "deal",
      getData: () => ({ kind: "stage", stage }),
    });
  }, [stage]);

  const recent = stage === "won" && !old ? rows.filter((row) => !isOldWin(row)) : rows;
  const shown = recent.slice(0, portion);
  const more = recent.length - shown.length;
  const older = rows.length - recent.length;
  const arriving =
    hover !== undefined && hover.row.fields["stage"] !== stage ? toMoney(hover.row.fields["amount"]) : undefined;
  const weighted = sumMoney([
    ...rows.map((row) => weightedOf(row)),
    ...(hover === undefined || arriving === undefined ? [] : [weightedOf(hover.row, stage)]),
  ]);
  const others = shown.filter((row) => row.id !== hover?.row.id).map((row) => row.id);
  return (
    <section
      ref={element}
      className={classes.column}
      data-over={hover === undefined ? undefined : true}
      aria-label={`${label}, ${rows.length}`}
    >
      <header className={classes.columnHead}>
        <h2 className={classes.stage}>
          {label} <span className={classes.count}>{rows.length}</span>
        </h2>
        <span className={classes.percent}>{probability} %</span>
        <span className={classes.sum}>
          <SumLines sums={sumMoney(rows.map((row) => toMoney(row.fields["amount"])))} />
          {arriving === undefined ? null : <strong className={classes.arriving}> + {shortMoney(arriving)}</strong>}
        </span>
        <span
          className={arriving === undefined ? classes.weighted : classes.arrivingSum}
          title="Weighted by probability"
        >
          <SumLines sums={weighted} />
        </span>
        <span className={classes.track} aria-hidden>
          <span className={classes.plank} style={{ width: `${probability}%` }} />
        </span>
      </header>
      <ul className={classes.cards}>
        {shown.map((row) => {
          return (
            <Fragment key={row.id}>
              {hover !== undefined && others[hover.index] === row.id ? <DropBridge /> : null}
              <BoardCard
                row={row}
                risk={riskOf(row, touched)}
                onMove={(to) => onMove(row, to)}
                onStep={(by) => onStep(row, by)}
              />
            </Fragment>
          );
        })}
        {hover !== undefined && hover.index >= others.length ? <DropBridge /> : null}
      </ul>
      {rows.length === 0 && hover === undefined ? <p className={classes.none}>No deals in {label}</p> : null}
      {more > 0 ? (
        <UnstyledButton className={classes.more} onClick={() => setPortion(portion + PORTION)}>
          Show {Math.min(more, PORTION)} more of {more}
        </UnstyledButton>
      ) : null}
      {older > 0 ? (
        <UnstyledButton className={classes.more} onClick={() => setOld(true)}>
          {older} more, older than 30 days
        </UnstyledButton>
      ) : null}
    </section>
  );
}

/** One line per currency. */
const SumLines = ({ sums }: { readonly sums: readonly Money[] }) =>
  sums.length === 0
    ? shortMoney({ amount: 0, currency: "EUR" })
    : sums.map((money) => (
        <span key={money.currency} className={classes.sumLine}>
          {shortMoney(money)}
        </span>
      ));

const DropBridge = () => <li className={classes.dropBridge} aria-hidden />;
