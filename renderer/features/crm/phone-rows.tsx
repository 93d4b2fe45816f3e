// The list on a phone: two lines per row, a whole row to press, a long tick box to select. No sideways scroll.

import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect } from "react";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { rowDetail } from "#renderer/fields/row-detail.ts";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { defaultOrder } from "./list-columns.ts";
import classes from "./list.module.css";
import { titleOrWords } from "./record-words.ts";
import type { RowWindow } from "./row-window.ts";
import { useFillHeight } from "./use-fill-height.ts";
import type { Selection } from "./use-selection.ts";

type Props = {
  readonly definition: RecordTypeDefinition;
  readonly window: RowWindow;
  readonly selection: Selection;
  readonly onFirst: (index: number) => void;
};

const ROW = 60;

export function PhoneRows({ definition, window, selection, onFirst }: Props) {
  const [box, height] = useFillHeight<HTMLDivElement>();
  // The React compiler is not used here; a virtualizer that changes in place is what this list needs.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: window.total ?? 0,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  useEffect(() => onFirst(first), [first, onFirst]);
  return (
    <div
      ref={box}
      className={classes.phoneList}
      style={{ height }}
      tabIndex={0}
      role="region"
      aria-label={definition.label.many}
    >
      <ul className={classes.phoneRows} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = window.at(item.index);
          return (
            <li
              key={item.index}
              className={classes.phoneRow}
              style={{ transform: `translateY(${item.start}px)` }}
              aria-setsize={window.total}
              aria-posinset={item.index + 1}
            >
              {row === undefined ? null : (
                <>
                  <label className={classes.phoneCheck}>
                    <Checkbox
                      size="sm"
                      aria-label={`Select ${titleOrWords(row)}`}
                      checked={selection.ids.has(row.id)}
                      onChange={() => selection.toggle(row.id, item.index)}
                    />
                  </label>
                  <Link to="/record/$id" params={{ id: row.id }} className={classes.phoneLink}>
                    <span className={classes.phoneTitle}>
                      <span className={classes.phoneName}>{titleOrWords(row)}</span> <RowGlyph row={row} />
                    </span>
                    <SecondLine definition={definition} row={row} />
                  </Link>
                </>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function SecondLine({ definition, row }: { readonly definition: RecordTypeDefinition; readonly row: RecordRow }) {
  const context = useRequiredFieldContext();
  const detail = rowDetail(definition, row, defaultOrder(definition).slice(1), context);
  return <span className={classes.phoneDetail}>{detail}</span>;
}
