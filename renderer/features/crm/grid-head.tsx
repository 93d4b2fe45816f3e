// One column's head: press to sort, drag its edge to size.

import { UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { PointerEvent } from "react";
import { MIN_WIDTH, type Column } from "./list-columns.ts";
import classes from "./list.module.css";

type Props = {
  readonly column: Column;
  readonly index: number;
  readonly sort: { readonly field: string; readonly descending: boolean } | undefined;
  readonly defaultSort: string | undefined;
  readonly onSort: (sort: string | undefined) => void;
  readonly onWidth: (width: number) => void;
};

const MAX_WIDTH = 640;
const clamp = (width: number): number => Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Math.round(width)));

export function GridHead({ column, index, sort, defaultSort, onSort, onWidth }: Props) {
  const { sortField } = column;
  const sorted = sortField !== undefined && (sort?.field ?? defaultSort) === sortField;
  const descending = sorted && sort?.descending === true;
  const money = column.spec?.kind === "money" || column.spec?.kind === "number";
  const drag = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    const handle = event.currentTarget;
    const from = event.clientX;
    const head = handle.parentElement;
    const start = head?.getBoundingClientRect().width ?? column.width;
    handle.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) => onWidth(clamp(start + moved.clientX - from));
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
  };
  return (
    <div
      role="columnheader"
      aria-colindex={index + 3}
      aria-sort={sorted ? (descending ? "descending" : "ascending") : undefined}
      className={classes.headCell}
      data-right={money || undefined}
    >
      {sortField === undefined ? (
        <span className={classes.headWords}>{column.label}</span>
      ) : (
        <UnstyledButton
          className={classes.headButton}
          onClick={() =>
            onSort(sorted && !descending ? `-${sortField}` : sortField === defaultSort ? undefined : sortField)
          }
        >
          {column.label}
          {sorted ? descending ? <IconArrowDown size={14} aria-hidden /> : <IconArrowUp size={14} aria-hidden /> : null}
        </UnstyledButton>
      )}
      <span className={classes.sizer} aria-hidden onPointerDown={drag} onDoubleClick={() => onWidth(clamp(180))} />
    </div>
  );
}
