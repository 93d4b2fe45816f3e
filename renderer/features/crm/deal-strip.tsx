// A deal's stage as a bridge one can press, and what it is worth.

import { facetOf } from "#renderer/fields/facet-of.ts";
import { usePolicy } from "#renderer/data/hooks.tsx";
import { Button } from "@mantine/core";
import { useState } from "react";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { isStage, probabilityOf, shortMoney, toMoney, weightedOf } from "#renderer/fields/deal-money.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { Bridge } from "#renderer/ui/bridge.tsx";
import { useCommands } from "#renderer/ui/commands.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { dealStages } from "#shared/record-types/deal.ts";
import { useMoveDeal } from "./move-deal.tsx";
import { MoveMenu } from "./move-menu.tsx";
import { choiceWords } from "./record-words.ts";
import classes from "./record.module.css";

export function DealStrip({ row }: { readonly row: RecordRow }) {
  const { persona } = useRequiredFieldContext();
  const { canWrite } = useRights();
  const policy = usePolicy();
  const [move, dialog] = useMoveDeal();
  const [menu, setMenu] = useState(false);
  const stages = dealStages.filter((stage) => stage.outcome !== "lost");
  const current = stages.findIndex((stage) => stage.id === row.fields["stage"]);
  const mayMove = canWrite(facetOf(row, "stage", policy), persona) && row.state !== "deleted";
  const seesAmount = canReadFacet(facetOf(row, "amount", policy), persona);
  const planks = stages.map((stage, index) => ({
    id: stage.id,
    label: stage.label,
    state: index < current ? ("done" as const) : index === current ? ("current" as const) : ("ahead" as const),
  }));
  // What a deal is expected to be worth is for those who may know how likely it is.
  const seesOdds = canReadFacet(facetOf(row, "probability", policy), persona);
  const amount = toMoney(row.fields["amount"]);
  const weighted = weightedOf(row);
  useCommands(
    mayMove
      ? [{ id: "deal-move", title: "Move to...", section: row.title, shortcut: "m", run: () => setMenu(true) }]
      : [],
  );

  return (
    <div className={classes.strip}>
      <div className={classes.stageWords}>
        <span className={classes.figureLabel}>Stage</span>
        <span className={classes.figure}>{choiceWords(row, "stage") || "None yet"}</span>
      </div>
      <div className={classes.bridge}>
        <Bridge
          label="Stage"
          planks={planks}
          {...(mayMove
            ? {
                onSelect: (id: string) => {
                  if (isStage(id) && id !== row.fields["stage"]) move(row, id);
                },
              }
            : {})}
        />
      </div>
      <div className={classes.smallBridge}>
        <Bridge label="Stage" planks={planks} size="small" />
      </div>
      {mayMove ? (
        <MoveMenu
          title={row.title}
          stage={row.fields["stage"]}
          opened={menu}
          onOpened={setMenu}
          onMove={(stage) => move(row, stage)}
          target={
            <Button variant="default" className={classes.moveTo}>
              Move to...
            </Button>
          }
        />
      ) : null}
      {seesAmount && (
        <div className={classes.figures}>
          <div>
            <span className={classes.figureLabel}>Amount</span>
            <span className={classes.figure}>{amount === undefined ? "none" : shortMoney(amount)}</span>
          </div>
          {seesOdds && (
            <div>
              <span className={classes.figureLabel}>Weighted, {probabilityOf(row)} %</span>
              <span className={classes.figureQuiet}>{weighted === undefined ? "none" : shortMoney(weighted)}</span>
            </div>
          )}
        </div>
      )}
      {dialog}
    </div>
  );
}
