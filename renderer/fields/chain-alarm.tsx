// The record of decisions is not what this device has seen before: said at the top, until somebody has looked into it.

import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useData, useObserved } from "#renderer/data/hooks.tsx";
import { alarmWords } from "./approval-words.ts";
import classes from "./chain-alarm.module.css";

export function ChainAlarm({ space }: { readonly space: string }) {
  const { approvals, readOnly } = useData();
  const alarms = useObserved(`alarms ${space}`, (data) => data.approvals.alarms(space)) ?? [];
  // What this device has seen is nothing that somebody else's would show.
  if (alarms.length === 0 || readOnly !== undefined) return null;
  return (
    <section className={classes.alarm} role="alert" aria-label="Record of decisions">
      <IconAlertTriangle size={20} stroke={1.8} aria-hidden />
      <div className={classes.words}>
        {alarmWords(alarms).map((words) => (
          <p key={words}>{words}</p>
        ))}
        <p className={classes.advice}>
          Ask whoever runs the server. If it was restored from a backup, that explains it; if not, compare with the
          other people of this project. What this device has seen stays here.
        </p>
      </div>
      <Button variant="default" size="sm" onClick={() => void approvals.acceptChain(space)}>
        It was restored, go on
      </Button>
    </section>
  );
}
