// Where the project stands. The team sees the whole; for a client the first thing is what we need from him.

import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { usePageShown } from "#renderer/ui/page-shown.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { ActivityLine } from "./activity-line.tsx";
import { FactsPanel, MoneyPanel } from "./facts-panel.tsx";
import { OutsiderOverview } from "./outsider-overview.tsx";
import { OverviewBridge } from "./overview-bridge.tsx";
import classes from "./overview-tab.module.css";
import { PeopleSummary } from "./people-summary.tsx";
import { tabPath } from "./project-words.ts";
import { DonePanel, NextPanel } from "./step-panels.tsx";
import { useActivity } from "./use-activity.ts";
import { useOpenRecord } from "./use-open-record.ts";
import type { ProjectContext } from "./use-project.ts";
import { screenFirst } from "#renderer/data/screen-first.ts";
import type { PersonPresent } from "#renderer/data/types.ts";
import { ActPanel } from "./act-panel.tsx";

const RecordDialog = lazy(async () => {
  await screenFirst;
  return { default: (await import("./record-dialog.tsx")).RecordDialog };
});

type Props = { readonly context: ProjectContext; readonly present: readonly PersonPresent[] };

export function OverviewTab({ context, present }: Props) {
  const [opened, setOpened] = useOpenRecord();
  usePageShown(true);
  const steps = { context, onOpen: setOpened };
  return (
    <div className={classes.overview}>
      {context.team ? (
        <>
          <OverviewBridge {...steps} />
          <div className={classes.four}>
            <DonePanel {...steps} />
            <NextPanel {...steps} />
            <ActPanel {...steps} />
            <MoneyPanel context={context} />
          </div>
        </>
      ) : (
        <OutsiderOverview {...steps} />
      )}
      <div className={classes.wideAndNarrow}>
        <Latest context={context} />
        <div className={classes.stack}>
          <FactsPanel context={context} />
          <PeopleSummary context={context} present={present} />
        </div>
      </div>
      <Suspense fallback={null}>
        <RecordDialog context={context} id={opened} onClose={() => setOpened(undefined)} />
      </Suspense>
    </div>
  );
}

const LATEST = 8;

function Latest({ context }: { readonly context: ProjectContext }) {
  const entries = useActivity(context.project, LATEST);
  return (
    <Panel title="Latest" aside={<Link to={tabPath(context.spaceId, "activity")}>Activity</Link>} flush>
      {entries?.length === 0 && <p className={classes.quiet}>Nothing has happened yet.</p>}
      <ul className={classes.lines}>
        {entries?.slice(0, LATEST).map((entry) => (
          <ActivityLine key={entry.id} entry={entry} context={context} />
        ))}
      </ul>
    </Panel>
  );
}
