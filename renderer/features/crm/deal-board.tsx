// Deals by stage. Cards are dragged, or moved with M and "Move to..."; a phone shows one stage at a time.

import { monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import { useObserved } from "#renderer/data/hooks.tsx";
import type { Filter, RecordRow } from "#renderer/data/types.ts";
import { sumMoney, sumWords, toMoney, weightedOf } from "#renderer/fields/deal-money.ts";
import { useRecentlyTouched } from "#renderer/fields/deal-risk.ts";
import { FieldContextProvider, relatedIds } from "#renderer/fields/field-context.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { dealStages, type DealStage } from "#shared/record-types/deal.ts";
import { BoardColumn, type Hover } from "./board-column.tsx";
import classes from "./board.module.css";
import { inOrder, placesFor } from "./deal-order.ts";
import { useMoveDeal } from "./move-deal.tsx";
import { StageTabs } from "./stage-tabs.tsx";

type Props = {
  readonly filters: readonly Filter[];
  readonly onCount: (total: number) => void;
  readonly onNew: () => void;
};

/** Lost deals leave the board; "Move to..." and the list still know them. */
const columns = dealStages.filter((stage) => stage.outcome !== "lost");

const stageOf = (row: RecordRow): string =>
  typeof row.fields["stage"] === "string" ? row.fields["stage"] : "prospecting";

export function DealBoard({ filters, onCount, onNew }: Props) {
  const key = `board ${JSON.stringify(filters)}`;
  const fresh = useObserved(key, (data) => data.query.records({ type: "deal", filters }));
  const [last, setLast] = useState(fresh);
  if (fresh !== undefined && fresh !== last) setLast(fresh);
  const page = fresh ?? last;
  const touched = useRecentlyTouched();
  const phone = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const [stage, setStage] = useState<DealStage>("prospecting");
  const [hover, setHover] = useState<Hover | undefined>(undefined);
  const [move, dialog] = useMoveDeal();
  const total = page?.total;
  useEffect(() => {
    if (total !== undefined) onCount(total);
  }, [total, onCount]);

  const byStage = useMemo(() => {
    const rows = page?.rows ?? [];
    return new Map(
      columns.map((column) => [column.id, inOrder(rows.filter((row) => stageOf(row) === column.id))] as const),
    );
  }, [page]);
  const ids = useMemo(() => relatedIds(page?.rows ?? []), [page]);

  const place = (row: RecordRow, to: DealStage, index: number) => {
    const others = (byStage.get(to as (typeof columns)[number]["id"]) ?? []).filter((other) => other.id !== row.id);
    move(row, to, placesFor(others, row.id, index));
  };
  const latest = useRef({ byStage, place });
  useEffect(() => {
    latest.current = { byStage, place };
  });

  useEffect(
    () =>
      monitorForElements({
        canMonitor: ({ source }) => source.data["kind"] === "deal",
        onDrag: ({ source, location }) =>
          setHover(findHover(source.data["id"], location.current, latest.current.byStage)),
        onDrop: ({ source, location }) => {
          const found = findHover(source.data["id"], location.current, latest.current.byStage);
          setHover(undefined);
          if (found !== undefined) latest.current.place(found.row, found.stage, found.index);
        },
      }),
    [],
  );

  if (page === undefined) return null;
  if (page.total === 0) {
    return filters.length > 0 ? (
      <EmptyState kind="noMatch" title="No deals match" text="Remove a filter to see more." />
    ) : (
      <EmptyState
        kind="empty"
        title="No deals yet"
        text="A deal is something a company may buy."
        action={
          <Button variant="default" onClick={onNew}>
            New deal
          </Button>
        }
      />
    );
  }
  const onBoard = [...byStage.values()].flat();
  const shown = phone ? columns.filter((column) => column.id === stage) : columns;
  return (
    <FieldContextProvider ids={ids} space={page.rows[0]?.space}>
      <p className={classes.sums}>
        {onBoard.length} {onBoard.length === 1 ? "deal" : "deals"},{" "}
        <strong>{sumWords(sumMoney(onBoard.map((row) => toMoney(row.fields["amount"]))))}</strong>
        <span className={classes.weightedSum}>
          weighted <strong>{sumWords(sumMoney(onBoard.map((row) => weightedOf(row))))}</strong>
        </span>
      </p>
      {phone ? (
        <StageTabs
          stages={columns.map((column) => ({ ...column, count: byStage.get(column.id)?.length ?? 0 }))}
          value={stage}
          onChange={setStage}
        />
      ) : null}
      <div className={classes.board}>
        {shown.map((column) => (
          <BoardColumn
            key={column.id}
            stage={column.id}
            label={column.label}
            probability={column.probability}
            rows={byStage.get(column.id) ?? []}
            hover={hover?.stage === column.id ? hover : undefined}
            touched={touched}
            onMove={(row, to) => (to === column.id ? undefined : to === "lost" ? move(row, to) : place(row, to, 0))}
            onStep={(row, by) => {
              const at = (byStage.get(column.id) ?? []).findIndex((other) => other.id === row.id);
              place(row, column.id, Math.max(0, at + by));
            }}
          />
        ))}
      </div>
      {dialog}
    </FieldContextProvider>
  );
}

type Location = {
  readonly input: { readonly clientY: number };
  readonly dropTargets: readonly { readonly element: Element; readonly data: Record<string | symbol, unknown> }[];
};

/** Where a card would land: the column under the pointer, before the first card whose middle is below it. */
function findHover(
  id: unknown,
  location: Location,
  byStage: ReadonlyMap<string, readonly RecordRow[]>,
): Hover | undefined {
  const target = location.dropTargets.find((one) => one.data["kind"] === "stage");
  const row = [...byStage.values()].flat().find((one) => one.id === id);
  const stage = columns.find((column) => column.id === target?.data["stage"])?.id;
  if (target === undefined || row === undefined || stage === undefined) return undefined;
  const cards = [...target.element.querySelectorAll<HTMLElement>("[data-card]")].filter(
    (card) => card.dataset["card"] !== id,
  );
  const before = cards.findIndex((card) => {
    const box = card.getBoundingClientRect();
    return location.input.clientY < box.top + box.height / 2;
  });
  return { stage, row, index: before === -1 ? cards.length : before };
}
