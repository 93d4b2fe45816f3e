// Stages as tabs, for phones: one column at a time.

import { UnstyledButton } from "@mantine/core";
import type { DealStage } from "#shared/record-types/deal.ts";
import classes from "./board.module.css";

type Props = {
  readonly stages: readonly { readonly id: DealStage; readonly label: string; readonly count: number }[];
  readonly value: DealStage;
  readonly onChange: (stage: DealStage) => void;
};

export const StageTabs = ({ stages, value, onChange }: Props) => (
  <nav aria-label="Stage" className={classes.stageTabs}>
    {stages.map((stage) => (
      <UnstyledButton
        key={stage.id}
        className={classes.stageTab}
        aria-current={stage.id === value ? "true" : undefined}
        onClick={() => onChange(stage.id)}
      >
        {stage.label} <span className={classes.count}>{stage.count}</span>
      </UnstyledButton>
    ))}
  </nav>
);
