// One row of the table: checkbox, state glyph, the title as a link, and cells that can be edited where they stand.

import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo, type MouseEvent } from "react";
import type { RecordRow } from "#renderer/data/types.ts";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { GridCell } from "./grid-cell.tsx";
import { TITLE, type Column } from "./list-columns.ts";
import classes from "./list.module.css";
import { titleOrWords } from "./record-words.ts";

type Props = {
  readonly index: number;
  readonly top: number;
  readonly template: string;
  readonly columns: readonly Column[];
  readonly row: RecordRow | undefined;
  /** Column of the current cell when this is the current row. */
  readonly current: number | undefined;
  readonly selected: boolean;
  readonly editing: string | undefined;
  readonly onCurrent: (column: number) => void;
  readonly onEdit: (column: string) => void;
  readonly onEditEnd: () => void;
  readonly onSelect: (extend: boolean) => void;
};

export const GridRow = memo(Row, (before, after) =>
  // The callbacks close over index and row only.
  (["index", "top", "template", "columns", "row", "current", "selected", "editing"] as const).every(
    (key) => before[key] === after[key],
  ),
);

function Row({
  index,
  top,
  template,
  columns,
  row,
  current,
  selected,
  editing,
  onCurrent,
  onEdit,
  onEditEnd,
  onSelect,
}: Props) {
  const place = { gridTemplateColumns: template, transform: `translateY(${top}px)` };
  if (row === undefined) {
    return (
      <div role="row" aria-rowindex={index + 2} className={classes.row} style={place}>
        <div role="gridcell" aria-colindex={1} className={classes.waiting} />
      </div>
    );
  }
  const title = titleOrWords(row);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={classes.row}
      data-current={current === undefined ? undefined : true}
      data-selected={selected || undefined}
      style={place}
    >
      <div role="gridcell" aria-colindex={1} className={classes.checkCell}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={`Select ${title}`}
          checked={selected}
          onChange={() => undefined}
          onClick={(event: MouseEvent) => onSelect(event.shiftKey)}
        />
      </div>
      <div role="gridcell" aria-colindex={2} className={classes.glyphCell}>
        <RowGlyph row={row} />
      </div>
      {columns.map((column, at) =>
        column.id === TITLE || column.spec === undefined ? (
          <div
            key={column.id}
            id={`cell-${index}-${at}`}
            role="gridcell"
            aria-colindex={at + 3}
            className={classes.titleCell}
            data-current={current === at || undefined}
          >
            <Link
              to="/record/$id"
              params={{ id: row.id }}
              tabIndex={-1}
              className={classes.title}
              onClick={() => onCurrent(at)}
            >
              {title}
            </Link>
          </div>
        ) : (
          <GridCell
            key={column.id}
            id={`cell-${index}-${at}`}
            position={at + 3}
            row={row}
            field={column.id}
            spec={column.spec}
            current={current === at}
            editing={editing === column.id}
            onEdit={() => {
              onCurrent(at);
              onEdit(column.id);
            }}
            onEditEnd={onEditEnd}
          />
        ),
      )}
    </div>
  );
}
