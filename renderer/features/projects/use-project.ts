// What every tab of a project reads, in one hook: the project, its milestones, tasks, people and the reader's own place.

import { useMemo } from "react";
import { LOCALE } from "#renderer/fields/field-context.tsx";
import { useApprovals, useMembers, useRecord, useRecords, useSession, useSpaces } from "#renderer/data/hooks.tsx";
import type { MemberRow, RecordRow } from "#renderer/data/types.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { todayOf } from "./project-days.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";
import { standsOf, toMilestones, toTasks, type MilestoneView, type TaskView } from "./project-view.ts";

export type ProjectContext = {
  readonly spaceId: string;
  readonly project: RecordRow;
  readonly milestones: readonly MilestoneView[];
  readonly tasks: readonly TaskView[];
  readonly schedule: Schedule;
  readonly approvals: readonly ApprovalView[];
  readonly members: readonly MemberRow[];
  readonly organization: string;
  readonly meId: string;
  readonly persona: Persona;
  /** The reader belongs to the provider's team. */
  readonly team: boolean;
  /** Nothing can be changed from here (the lens). */
  readonly readOnly: boolean;
  /** Adds, moves and removes: the team, where something can be changed. */
  readonly plans: boolean;
  readonly today: string;
  readonly locale: string;
  nameOf(memberId: string | undefined): string;
  personaOf(memberId: string | undefined): Persona | undefined;
};

export type ProjectLookup =
  | { readonly kind: "loading" }
  | { readonly kind: "missing" }
  | { readonly kind: "found"; readonly context: ProjectContext };

const ALL = 5_000;

export function useToday(): string {
  return todayOf(new Date());
}

export function useProject(spaceId: string): ProjectLookup {
  const today = useToday();
  const session = useSession();
  const readOnly = useRights().readOnly !== undefined;
  const project = useRecord(spaceId);
  const spaces = useSpaces();
  const members = useMembers(spaceId);
  const everyone = useMembers();
  const milestoneRows = useRecords({ type: "milestone", space: spaceId, limit: ALL })?.rows;
  const approvals = useApprovals(spaceId);
  const taskRows = useRecords({ type: "task", space: spaceId, limit: ALL })?.rows;
  return useMemo((): ProjectLookup => {
    if (project === "missing" && spaces !== undefined) return { kind: "missing" };
    const space = spaces?.find((one) => one.id === spaceId);
    const me = session.kind === "signedIn" ? session.me : undefined;
    if (project === undefined || project === "missing" || me === undefined) return { kind: "loading" };
    if (spaces === undefined || members === undefined || milestoneRows === undefined || taskRows === undefined)
      return { kind: "loading" };
    const known = new Map([...(everyone ?? []), ...members].map((member) => [member.id, member] as const));
    const tasks = toTasks(taskRows, today);
    const persona = space?.persona ?? me.persona;
    const milestones = toMilestones(milestoneRows, tasks, today, standsOf(approvals ?? []));
    const context: ProjectContext = {
      spaceId,
      project,
      milestones,
      tasks,
      approvals: approvals ?? [],
      schedule: scheduleOf(milestones, tasks, today),
      members,
      organization: session.kind === "signedIn" ? session.organization : "",
      meId: me.id,
      persona,
      team: isInternal(persona),
      readOnly,
      plans: isInternal(persona) && !readOnly,
      today,
      locale: LOCALE,
      nameOf: (memberId) => (memberId === undefined ? "Nobody yet" : (known.get(memberId)?.name ?? "Someone")),
      personaOf: (memberId) => (memberId === undefined ? undefined : known.get(memberId)?.persona),
    };
    return { kind: "found", context };
  }, [spaceId, today, session, project, spaces, members, everyone, milestoneRows, taskRows, approvals, readOnly]);
}
