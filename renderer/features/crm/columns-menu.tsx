// Which columns a list shows, in which order. Kept on this device.

import { ActionIcon, Button, Checkbox } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { choosableColumns, defaultOrder, TITLE, type ColumnChoice } from "./list-columns.ts";
import { LatePopover } from "./late-popover.tsx";
import classes from "./list.module.css";

type Props = {
  readonly definition: RecordTypeDefinition;
  readonly choice: ColumnChoice;
  readonly onChange: (choice: ColumnChoice) => void;
};

export function ColumnsMenu({ definition, choice, onChange }: Props) {
  const columns = choosableColumns(definition);
  const shown = choice.order.filter((id) => id !== TITLE);
  const setOrder = (ids: readonly string[]) => onChange({ ...choice, order: [TITLE, ...ids] });
  const move = (id: string, by: number) => {
    const from = shown.indexOf(id);
    const next = shown.filter((other) => other !== id);
    next.splice(Math.max(0, from + by), 0, id);
    setOrder(next);
  };
  const chosen = shown.flatMap((id) => columns.filter((column) => column.id === id));
  const others = columns.filter((column) => !shown.includes(column.id));
  return (
    <LatePopover
      edge="end"
      dropdown={{ className: classes.columnsDropdown ?? "", role: "dialog", "aria-label": "Columns" }}
      target={
        <ActionIcon
          variant="subtle"
          color="ink"
          size={30}
          aria-label="Choose columns"
          className={classes.columnsButton}
        >
          <IconAdjustmentsHorizontal size={18} aria-hidden />
        </ActionIcon>
      }
    >
      {[...chosen, ...others].map((column) => {
        const on = shown.includes(column.id);
        return (
          <div key={column.id} className={classes.columnLine}>
            <Checkbox
              label={column.label}
              checked={on}
              onChange={() => setOrder(on ? shown.filter((id) => id !== column.id) : [...shown, column.id])}
            />
            {on ? (
              <span className={classes.columnMoves}>
                <ActionIcon
                  variant="subtle"
                  color="ink"
                  aria-label={`Move ${column.label} left`}
                  onClick={() => move(column.id, -1)}
                >
                  <IconArrowUp size={15} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="ink"
                  aria-label={`Move ${column.label} right`}
                  onClick={() => move(column.id, 1)}
                >
                  <IconArrowDown size={15} aria-hidden />
                </ActionIcon>
              </span>
            ) : null}
          </div>
        );
      })}
      <Button
        variant="default"
        size="compact-sm"
        mt={8}
        onClick={() => onChange({ order: defaultOrder(definition), widths: {} })}
      >
        As it was
      </Button>
    </LatePopover>
  );
}
