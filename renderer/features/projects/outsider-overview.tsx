// The top of the overview for who is not of the team: what we need from him, where we stand, what is next and done.

import { NeedsPanel } from "./needs-panel.tsx";
import { OverviewBridge } from "./overview-bridge.tsx";
import classes from "./overview-tab.module.css";
import { DonePanel, NextPanel } from "./step-panels.tsx";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly onOpen: (id: string) => void };

export const OutsiderOverview = (steps: Props) => (
  <>
    <NeedsPanel {...steps} />
    <OverviewBridge {...steps} />
    <div className={classes.two}>
      <NextPanel {...steps} />
      <DonePanel {...steps} />
    </div>
  </>
);
