// What asks for this member's attention, worked out from what the device holds: the same on every device, offline too.
// Which of it was read, and what is put off, is kept beside it (inbox-state.ts).

import { approvalPath } from "#renderer/fields/approval-paths.ts";
import { decisionWords } from "#renderer/fields/approval-words.ts";
import { plainDate, shortDate } from "#renderer/fields/times.ts";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import type { Notice } from "#shared/model/notice.ts";
import type { ChangeRow, RecordRow, RefusedChange } from "#renderer/data/types.ts";

export const inboxKinds = {
  approval: "Approvals asked of me",
  approvalDue: "Approvals due",
  decision: "Decisions on what I asked",
  mention: "Mentions",
  assignment: "Tasks given to me",
  due: "My tasks due",
  refused: "Changes not accepted",
  told: "Who looked as me, and my data",
  joined: "People who joined",
} as const;

export type InboxKind = keyof typeof inboxKinds;

export type InboxItem = {
  /** The same on every device: a thing read on one can be known on another. */
  readonly id: string;
  readonly kind: InboxKind;
  /** ISO; newest first. */
  readonly at: string;
  /** Who did it, where somebody did. */
  readonly by?: string | undefined;
  readonly title: string;
  readonly detail: string;
  readonly address: string;
  readonly open?: string | undefined;
};

/** A member of a space, and when this device first saw him there. */
export type Arrival = { readonly space: string; readonly memberId: string; readonly at: string };

export type InboxSource = {
  readonly me: string;
  readonly today: string;
  /** Spaces whose records ask for nothing: archived projects, templates. */
  readonly away: ReadonlySet<string>;
  readonly spaceNames: ReadonlyMap<string, string>;
  readonly tasks: readonly { readonly row: RecordRow; readonly changes: readonly ChangeRow[] }[];
  readonly comments: readonly { readonly row: RecordRow; readonly about: RecordRow | undefined }[];
  readonly approvals: readonly ApprovalView[];
  readonly refused: readonly RefusedChange[];
  readonly arrivals: readonly Arrival[];
  /** As the relay told them last. */
  readonly notices: readonly Notice[];
  /** Of a record on this device. */
  readonly titleOf: (recordId: string) => string | undefined;
  /** Has the page My data. */
  readonly isOutside: boolean;
  readonly nameOf: (memberId: string) => string;
};

const text = (row: RecordRow, field: string): string | undefined => {
  const value = row.fields[field];
  return typeof value === "string" ? value : undefined;
};

const CLOSED = new Set(["completed", "canceled", "deferred"]);

const isOpenTask = (row: RecordRow): boolean => !CLOSED.has(text(row, "status") ?? "");

type Place = Pick<InboxItem, "address" | "open">;

/** Where a record is looked at: in its project, else on its own page. */
export function placeOf(row: RecordRow, isProject: boolean): Place {
  if (!isProject) return { address: `/record/${row.id}` };
  const project = `/projects/${row.space}`;
  switch (row.type) {
    case "task":
      return { address: `${project}/tasks`, open: row.id };
    case "milestone":
      return { address: `${project}/milestones`, open: row.id };
    case "document":
      return { address: `${project}/documents/${row.id}` };
    case "project":
      return { address: project };
    default:
      return { address: `${project}/activity` };
  }
}

const titleOf = (row: RecordRow): string => (row.title === "" ? "Untitled" : row.title);

function taskItems(source: InboxSource): readonly InboxItem[] {
  return source.tasks.flatMap(({ row, changes }): readonly InboxItem[] => {
    if (!isOpenTask(row) || source.away.has(row.space)) return [];
    const place = placeOf(row, source.spaceNames.has(row.space));
    const where = source.spaceNames.get(row.space) ?? "CRM";
    const given = changes
      .filter((change) => change.field === "assignee" && change.to === source.me)
      .toSorted((left, right) => right.at.localeCompare(left.at))[0];
    const { at, by } = given ?? { at: row.createdAt, by: row.createdBy };
    const dueDate = text(row, "dueDate");
    const items: InboxItem[] = [];
    if (by !== source.me)
      items.push({
        id: `assignment ${row.id} ${at}`,
        kind: "assignment",
        at,
        by,
        title: `${source.nameOf(by)} gave you ${titleOf(row)}`,
        detail: where,
        ...place,
      });
    if (dueDate !== undefined && dueDate <= source.today)
      items.push({
        id: `due ${row.id} ${dueDate}`,
        kind: "due",
        at: `${dueDate}T06:00:00.000Z`,
        title: dueDate === source.today ? `${titleOf(row)} is due today` : `${titleOf(row)} is late`,
        detail: where,
        ...place,
      });
    return items;
  });
}

function mentionItems(source: InboxSource): readonly InboxItem[] {
  return source.comments.flatMap(({ row, about }): readonly InboxItem[] => {
    const mentions = row.fields["mentions"];
    if (!Array.isArray(mentions) || !mentions.includes(source.me)) return [];
    if (row.createdBy === source.me || source.away.has(row.space)) return [];
    const target = about ?? row;
    return [
      {
        id: `mention ${row.id}`,
        kind: "mention",
        at: row.createdAt,
        by: row.createdBy,
        title: `${source.nameOf(row.createdBy)} mentioned you${about === undefined ? "" : ` on ${titleOf(about)}`}`,
        detail: text(row, "body") ?? "",
        ...placeOf(target, source.spaceNames.has(target.space)),
      },
    ];
  });
}

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + 86_400_000).toISOString().slice(0, 10);

function approvalItems(source: InboxSource): readonly InboxItem[] {
  return source.approvals.flatMap((view): readonly InboxItem[] => {
    if (source.away.has(view.space)) return [];
    const { request } = view;
    const place: Place = { address: approvalPath(view) };
    const what = `${request.title}, revision ${request.revision}`;
    const where = source.spaceNames.get(view.space) ?? "";
    const items: InboxItem[] = [];
    if (view.needsMe)
      items.push({
        id: `approval ${request.id}`,
        kind: "approval",
        at: request.at,
        by: request.requestedBy,
        title: `${source.nameOf(request.requestedBy)} asks you to approve ${what}`,
        detail:
          request.dueDate === undefined
            ? where
            : `${where}, due ${shortDate(request.dueDate, plainDate(source.today).getTime())}`,
        ...place,
      });
    const { dueDate } = request;
    // Its day and the day after it are two things: read on the first, it is said once more when it is late.
    if (view.needsMe && dueDate !== undefined && dueDate <= source.today) {
      const isToday = dueDate === source.today;
      items.push({
        id: `${isToday ? "due" : "late"} ${request.id} ${dueDate}`,
        kind: "approvalDue",
        at: `${isToday ? dueDate : dayAfter(dueDate)}T06:00:00.000Z`,
        title: isToday ? `Your decision on ${what} is due today` : `Your decision on ${what} is late`,
        detail: isToday ? where : `${where}, was due ${shortDate(dueDate, plainDate(source.today).getTime())}`,
        ...place,
      });
    }
    if (request.requestedBy === source.me)
      for (const decision of view.decisions) {
        if (decision.decidedBy === source.me || decision.delivery.state !== "counts") continue;
        // A word of somebody nobody asked, or about other content, is no news of what was asked.
        if (view.ignored.has(decision.id)) continue;
        items.push({
          id: `decision ${decision.id}`,
          kind: "decision",
          at: decision.delivery.receivedAt,
          by: decision.decidedBy,
          title: `${source.nameOf(decision.decidedBy)} ${decisionWords(decision, source.nameOf)} of ${request.title}`,
          detail: decision.reason ?? where,
          ...place,
        });
      }
    return items;
  });
}

const refusedItems = (source: InboxSource): readonly InboxItem[] =>
  source.refused.map((change) => ({
    id: `refused ${change.id}`,
    kind: "refused",
    at: change.since,
    title: `Your change of ${change.title === "" ? "a record" : change.title} was not accepted`,
    detail: change.reason,
    address: "/pending",
  }));

const arrivalItems = (source: InboxSource): readonly InboxItem[] =>
  source.arrivals
    .filter(({ at, memberId, space }) => at !== "" && memberId !== source.me && !source.away.has(space))
    .map(({ at, memberId, space }) => ({
      id: `joined ${space} ${memberId}`,
      kind: "joined",
      at,
      by: memberId,
      title: `${source.nameOf(memberId)} is now in ${source.spaceNames.get(space) ?? "a project"}`,
      detail: "",
      address: `/projects/${space}/people`,
    }));

const requestWords = { erasure: "to be erased", consent: "that consent is withdrawn" } as const;

/** Looks at one thing by one person on one day are one item. */
function noticeItems({ notices, isOutside, titleOf: known }: InboxSource): readonly InboxItem[] {
  const items = notices.map((notice): InboxItem => {
    const { at, by } = notice;
    const who = notice.byName === "" ? "Somebody" : notice.byName;
    if (notice.kind === "viewed") {
      const title = known(notice.record);
      return {
        id: `viewed ${by} ${notice.record} ${at.slice(0, 10)}`,
        kind: "told",
        at,
        by,
        title: `${who} looked at ${title === undefined ? "a record" : title} the way you see it`,
        detail: "Read-only, and recorded in the audit.",
        address: isOutside ? "/my-data" : title === undefined ? "/inbox" : `/record/${notice.record}`,
      };
    }
    const isAsked = notice.kind === "asked";
    return {
      id: `${notice.kind} ${notice.request}`,
      kind: "told",
      at,
      by,
      title: isAsked
        ? `${who} ${notice.about === "erasure" ? "asks to be erased" : "withdraws consent"}`
        : `Your request ${requestWords[notice.about]} was answered`,
      detail: isAsked ? "Answer under Data requests." : "The answer stands under My data.",
      address: isAsked ? "/settings/data-requests" : "/my-data",
    };
  });
  return [...new Map(items.toReversed().map((item) => [item.id, item])).values()];
}

/** Newest first. */
export const toInbox = (source: InboxSource): readonly InboxItem[] =>
  [
    ...approvalItems(source),
    ...taskItems(source),
    ...mentionItems(source),
    ...refusedItems(source),
    ...arrivalItems(source),
    ...noticeItems(source),
  ].toSorted((left, right) => right.at.localeCompare(left.at) || left.id.localeCompare(right.id));
