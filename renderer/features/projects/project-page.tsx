// The workspace of one project: header with who is here, tabs by address, and the tab that is open.

import { lazy, Suspense, type ReactNode } from "react";
import type { PersonPresent } from "#renderer/data/types.ts";
import { EditingProvider } from "#renderer/fields/editing-context.tsx";
import { FieldContextProvider } from "#renderer/fields/field-context.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { PageLink } from "#renderer/ui/page-link.tsx";
import { usePageShown } from "#renderer/ui/page-shown.ts";
import { Page } from "#renderer/ui/page.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { ProjectHead } from "./project-head.tsx";
import classes from "./project-page.module.css";
import { projectTabs, toTab, type ProjectTab } from "./project-words.ts";
import { ShelfBanner } from "./shelf-banner.tsx";
import { useSeries } from "./use-series.ts";
import { usePresence } from "./use-presence.ts";
import { useProject, type ProjectContext } from "./use-project.ts";

/** Each tab is its own piece of code: who reads the overview needs no board and no timeline. */
const ActivityTab = lazy(async () => ({ default: (await import("./activity-tab.tsx")).ActivityTab }));
const ApprovalsTab = lazy(async () => ({ default: (await import("./approvals-tab.tsx")).ApprovalsTab }));
const DocumentsTab = lazy(async () => ({ default: (await import("./documents-tab.tsx")).DocumentsTab }));
const MilestonesTab = lazy(async () => ({ default: (await import("./milestones-tab.tsx")).MilestonesTab }));
const OverviewTab = lazy(async () => ({ default: (await import("./overview-tab.tsx")).OverviewTab }));
const PeopleTab = lazy(async () => ({ default: (await import("./people-tab.tsx")).PeopleTab }));
const TasksTab = lazy(async () => ({ default: (await import("./tasks-tab.tsx")).TasksTab }));
const ProjectMenu = lazy(async () => ({ default: (await import("./project-menu.tsx")).ProjectMenu }));

type Props = { readonly spaceId: string; readonly tab: ProjectTab };

export function ProjectPage({ spaceId, tab }: Props) {
  const lookup = useProject(spaceId);
  const presence = usePresence(spaceId, tab);
  const present = presence.people;
  useSeries(lookup.kind === "found" ? lookup.context : undefined);
  usePageShown(lookup.kind === "missing");
  if (lookup.kind === "loading") return <Page title="Project" />;
  if (lookup.kind === "missing") {
    return (
      <Page title="Project">
        <EmptyState
          kind="notOnDevice"
          title="This project is not on this device"
          text="Either it has not arrived yet, or you are not in it. Ask a manager to add you."
          action={<PageLink to="/projects">All projects</PageLink>}
        />
      </Page>
    );
  }
  const { context } = lookup;
  return (
    <FieldContextProvider space={spaceId} ids={context.milestones.map((milestone) => milestone.id)}>
      <EditingProvider value={presence}>
        <ProjectHead
          context={context}
          actions={
            <>
              <Presence present={present} />
              {context.plans && (
                <Suspense fallback={null}>
                  <ProjectMenu context={context} />
                </Suspense>
              )}
            </>
          }
        >
          <ShelfBanner context={context} />
          <Suspense fallback={null}>
            <TabContent context={context} tab={tab} present={present} />
          </Suspense>
        </ProjectHead>
      </EditingProvider>
    </FieldContextProvider>
  );
}

function TabContent({
  context,
  tab,
  present,
}: {
  readonly context: ProjectContext;
  readonly tab: ProjectTab;
  readonly present: readonly PersonPresent[];
}): ReactNode {
  switch (tab) {
    case "overview":
      return <OverviewTab context={context} present={present} />;
    case "milestones":
      return <MilestonesTab context={context} />;
    case "tasks":
      return <TasksTab context={context} />;
    case "documents":
      return <DocumentsTab context={context} />;
    case "approvals":
      return <ApprovalsTab context={context} />;
    case "people":
      return <PeopleTab context={context} present={present} />;
    case "activity":
      return <ActivityTab context={context} />;
  }
}

function Presence({ present }: { readonly present: readonly PersonPresent[] }) {
  if (present.length === 0) return null;
  return (
    <ul className={classes.present} aria-label="Here now">
      {present.map((person) => (
        <li key={person.memberId} title={pageWords(person)}>
          <PersonAvatar name={person.name} persona={person.persona} size={28} decorative />
          <span className={classes.hidden}>{pageWords(person)}</span>
        </li>
      ))}
    </ul>
  );
}

/** "Carla Meyer, on Milestones" */
function pageWords({ name, page }: PersonPresent): string {
  const tab = page !== undefined && Object.hasOwn(projectTabs, page) ? projectTabs[toTab(page)] : undefined;
  return tab === undefined ? name : `${name}, on ${tab}`;
}
