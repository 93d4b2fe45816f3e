// Addresses and the pages behind them. Every page is its own piece of code, loaded when it is first needed; the service
// worker has all of them on the device.

import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  type AnyRoute,
  type SearchMiddleware,
} from "@tanstack/react-router";
import { lazy, type ReactNode } from "react";
import { useSpaces, useSyncStatus } from "#renderer/data/hooks.tsx";
import { ErrorPage, NotFoundPage, SignedInAlready } from "./error-pages.tsx";
import { Frame } from "./frame.tsx";
import { typeOfSlug } from "./places.ts";

const HomePage = lazy(async () => ({ default: (await import("#renderer/features/home/home-page.tsx")).HomePage }));
const ListPage = lazy(async () => ({ default: (await import("#renderer/features/crm/list-page.tsx")).ListPage }));
const RecordPage = lazy(async () => ({ default: (await import("#renderer/features/crm/record-page.tsx")).RecordPage }));
const ProjectsPage = lazy(async () => ({
  default: (await import("#renderer/features/projects/projects-page.tsx")).ProjectsPage,
}));
const ProjectPage = lazy(async () => ({
  default: (await import("#renderer/features/projects/project-page.tsx")).ProjectPage,
}));
const MyTasksPage = lazy(async () => ({
  default: (await import("#renderer/features/projects/my-tasks-page.tsx")).MyTasksPage,
}));
const InboxPage = lazy(async () => ({ default: (await import("#renderer/features/inbox/inbox-page.tsx")).InboxPage }));
const DocumentPage = lazy(async () => ({
  default: (await import("#renderer/features/documents/document-page.tsx")).DocumentPage,
}));
const ApprovalPage = lazy(async () => ({
  default: (await import("#renderer/features/approvals/approval-page.tsx")).ApprovalPage,
}));
const AskPage = lazy(async () => ({ default: (await import("#renderer/features/approvals/ask-page.tsx")).AskPage }));
const CertificatePage = lazy(async () => ({
  default: (await import("#renderer/features/approvals/certificate-page.tsx")).CertificatePage,
}));
const ImportPage = lazy(async () => ({
  default: (await import("#renderer/features/import/import-page.tsx")).ImportPage,
}));
const PendingPage = lazy(async () => ({
  default: (await import("#renderer/features/sync/pending-page.tsx")).PendingPage,
}));
const SettingsPage = lazy(async () => ({
  default: (await import("#renderer/features/settings/settings-page.tsx")).SettingsPage,
}));
const AuditPage = lazy(async () => ({ default: (await import("#renderer/features/trust/audit-page.tsx")).AuditPage }));
const MyDataPage = lazy(async () => ({
  default: (await import("#renderer/features/trust/my-data-page.tsx")).MyDataPage,
}));
const PrivacyRequestsPage = lazy(async () => ({
  default: (await import("#renderer/features/trust/privacy-requests-page.tsx")).PrivacyRequestsPage,
}));
const PolicyPage = lazy(async () => ({
  default: (await import("#renderer/features/policy/policy-page.tsx")).PolicyPage,
}));
const LensFrame = lazy(async () => ({ default: (await import("#renderer/features/lens/lens-frame.tsx")).LensFrame }));
const SpacesPage = lazy(async () => ({
  default: (await import("#renderer/features/spaces/spaces-page.tsx")).SpacesPage,
}));
const LateEditsPage = lazy(async () => ({
  default: (await import("#renderer/features/spaces/late-edits-page.tsx")).LateEditsPage,
}));
const SpacePage = lazy(async () => ({
  default: (await import("#renderer/features/spaces/space-page.tsx")).SpacePage,
}));
const SearchPage = lazy(async () => ({
  default: (await import("#renderer/features/palette/search-page.tsx")).SearchPage,
}));

const root = createRootRoute({ component: Frame, errorComponent: ErrorPage, notFoundComponent: NotFoundPage });

/** Clients and partners have no CRM: their first page is the project they were invited to, or the list of them. */
function StartPage() {
  const spaces = useSpaces();
  const { state, lastSyncedAt } = useSyncStatus();
  if (spaces === undefined) return null;
  // Just signed in: which spaces there are is on its way.
  const coming = lastSyncedAt === undefined && state !== "offline" && state !== "unreachable";
  if (spaces.length === 0 && coming) return null;
  if (spaces.length === 0 || spaces.some((space) => space.kind === "crm")) return <HomePage />;
  const [only, ...others] = spaces;
  const list = spaces.some((space) => space.kind === "project") ? "/projects" : "/spaces";
  return only !== undefined && others.length === 0 ? (
    <Navigate to="/spaces/$spaceId" params={{ spaceId: only.id }} replace />
  ) : (
    <Navigate to={list} replace />
  );
}

const start = createRoute({ getParentRoute: () => root, path: "/", component: StartPage });

const list = createRoute({
  getParentRoute: () => root,
  path: "$list",
  component: function ListRoute() {
    const { list: slug }: { list: string } = list.useParams();
    const type = typeOfSlug(slug);
    return type === undefined ? <NotFoundPage /> : <ListPage key={type} type={type} />;
  },
});

type As = { readonly as?: string | undefined; readonly in?: string; readonly proposed?: true };

/** `?as=`: through the lens of a persona or a person, `in` a space it is shared into, under what is `proposed` for the policy. */
const validateAs = (search: Record<string, unknown>): As => ({
  ...(typeof search["as"] === "string" ? { as: search["as"] } : {}),
  ...(typeof search["in"] === "string" ? { in: search["in"] } : {}),
  ...(search["proposed"] === true ? { proposed: true } : {}),
});

const LEAVING: As = { as: undefined };

/** Whoever looks through the lens goes on doing so behind every link, until it is said that they leave. */
const keepLens: { middlewares: SearchMiddleware<As>[] } = {
  middlewares: [
    ({ search, next }) => {
      const wanted = next(search);
      return "as" in wanted ? wanted : { ...validateAs(search), ...wanted };
    },
  ],
};

type ThroughProps = {
  readonly recordId: string;
  readonly search: As;
  readonly onSearch: (search: As) => void;
  readonly children: ReactNode;
};

/** A page as it is, or as somebody else's device shows it. */
const Through = ({ recordId, search, onSearch, children }: ThroughProps) =>
  search.as === undefined ? (
    children
  ) : (
    <LensFrame
      recordId={recordId}
      as={search.as}
      inSpace={search.in}
      isProposed={search.proposed === true}
      onAs={(next) => onSearch(next === undefined ? LEAVING : { ...search, as: next })}
    >
      {children}
    </LensFrame>
  );

const record = createRoute({
  getParentRoute: () => root,
  path: "record/$id",
  validateSearch: validateAs,
  search: keepLens,
  component: function RecordRoute() {
    const { id }: { id: string } = record.useParams();
    const navigate = record.useNavigate();
    return (
      <Through
        recordId={id}
        search={record.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      >
        <RecordPage key={id} id={id} />
      </Through>
    );
  },
});

const projects = createRoute({ getParentRoute: () => root, path: "projects", component: ProjectsPage });

const project = createRoute({
  getParentRoute: () => root,
  path: "projects/$spaceId",
  validateSearch: validateAs,
  search: keepLens,
  component: function ProjectRoute() {
    const { spaceId }: { spaceId: string } = project.useParams();
    const navigate = project.useNavigate();
    return (
      <Through
        recordId={spaceId}
        search={project.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      >
        <ProjectPage key={spaceId} spaceId={spaceId} tab="overview" />
      </Through>
    );
  },
});

const projectTabs = ["milestones", "tasks", "documents", "approvals", "people", "activity"] as const;

const projectTab = createRoute({
  getParentRoute: () => root,
  path: "projects/$spaceId/$tab",
  validateSearch: validateAs,
  search: keepLens,
  component: function ProjectTabRoute() {
    const { spaceId, tab: wanted }: { spaceId: string; tab: string } = projectTab.useParams();
    const navigate = projectTab.useNavigate();
    const search: As = projectTab.useSearch();
    const tab = projectTabs.find((known) => known === wanted);
    return tab === undefined ? (
      <NotFoundPage />
    ) : (
      <Through recordId={spaceId} search={search} onSearch={(next) => void navigate({ search: next, replace: true })}>
        <ProjectPage key={spaceId} spaceId={spaceId} tab={tab} />
      </Through>
    );
  },
});

const document = createRoute({
  getParentRoute: () => root,
  path: "projects/$spaceId/documents/$recordId",
  validateSearch: validateAs,
  search: keepLens,
  component: function DocumentRoute() {
    const { spaceId, recordId }: { spaceId: string; recordId: string } = document.useParams();
    const navigate = document.useNavigate();
    return (
      <Through
        recordId={recordId}
        search={document.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      >
        <DocumentPage key={recordId} spaceId={spaceId} recordId={recordId} />
      </Through>
    );
  },
});

const approval = createRoute({
  getParentRoute: () => root,
  path: "projects/$spaceId/approvals/$requestId",
  validateSearch: validateAs,
  search: keepLens,
  component: function ApprovalRoute() {
    const { spaceId, requestId }: { spaceId: string; requestId: string } = approval.useParams();
    const navigate = approval.useNavigate();
    return (
      <Through
        recordId={requestId}
        search={approval.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      >
        <ApprovalPage key={requestId} spaceId={spaceId} requestId={requestId} />
      </Through>
    );
  },
});

const ask = createRoute({
  getParentRoute: () => root,
  path: "projects/$spaceId/ask/$recordId",
  component: function AskRoute() {
    const { spaceId, recordId }: { spaceId: string; recordId: string } = ask.useParams();
    return <AskPage key={recordId} spaceId={spaceId} recordId={recordId} />;
  },
});

const certificate = createRoute({
  getParentRoute: () => root,
  path: "projects/$spaceId/certificate/$requestId",
  validateSearch: validateAs,
  search: keepLens,
  component: function CertificateRoute() {
    const { spaceId, requestId }: { spaceId: string; requestId: string } = certificate.useParams();
    const navigate = certificate.useNavigate();
    return (
      <Through
        recordId={requestId}
        search={certificate.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      >
        <CertificatePage key={requestId} spaceId={spaceId} requestId={requestId} />
      </Through>
    );
  },
});

const spacesRoute = createRoute({ getParentRoute: () => root, path: "spaces", component: SpacesPage });

const lateEdits = createRoute({ getParentRoute: () => root, path: "late-edits", component: LateEditsPage });

/** A project has a page of its own; what an invitation or a link calls a space leads there. */
const space = createRoute({
  getParentRoute: () => root,
  path: "spaces/$spaceId",
  component: function SpaceRoute() {
    const { spaceId }: { spaceId: string } = space.useParams();
    const spaces = useSpaces();
    if (spaces === undefined) return null;
    return spaces.some(({ id, kind }) => id === spaceId && kind === "project") ? (
      <Navigate to={`/projects/${spaceId}`} replace />
    ) : (
      <SpacePage key={spaceId} spaceId={spaceId} />
    );
  },
});

/** The link of an invitation, opened by somebody who is signed in already. */
const invite = createRoute({
  getParentRoute: () => root,
  path: "invite",
  component: () => <SignedInAlready title="Invitation" text="An invitation makes a new account." />,
});

/** The link of somebody who has forgotten the password, opened by somebody who is signed in. */
const setPassword = createRoute({
  getParentRoute: () => root,
  path: "password",
  component: () => <SignedInAlready title="New password" text="This link sets the password of one account." />,
});

const importRoute = createRoute({ getParentRoute: () => root, path: "import", component: ImportPage });
const myTasks = createRoute({ getParentRoute: () => root, path: "my-tasks", component: MyTasksPage });
const inbox = createRoute({ getParentRoute: () => root, path: "inbox", component: InboxPage });
const pending = createRoute({ getParentRoute: () => root, path: "pending", component: PendingPage });
const settings = createRoute({ getParentRoute: () => root, path: "settings", component: SettingsPage });
const audit = createRoute({ getParentRoute: () => root, path: "settings/audit", component: AuditPage });
const privacyRequests = createRoute({
  getParentRoute: () => root,
  path: "settings/data-requests",
  component: PrivacyRequestsPage,
});
const myData = createRoute({ getParentRoute: () => root, path: "my-data", component: MyDataPage });
const policyRoute = createRoute({ getParentRoute: () => root, path: "settings/policy", component: PolicyPage });
const search = createRoute({ getParentRoute: () => root, path: "search", component: SearchPage });

const pages: readonly AnyRoute[] = [
  start,
  projects,
  project,
  projectTab,
  document,
  approval,
  ask,
  certificate,
  record,
  spacesRoute,
  lateEdits,
  space,
  invite,
  setPassword,
  importRoute,
  myTasks,
  inbox,
  pending,
  settings,
  policyRoute,
  audit,
  privacyRequests,
  myData,
  search,
  list,
];

export const router = createRouter({
  routeTree: root.addChildren([...pages]),
  defaultPreload: "intent",
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});
