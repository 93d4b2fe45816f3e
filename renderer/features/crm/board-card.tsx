// A deal as a card. Dragged with a pointer; with the keyboard, M opens "Move to...".

import { draggable } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { RecordRow } from "#renderer/data/types.ts";
import { shortMoney, toMoney } from "#renderer/fields/deal-money.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { shortDate } from "#renderer/fields/times.ts";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { singleKeysEnabled } from "#renderer/ui/single-keys.ts";
import type { DealStage } from "#shared/record-types/deal.ts";
import classes from "./board.module.css";
import { MoveMenu } from "./move-menu.tsx";
import { titleOrWords } from "./record-words.ts";

type Props = {
  readonly row: RecordRow;
  readonly risk: string | undefined;
  readonly onMove: (stage: DealStage) => void;
  readonly onStep: (by: number) => void;
};

export function BoardCard({ row, risk, onMove, onStep }: Props) {
  const element = useRef<HTMLLIElement>(null);
  const [dragging, setDragging] = useState(false);
  const [menu, setMenu] = useState(false);
  const { recordTitle } = useRequiredFieldContext();
  useEffect(() => {
    if (element.current === null) return undefined;
    return draggable({
      element: element.current,
      getInitialData: () => ({ kind: "deal", id: row.id }),
      onDragStart: () => setDragging(true),
      onDrop: () => setDragging(false),
    });
  }, [row.id]);

  const title = titleOrWords(row);
  const company = row.fields["company"];
  const amount = toMoney(row.fields["amount"]);
  const close = row.fields["closeDate"];
  const next = row.fields["nextStep"];
  return (
    <li
      ref={element}
      className={classes.card}
      data-card={row.id}
      data-dragging={dragging || undefined}
      onKeyDown={(event) => {
        if (menu || event.ctrlKey || event.metaKey || event.altKey || !singleKeysEnabled()) return;
        if (event.key.toLowerCase() === "m") {
          event.preventDefault();
          setMenu(true);
        }
      }}
    >
      <div className={classes.cardHead}>
        <Link to="/record/$id" params={{ id: row.id }} className={classes.cardTitle} draggable={false}>
          {title}
        </Link>
        <RowGlyph row={row} />
        <MoveMenu
          title={title}
          stage={row.fields["stage"]}
          opened={menu}
          onOpened={setMenu}
          onMove={onMove}
          onStep={onStep}
        />
      </div>
      <div className={classes.company}>{typeof company === "string" ? (recordTitle?.(company) ?? "") : ""}</div>
      <div className={classes.cardMoney}>
        <strong>{amount === undefined ? "No amount" : shortMoney(amount)}</strong>
        <span className={classes.cardDate}>{typeof close === "string" ? shortDate(close) : ""}</span>
      </div>
      {next === undefined && risk === undefined ? null : (
        <div className={classes.cardFoot}>
          <span className={classes.cardNext}>{typeof next === "string" ? next : ""}</span>
          {risk === undefined ? null : <span className={classes.risk}>{risk}</span>}
        </div>
      )}
    </li>
  );
}
