// Long work: how much is done, about how long it still takes, and a way out. Says its value to screen readers in words.

import { Button } from "@mantine/core";
import { useState } from "react";
import classes from "./progress-bar.module.css";

type ProgressBarProps = {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly onCancel?: () => void;
};

function timeLeft(startedAt: number, startedWith: number, done: number, total: number): string | undefined {
  const seconds = (Date.now() - startedAt) / 1000;
  if (seconds < 2 || done <= startedWith) return undefined;
  const left = Math.ceil(((total - done) * seconds) / (done - startedWith));
  return left < 90 ? `about ${left} s left` : `about ${Math.round(left / 60)} min left`;
}

export function ProgressBar({ label, done, total, onCancel }: ProgressBarProps) {
  const [start] = useState(() => ({ at: Date.now(), done }));
  const percent = total === 0 ? 0 : Math.min(100, Math.round((done / total) * 100));
  const counts = `${done.toLocaleString()} of ${total.toLocaleString()}`;
  const left = timeLeft(start.at, start.done, done, total);
  return (
    <div className={classes.box}>
      <div className={classes.line}>
        <span className={classes.label}>{label}</span>
        <span className={classes.counts}>
          {counts}
          {left !== undefined && done < total && `, ${left}`}
        </span>
        {onCancel !== undefined && (
          <Button size="compact-sm" variant="subtle" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={counts}
      >
        <div className={classes.fill} style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
