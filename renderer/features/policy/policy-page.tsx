// Who sees what: owners and managers decide here, with a look at what follows before it does.

import { Alert, Button, SegmentedControl } from "@mantine/core";
import { Asking } from "#renderer/ui/asking.tsx";
import { useEffect, useState } from "react";
import { useData, usePolicy, useSession } from "#renderer/data/hooks.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { toEdits, useProposedPolicy } from "#renderer/ui/proposed-policy.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import type { Persona } from "#shared/model/personas.ts";
import type { PolicyPreview, PolicyState } from "#shared/model/policy-report.ts";
import { policyTypes, type Right } from "#shared/model/policy.ts";
import { PersonasPanel } from "./personas-panel.tsx";
import classes from "./policy-page.module.css";
import { PolicyMatrix } from "./policy-matrix.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import { VersionsPanel } from "./versions-panel.tsx";

const LOOK_MS = 250;

export function PolicyPage() {
  const { policy } = useData();
  const session = useSession();
  const known = usePolicy().version;
  const [state, setState] = useState<PolicyState | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const { rights: edits, set: setEdits } = useProposedPolicy();
  const [type, setType] = useState(() => [...edits.keys()][0]?.split(" ")[0] ?? "deal");
  const [preview, setPreview] = useState<PolicyPreview | undefined>(undefined);
  const [refusal, setRefusal] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const me = session.kind === "signedIn" ? session.me : undefined;
  const mayDecide = me?.persona === "owner" || me?.persona === "manager";
  const definition = policyTypes.find((one) => one.type === type) ?? policyTypes[0];

  useEffect(() => {
    let shown = true;
    void policy.state().then((answer) => {
      if (!shown) return;
      if (answer.ok) setState(answer.value);
      else setProblem(answer.error.message);
    });
    return () => {
      shown = false;
    };
  }, [policy, known]);

  const base = state?.version;
  useEffect(() => {
    if (base === undefined || edits.size === 0) return undefined;
    let shown = true;
    const timer = setTimeout(() => {
      void policy.preview({ base, edits: toEdits(edits) }).then((answer) => {
        if (!shown) return;
        setPreview(answer.ok ? answer.value : undefined);
        setRefusal(answer.ok ? undefined : answer.error.message);
      });
    }, LOOK_MS);
    return () => {
      shown = false;
      clearTimeout(timer);
    };
  }, [policy, base, edits]);

  if (state === undefined || definition === undefined)
    return (
      <Page title="Who sees what">{problem === undefined ? <Asking /> : <Alert color="amber">{problem}</Alert>}</Page>
    );

  const edit = (field: string, persona: Persona, right: Right, before: Right): void => {
    const next = new Map(edits);
    const key = `${definition.type} ${field} ${persona}`;
    if (right === before) next.delete(key);
    else next.set(key, right);
    setPreview(undefined);
    setRefusal(undefined);
    setEdits(next);
  };
  const clear = (): void => {
    setEdits(new Map());
    setPreview(undefined);
    setRefusal(undefined);
  };
  const decide = async (): Promise<void> => {
    setBusy(true);
    const answer = await policy.decide({ base: state.version, edits: toEdits(edits) });
    setBusy(false);
    if (!answer.ok) return showProblem(answer.error.message);
    setState(answer.value);
    clear();
    showDone(answer.value.waiting === undefined ? "Decided. It counts now." : "Decided. It counts in a moment.");
  };
  const takeBack = async (): Promise<void> => {
    const answer = await policy.takeBack();
    if (!answer.ok) return showProblem(answer.error.message);
    setState(answer.value);
    showDone("Taken back. Nobody has seen anything.");
  };

  return (
    <Page title="Who sees what" meta="What is “none” never leaves the server.">
      <div className={classes.columns}>
        <div className={classes.side}>
          {state.waiting !== undefined && (
            <Alert color="amber" variant="light" role="status">
              <p className={classes.quiet}>
                A decision of {state.waiting.byName} counts from{" "}
                {new Date(state.waiting.liveAt).toLocaleTimeString("en-GB")}. Nothing has been sent yet.
              </p>
              {mayDecide && (
                <Button size="xs" mt={8} variant="default" onClick={() => void takeBack()}>
                  Take it back
                </Button>
              )}
            </Alert>
          )}
          <Panel flush title={`Policy of ${definition.label.one}`}>
            <div className={classes.scroll}>
              <SegmentedControl
                aria-label="Record type"
                m={12}
                data={policyTypes.map((one) => ({ value: one.type, label: one.label.one }))}
                value={definition.type}
                onChange={setType}
              />
            </div>
            <PolicyMatrix
              definition={definition}
              state={state}
              edits={edits}
              readOnly={!mayDecide || state.waiting !== undefined}
              onEdit={edit}
            />
          </Panel>
        </div>
        <div className={classes.side}>
          {edits.size > 0 && (
            <PreviewPanel
              preview={preview}
              problem={refusal}
              count={edits.size}
              busy={busy}
              onDecide={() => void decide()}
              onUndo={clear}
            />
          )}
          {mayDecide && <PersonasPanel state={state} onChanged={setState} />}
          {mayDecide && <VersionsPanel version={state.version} personas={state.personas} />}
        </div>
      </div>
    </Page>
  );
}
