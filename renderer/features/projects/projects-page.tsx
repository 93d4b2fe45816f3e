// The projects this member is in: where each stands at a glance, and a new one.

import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useApprovals, useMembers, useRecords, useSession } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { LOCALE } from "#renderer/fields/field-context.tsx";
import { Bridge } from "#renderer/ui/bridge.tsx";
import { useCommands } from "#renderer/ui/commands.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { isInternal } from "#shared/model/personas.ts";
import { AskedOfMe } from "./approval-needs.tsx";
import { NewProject } from "./new-project.tsx";
import { countWords } from "#renderer/ui/count-words.ts";
import { dayWords, daysBetween } from "./project-days.ts";
import { isCanceled, projectProgress } from "./project-progress.ts";
import { standsOf, textField, toMilestones, toTasks } from "./project-view.ts";
import { lateWords, percentWords, projectStatus, statusTone, tabPath } from "./project-words.ts";
import classes from "./projects-page.module.css";
import { useProjectShelf } from "./use-project-shelf.ts";
import { useToday } from "./use-project.ts";

const ALL = 5_000;

type NewProjectSearch = { readonly deal: string | undefined; readonly template: string | undefined };

const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The address says that a project is being made, and from what: `?new=project&deal=...`. */
function useNewProject(): {
  readonly making: NewProjectSearch | undefined;
  readonly start: () => void;
  readonly stop: () => void;
} {
  const raw: unknown = useSearch({ strict: false });
  const navigate = useNavigate();
  const search: Record<string, unknown> = typeof raw === "object" && raw !== null ? { ...raw } : {};
  return {
    making:
      search["new"] === "project" ? { deal: textIn(search["deal"]), template: textIn(search["template"]) } : undefined,
    start: () => void navigate({ to: ".", search: { new: "project" }, replace: true }),
    stop: () => void navigate({ to: ".", search: {}, replace: true }),
  };
}

export function ProjectsPage() {
  const session = useSession();
  const team = session.kind === "signedIn" && isInternal(session.me.persona);
  const today = useToday();
  const shelf = useProjectShelf();
  const { making, start, stop } = useNewProject();
  useCommands(team ? [{ id: "projects.new", title: "New project", section: "Projects", run: start }] : []);
  const newProject = team && (
    <Button color="amber" leftSection={<IconPlus size={16} aria-hidden />} onClick={start}>
      New project
    </Button>
  );
  return (
    <Page
      title="Projects"
      meta={shelf === undefined ? undefined : countWords(shelf.active.length, "project")}
      actions={shelf !== undefined && shelf.active.length > 0 ? newProject : undefined}
    >
      {!team && <AskedOfMe today={today} />}
      {shelf?.active.length === 0 && (
        <EmptyState
          kind="empty"
          title="No projects yet"
          text={
            team
              ? "A project is a shared space: milestones, tasks and documents, with the client in it when you say so."
              : "You are not in a project yet. The team adds you when one starts."
          }
          {...(newProject === false ? {} : { action: newProject })}
        />
      )}
      {shelf !== undefined && (
        <>
          {shelf.active.length > 0 && <ProjectRows projects={shelf.active} />}
          {team && <Shelf title="Templates" text="Patterns for new projects, team only." projects={shelf.templates} />}
          <Shelf title="Archive" text="Put away, with everything in them." projects={shelf.archived} />
          <Modal opened={team && making !== undefined} onClose={stop} title="New project" size={560}>
            {making !== undefined && (
              <NewProject shelf={shelf} dealId={making.deal} templateId={making.template} onCancel={stop} />
            )}
          </Modal>
        </>
      )}
    </Page>
  );
}

type ShelfProps = { readonly title: string; readonly text: string; readonly projects: readonly RecordRow[] };

function Shelf({ title, text, projects }: ShelfProps) {
  if (projects.length === 0) return null;
  return (
    <details className={classes.shelf}>
      <summary className={classes.shelfTitle}>
        {title} <span className={classes.shelfCount}>{projects.length}</span>
      </summary>
      <p className={classes.shelfText}>{text}</p>
      <ProjectRows projects={projects} />
    </details>
  );
}

function ProjectRows({ projects }: { readonly projects: readonly RecordRow[] }) {
  const today = useToday();
  const members = useMembers();
  const milestones = useRecords({ type: "milestone", limit: ALL })?.rows;
  const tasks = useRecords({ type: "task", limit: ALL })?.rows;
  const approvals = useApprovals();
  const stands = useMemo(() => standsOf(approvals ?? []), [approvals]);
  const bySpace = useMemo(
    () => ({
      milestones: Map.groupBy(milestones ?? [], (row) => row.space),
      tasks: Map.groupBy(tasks ?? [], (row) => row.space),
    }),
    [milestones, tasks],
  );
  const names = new Map(members?.map((member) => [member.id, member] as const));
  return (
    <ul className={classes.projects}>
      {projects.map((project) => {
        const ownTasks = toTasks(bySpace.tasks.get(project.id) ?? [], today);
        const own = toMilestones(bySpace.milestones.get(project.id) ?? [], ownTasks, today, stands).filter(
          (one) => !isCanceled(one),
        );
        const progress = projectProgress(own, ownTasks);
        const lead = names.get(textField(project, "lead") ?? "");
        const current = own.find((one) => one.state === "current");
        return (
          <li key={project.id} className={classes.project}>
            <div className={classes.names}>
              <Link className={classes.title} to={tabPath(project.id, "overview")}>
                {project.title === "" ? "Untitled" : project.title}
              </Link>
              <RowGlyph row={project} />
              <span className={classes.client}>{textField(project, "client")}</span>
            </div>
            <div className={classes.stand}>
              {own.length > 0 && (
                <Bridge
                  size="small"
                  label={`Milestones of ${project.title}`}
                  planks={own.map(({ id, title, state }) => ({ id, label: title, state }))}
                />
              )}
              <span className={classes.standWords}>
                {progress === undefined
                  ? "No milestones"
                  : [current?.title, `${percentWords(progress)} done`].filter((part) => part !== undefined).join(", ")}
              </span>
            </div>
            <Target project={project} today={today} />
            <span className={classes.status}>
              <StatusChip tone={statusTone(textField(project, "status") ?? "planned")}>
                {projectStatus(textField(project, "status") ?? "planned")}
              </StatusChip>
            </span>
            <span className={classes.lead}>
              {lead !== undefined && (
                <>
                  <PersonAvatar name={lead.name} persona={lead.persona} size={24} decorative />
                  {lead.name}
                </>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Target({ project, today }: { readonly project: RecordRow; readonly today: string }) {
  const target = textField(project, "targetDate");
  if (target === undefined) return <span className={classes.target} />;
  const late = textField(project, "status") === "done" ? 0 : Math.max(0, daysBetween(target, today));
  return (
    <span className={classes.target} data-late={late > 0 || undefined}>
      {late > 0 ? lateWords(late) : `by ${dayWords(target, today, LOCALE)}`}
    </span>
  );
}
