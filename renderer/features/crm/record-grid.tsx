// The table: virtual rows in an ARIA grid. One tab stop; J/K and arrows move, Enter opens or edits, X selects.

import { Checkbox, VisuallyHidden } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useState } from "react";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { GridHead } from "./grid-head.tsx";
import { GridRow } from "./grid-row.tsx";
import { TITLE, type Column, type ColumnChoice } from "./list-columns.ts";
import classes from "./list.module.css";
import type { RowWindow } from "./row-window.ts";
import { useFillHeight } from "./use-fill-height.ts";
import { useGridKeys } from "./use-grid-keys.ts";
import type { Selection } from "./use-selection.ts";

const ROW = 36;

type Props = {
  readonly definition: RecordTypeDefinition;
  readonly columns: readonly Column[];
  readonly window: RowWindow;
  readonly sort: { readonly field: string; readonly descending: boolean } | undefined;
  readonly choice: ColumnChoice;
  readonly selection: Selection;
  readonly onFirst: (index: number) => void;
  readonly onSort: (sort: string | undefined) => void;
  readonly onChoice: (choice: ColumnChoice) => void;
};

export function RecordGrid({ definition, columns, window, sort, choice, selection, onFirst, onSort, onChoice }: Props) {
  const navigate = useNavigate();
  const [box, height] = useFillHeight<HTMLDivElement>();
  const [current, setCurrent] = useState<{ readonly row: number; readonly column: number }>({ row: -1, column: 0 });
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const total = window.total ?? 0;
  // The React compiler is not used here; a virtualizer that changes in place is what this list needs.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: 34,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  useEffect(() => onFirst(first), [first, onFirst]);

  const open = (row: number) => {
    const record = window.at(row);
    if (record !== undefined) void navigate({ to: "/record/$id", params: { id: record.id } });
  };
  const go = (row: number, column: number) => {
    if (total === 0) return;
    const next = {
      row: Math.max(0, Math.min(total - 1, row)),
      column: Math.max(0, Math.min(columns.length - 1, column)),
    };
    setCurrent(next);
    virtualizer.scrollToIndex(next.row);
  };
  const act = () => {
    const record = window.at(current.row);
    const column = columns[current.column];
    if (record === undefined || column === undefined) return;
    if (column.id === TITLE) open(current.row);
    else setEditing(`${record.id} ${column.id}`);
  };
  useGridKeys({
    box,
    active: editing === undefined,
    selected: selection.ids.size > 0,
    onMove: (rows, cols) => go(current.row + rows, current.column + cols),
    onEdge: (end) => go(end ? total - 1 : 0, current.column),
    onAct: act,
    onOpen: () => open(current.row),
    onSelect: (extend) => {
      const record = window.at(current.row);
      if (record === undefined) return;
      if (extend) selection.extendTo(current.row);
      else selection.toggle(record.id, current.row);
    },
    onExtend: (by) => {
      const next = Math.max(0, Math.min(total - 1, current.row + by));
      const record = window.at(current.row);
      if (selection.ids.size === 0 && record !== undefined) selection.toggle(record.id, current.row);
      selection.extendTo(next);
      go(next, current.column);
    },
    onAll: selection.selectAll,
    onEscape: selection.clear,
  });

  const template = `36px 26px ${columns.map((column, index) => (index === columns.length - 1 ? `minmax(${column.width}px, 1fr)` : `${column.width}px`)).join(" ")}`;
  const width = 62 + columns.reduce((sum, column) => sum + column.width, 0);
  const allChosen = total > 0 && selection.ids.size >= total;
  const activeRow = window.at(current.row);
  const focusEnds = () => {
    setEditing(undefined);
    box.current?.focus({ preventScroll: true });
  };

  return (
    <div
      ref={box}
      className={classes.grid}
      style={{ height }}
      role="grid"
      tabIndex={0}
      aria-label={definition.label.many}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 2}
      aria-multiselectable
      {...(activeRow === undefined ? {} : { "aria-activedescendant": `cell-${current.row}-${current.column}` })}
      onFocus={(event) => {
        if (event.target === event.currentTarget && current.row < 0) go(0, 0);
      }}
    >
      <div role="rowgroup" className={classes.head} style={{ minWidth: width }}>
        <div role="row" aria-rowindex={1} className={classes.headRow} style={{ gridTemplateColumns: template }}>
          <div role="columnheader" aria-colindex={1} className={classes.checkCell}>
            <Checkbox
              size="xs"
              aria-label={`Select all ${total} ${definition.label.many.toLowerCase()}`}
              checked={allChosen}
              indeterminate={selection.ids.size > 0 && !allChosen}
              onChange={() => (selection.ids.size > 0 ? selection.clear() : selection.selectAll())}
            />
          </div>
          <div role="columnheader" aria-colindex={2}>
            <VisuallyHidden>State</VisuallyHidden>
          </div>
          {columns.map((column, index) => (
            <GridHead
              key={column.id}
              column={column}
              index={index}
              sort={sort}
              defaultSort={definition.list[0]}
              onSort={onSort}
              onWidth={(next) => onChoice({ ...choice, widths: { ...choice.widths, [column.id]: next } })}
            />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize(), minWidth: width }}>
        {items.map((item) => {
          const row = window.at(item.index);
          return (
            <GridRow
              key={item.index}
              index={item.index}
              top={item.start}
              template={template}
              columns={columns}
              row={row}
              current={item.index === current.row ? current.column : undefined}
              selected={row !== undefined && selection.ids.has(row.id)}
              editing={
                row === undefined || editing === undefined || !editing.startsWith(`${row.id} `)
                  ? undefined
                  : editing.slice(row.id.length + 1)
              }
              onCurrent={(column) => setCurrent({ row: item.index, column })}
              onEdit={(column) => row !== undefined && setEditing(`${row.id} ${column}`)}
              onEditEnd={focusEnds}
              onSelect={(extend) => {
                if (row === undefined) return;
                setCurrent({ row: item.index, column: 0 });
                if (extend) selection.extendTo(item.index);
                else selection.toggle(row.id, item.index);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}
