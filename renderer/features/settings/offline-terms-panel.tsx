// How long the organization lets devices go without contact before they close what they hold. Decided by owners and managers.

import { Alert, Button, NumberInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { hoursWords } from "#renderer/ui/when.ts";
import type { OfflineTerms } from "#shared/model/offline-term.ts";
import classes from "./settings.module.css";

const HOURS_A_DAY = 24;

export function OfflineTermsPanel() {
  const { sharing } = useData();
  const [terms, setTerms] = useState<OfflineTerms | undefined>(undefined);
  const [teamDays, setTeamDays] = useState<string | number>("");
  const [outsideHours, setOutsideHours] = useState<string | number>("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const show = (next: OfflineTerms): void => {
    setTerms(next);
    setTeamDays(next.teamHours / HOURS_A_DAY);
    setOutsideHours(next.outsideHours);
  };
  useEffect(() => {
    let shown = true;
    void sharing.offlineTerms().then((answer) => {
      if (!shown) return;
      if (answer.ok) show(answer.value);
      else setProblem(answer.error.message);
    });
    return () => {
      shown = false;
    };
  }, [sharing]);
  const save = async (): Promise<void> => {
    setBusy(true);
    const answer = await sharing.changeOfflineTerms({
      teamHours: Math.round(Number(teamDays) * HOURS_A_DAY),
      outsideHours: Number(outsideHours),
    });
    setBusy(false);
    if (!answer.ok) return showProblem(answer.error.message);
    show(answer.value);
    showDone(
      `Devices close after ${hoursWords(answer.value.teamHours)} (team) and ${hoursWords(answer.value.outsideHours)} (outside) without contact.`,
    );
  };
  return (
    <Panel title="Devices without contact">
      <p className={classes.text}>
        A device that has not reached the server for this long closes what it holds, and opens again by itself when it
        does. Whoever was removed meanwhile cannot go on reading. Changes that wait on it are kept.
      </p>
      {problem !== undefined && (
        <Alert color="amber" variant="light">
          {problem}
        </Alert>
      )}
      {terms !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <div className={classes.form}>
            <NumberInput label="Team, days" min={1} max={366} value={teamDays} onChange={setTeamDays} />
            <NumberInput
              label="People from outside, hours"
              min={1}
              max={8_784}
              allowDecimal={false}
              value={outsideHours}
              onChange={setOutsideHours}
            />
          </div>
          <div className={classes.buttons} style={{ marginTop: 12 }}>
            <Button type="submit" variant="default" loading={busy}>
              Save
            </Button>
          </div>
        </form>
      )}
    </Panel>
  );
}
