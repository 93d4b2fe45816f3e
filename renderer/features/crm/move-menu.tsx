// "Move to...": the way to another stage without dragging, for keyboards and thumbs.

import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconArrowsMove, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { FieldValue } from "#shared/model/field-value.ts";
import { dealStages, type DealStage } from "#shared/record-types/deal.ts";
import classes from "./board.module.css";

type Props = {
  readonly title: string;
  readonly stage: FieldValue | undefined;
  readonly opened: boolean;
  readonly onOpened: (opened: boolean) => void;
  readonly onMove: (stage: DealStage) => void;
  /** Given where the order counts. */
  readonly onStep?: (by: number) => void;
  /** Another control than the small icon. */
  readonly target?: ReactNode;
};

export function MoveMenu({ title, stage, opened, onOpened, onMove, onStep, target }: Props) {
  return (
    <Menu opened={opened} onChange={onOpened} position="bottom-end" withinPortal returnFocus>
      <Menu.Target>
        {target ?? (
          <ActionIcon
            variant="subtle"
            color="ink"
            size={24}
            className={classes.moveButton}
            aria-label={`Move ${title} to...`}
            title="Move to... (M)"
          >
            <IconArrowsMove size={15} aria-hidden />
          </ActionIcon>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Move to</Menu.Label>
        {dealStages.map((one) => (
          <Menu.Item
            key={one.id}
            disabled={one.id === stage}
            rightSection={one.id === stage ? <IconCheck size={15} aria-hidden /> : null}
            onClick={() => onMove(one.id)}
          >
            {one.label}
          </Menu.Item>
        ))}
        {onStep === undefined ? null : (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconArrowUp size={15} aria-hidden />} onClick={() => onStep(-1)}>
              Up
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowDown size={15} aria-hidden />} onClick={() => onStep(1)}>
              Down
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
