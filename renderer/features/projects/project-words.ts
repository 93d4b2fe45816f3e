// Sentences and links that several project pages share.

import { milestone as milestoneType, project as projectType, task as taskType } from "#shared/record-types/index.ts";
import { optionWords } from "#shared/model/choice-fields.ts";
import { countWords } from "#renderer/ui/count-words.ts";
import { dayWords } from "./project-days.ts";
import type { MilestoneView } from "./project-view.ts";
import type { ProjectContext } from "./use-project.ts";

export const projectTabs = {
  overview: "Overview",
  milestones: "Milestones",
  tasks: "Tasks",
  documents: "Documents",
  approvals: "Approvals",
  people: "People",
  activity: "Activity",
} as const;

export type ProjectTab = keyof typeof projectTabs;

export const toTab = (id: string): ProjectTab => (Object.hasOwn(projectTabs, id) ? (id as ProjectTab) : "overview");

/** What a project is made of, for sentences about who sees what of it. */
export const projectTypes = [projectType, milestoneType, taskType] as const;

export const tabPath = (spaceId: string, tab: ProjectTab): string =>
  tab === "overview" ? `/projects/${spaceId}` : `/projects/${spaceId}/${tab}`;

export const documentPath = (spaceId: string, recordId: string): string => `/projects/${spaceId}/documents/${recordId}`;

const followed: Readonly<Record<string, string>> = milestoneType.fields.status.follows;

/** Of where a milestone stands (`milestoneStand`), which may follow from an approval. */
export const milestoneStatus = (status: string): string =>
  followed[status] ?? optionWords(milestoneType.fields.status, status);
export const taskStatus = (status: string): string => optionWords(taskType.fields.status, status);
export const projectStatus = (status: string): string => optionWords(projectType.fields.status, status);

export const taskStatuses = Object.entries(taskType.fields.status.options).map(([id, label]) => ({ id, label }));

export const percentWords = (share: number): string => `${Math.round(share * 100)} %`;

/** Chip tone of a milestone's or task's status. */
export function statusTone(status: string): "neutral" | "waits" | "done" | "bad" {
  if (status === "completed" || status === "approved" || status === "done") return "done";
  if (status === "inReview" || status === "inProgress" || status === "started") return "waits";
  return status === "changesRequested" ? "bad" : "neutral";
}

export const lateWords = (days: number): string => `${countWords(days, "day")} late`;

/** The line under a plank: what became of it, or what it waits for. */
export function milestoneCaption(milestone: MilestoneView, context: ProjectContext): string {
  if (milestone.state === "done") {
    const when =
      milestone.completedDate === undefined
        ? ""
        : `, ${dayWords(milestone.completedDate, context.today, context.locale)}`;
    const approval = context.approvals.find(({ request }) => request.about === milestone.id);
    // Whoever approved it must not take what it says now for that.
    const changed = approval?.isStale === true && approval.status.outcome === "approved";
    return `${milestoneStatus(milestone.status)}${when}${changed ? "; changed since it was approved" : ""}`;
  }
  if (milestone.state === "current")
    return `${milestoneStatus(milestone.status)}, ${percentWords(milestone.progress)} done`;
  const before = context.milestones.filter((one) => milestone.dependsOn.includes(one.id) && one.state !== "done");
  if (before.length > 0) return `Starts after ${before.map((one) => one.title).join(" and ")}`;
  if (milestone.startDate === undefined) return milestoneStatus(milestone.status);
  const day = dayWords(milestone.startDate, context.today, context.locale);
  return milestone.status === "ready" ? `${milestoneStatus(milestone.status)}, starts ${day}` : `Starts ${day}`;
}
