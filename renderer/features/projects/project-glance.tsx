// A project as somebody from outside reads it first: painted from the rows of this device before the app's code is there,
// with the same parts as the page that takes its place. A press on a milestone or task is remembered in the address.

import { useEffect, type ReactNode } from "react";
import overview from "./overview-tab.module.css";
import { OutsiderOverview } from "./outsider-overview.tsx";
import { ProjectHead } from "./project-head.tsx";
import { useProject } from "./use-project.ts";

type Props = {
  readonly spaceId: string;
  /** Until the rows are read, or when there are none. */
  readonly waiting: ReactNode;
  readonly onShown: () => void;
};

export function ProjectGlance({ spaceId, waiting, onShown }: Props) {
  const lookup = useProject(spaceId);
  const isDecided = lookup.kind !== "loading";
  useEffect(() => {
    if (isDecided) onShown();
  }, [isDecided, onShown]);
  if (lookup.kind !== "found") return waiting;
  return (
    <ProjectHead context={lookup.context}>
      <div className={overview.overview}>
        <OutsiderOverview context={lookup.context} onOpen={rememberOpened} />
      </div>
    </ProjectHead>
  );
}

const rememberOpened = (id: string): void =>
  window.history.replaceState(null, "", `${window.location.pathname}?open=${encodeURIComponent(id)}`);
