// The import in five steps: file, columns, values, preview, run. Nothing is written before Run; all of it works offline.

import { Button } from "@mantine/core";
import { memo, useEffect, type FunctionComponent, type ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import { isInternal } from "#shared/model/personas.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { useData, useSession, useSpaces } from "#renderer/data/hooks.tsx";
import { Bridge } from "#renderer/ui/bridge.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { ProgressBar } from "#renderer/ui/progress-bar.tsx";
import { ColumnsStep } from "./columns-step.tsx";
import { FileStep } from "./file-step.tsx";
import classes from "./import-page.module.css";
import {
  cancelWork,
  checkValues,
  goTo,
  importSteps,
  ownSession,
  run,
  startOver,
  useImportSession,
  type ImportSession,
  type ImportStep,
} from "./import-session.ts";
import { missingTarget } from "./import-targets.ts";
import { PastImports } from "./past-imports.tsx";
import { PreviewStep } from "./preview-step.tsx";
import { RunStep } from "./run-step.tsx";
import { ValuesStep } from "./values-step.tsx";

const withoutCounts = ({ step, problem, chosen, table, type, choices, plan, outcome, busy }: ImportSession) => ({
  step,
  problem,
  chosen,
  table,
  type,
  choices,
  plan,
  outcome,
  isBusy: busy !== undefined,
});
type Shown = ReturnType<typeof withoutCounts>;

const stepLabels: Readonly<Record<ImportStep, string>> = {
  file: "File",
  columns: "Columns",
  values: "Values",
  preview: "Preview",
  run: "Run",
};

function titleOf({ table, type }: Shown): string {
  return table === undefined ? "Import" : `Import ${findRecordType(type)?.label.many.toLowerCase() ?? "records"}`;
}

function metaOf({ table, chosen }: Shown): string {
  if (table === undefined || chosen === undefined)
    return "Companies, contacts and deals from a file. Works offline; nothing leaves this device before you run it.";
  const rows = table.rows.toLocaleString("en-GB");
  return `${chosen.name}, ${rows} ${table.kind === "vcard" ? "cards" : "rows"}, read on this device. Works offline.`;
}

/** The button states the result of all choices. */
function runLabel({ plan }: Shown): string {
  const { willCreate = 0, willFill = 0 } = plan?.summary ?? {};
  const parts = [
    willCreate > 0 ? `create ${willCreate.toLocaleString("en-GB")}` : "",
    willFill > 0 ? `merge ${willFill.toLocaleString("en-GB")}` : "",
  ];
  const words = parts.filter((part) => part !== "").join(", ");
  return words === "" ? "Nothing to import" : words.charAt(0).toUpperCase() + words.slice(1);
}

function StepActions({ session, space }: { session: Shown; space: string }): ReactNode {
  const data = useData();
  const { step, isBusy, choices, type, plan } = session;
  switch (step) {
    case "file":
      return undefined;
    case "columns":
      return (
        <>
          <Button variant="default" onClick={startOver} disabled={isBusy}>
            Another file
          </Button>
          <Button
            color="amber"
            disabled={
              isBusy ||
              missingTarget(
                type,
                choices.map((choice) => choice.target),
              ) !== undefined
            }
            onClick={() => void checkValues(data, space)}
          >
            Check values
          </Button>
        </>
      );
    case "values":
      return (
        <>
          <Button variant="default" onClick={() => goTo("columns")} disabled={isBusy}>
            Back
          </Button>
          <Button color="amber" onClick={() => goTo("preview")} disabled={isBusy || plan === undefined}>
            Preview
          </Button>
        </>
      );
    case "preview":
      return (
        <>
          <Button variant="default" onClick={() => goTo("values")} disabled={isBusy}>
            Back
          </Button>
          <Button
            color="amber"
            onClick={() => void run(data)}
            disabled={isBusy || plan === undefined || plan.summary.willCreate + plan.summary.willFill === 0}
          >
            {runLabel(session)}
          </Button>
        </>
      );
    case "run":
      return isBusy ? undefined : (
        <Button variant="default" onClick={startOver}>
          Import another file
        </Button>
      );
  }
}

const steps: Readonly<Record<ImportStep, FunctionComponent<{ readonly space: string }>>> = {
  file: memo(FileStep),
  columns: memo(ColumnsStep),
  values: memo(ValuesStep),
  preview: memo(PreviewStep),
  run: memo(RunStep),
};

/** Apart from the page, so that counting up draws nothing else anew. */
function BusyPanel() {
  const busy = useImportSession((session) => session.busy);
  if (busy === undefined) return undefined;
  return (
    <Panel>
      <ProgressBar
        key={busy.label}
        label={busy.label}
        done={busy.done}
        total={busy.total}
        {...(busy.canCancel ? { onCancel: cancelWork } : {})}
      />
    </Panel>
  );
}

export function ImportPage() {
  const session = useImportSession(useShallow(withoutCounts));
  const signedIn = useSession();
  const spaces = useSpaces();
  const memberId = signedIn.kind === "signedIn" ? signedIn.me.id : undefined;
  useEffect(() => {
    if (memberId !== undefined) ownSession(memberId);
  }, [memberId]);
  if (spaces === undefined) return <Page title="Import" />;
  const crm = spaces.find((space) => space.kind === "crm" && isInternal(space.persona));
  if (crm === undefined) {
    return (
      <Page title="Import">
        <EmptyState
          kind="noPermission"
          title="Imports are for the team"
          text="Ask your contact there to import the file for you."
        />
      </Page>
    );
  }
  const { step, problem } = session;
  const at = importSteps.indexOf(step);
  const planks = importSteps.map((id, index) => ({
    id,
    label: `${index + 1} ${stepLabels[id]}`,
    state:
      index < at || session.outcome !== undefined
        ? ("done" as const)
        : index === at
          ? ("current" as const)
          : ("ahead" as const),
  }));
  const Step = steps[step];
  return (
    <Page title={titleOf(session)} meta={metaOf(session)} actions={<StepActions session={session} space={crm.id} />}>
      <div className={classes.page}>
        <Panel>
          <div className={classes.steps}>
            <Bridge label="Steps of the import" planks={planks} />
          </div>
        </Panel>
        {problem !== undefined && (
          <div role="alert" className={classes.problem}>
            {problem}
          </div>
        )}
        <BusyPanel />
        <Step space={crm.id} />
        {(step === "file" || step === "run") && <PastImports />}
      </div>
    </Page>
  );
}
