// What stands over every tab of a project: where it belongs, its name and status, and the tabs by address.

import type { ReactNode } from "react";
import { PageLink } from "#renderer/ui/page-link.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { isInternal } from "#shared/model/personas.ts";
import { countWords } from "#renderer/ui/count-words.ts";
import classes from "./project-page.module.css";
import { textField } from "./project-view.ts";
import { projectStatus, projectTabs, statusTone, tabPath, toTab } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = {
  readonly context: ProjectContext;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

export const ProjectHead = ({ context, actions, children }: Props) => (
  <Page
    title={context.project.title}
    breadcrumb={<Breadcrumb context={context} />}
    meta={<Meta context={context} />}
    actions={actions}
    tabs={<Tabs spaceId={context.spaceId} />}
  >
    {children}
  </Page>
);

function Breadcrumb({ context }: { readonly context: ProjectContext }) {
  const client = textField(context.project, "client");
  return (
    <>
      <PageLink to="/projects">Projects</PageLink>
      {client !== undefined && (
        <>
          <span aria-hidden="true">/</span> {client}
        </>
      )}
    </>
  );
}

function Meta({ context }: { readonly context: ProjectContext }) {
  const status = textField(context.project, "status") ?? "planned";
  const clients = context.members.filter((member) => member.persona === "client").length;
  const others = context.members.filter((member) => !isInternal(member.persona)).length - clients;
  return (
    <span className={classes.meta}>
      <StatusChip tone={statusTone(status)}>{projectStatus(status)}</StatusChip>
      {context.team && clients > 0 && (
        <span className={classes.clients}>
          {countWords(clients, "person from the client", "people from the client")}
        </span>
      )}
      {context.team && others > 0 && (
        <span className={classes.partners}>{countWords(others, "partner or customer", "partners and customers")}</span>
      )}
    </span>
  );
}

const Tabs = ({ spaceId }: { readonly spaceId: string }) => (
  <nav aria-label="Project pages" className={classes.tabs}>
    {Object.entries(projectTabs).map(([id, label]) => (
      <PageLink key={id} className={classes.tab} to={tabPath(spaceId, toTab(id))}>
        {label}
      </PageLink>
    ))}
  </nav>
);
