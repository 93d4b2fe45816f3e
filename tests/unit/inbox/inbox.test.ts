import { describe, expect, test } from "vitest";
import { toInbox, type InboxSource } from "#renderer/features/inbox/inbox-items.ts";
import {
  emptyState,
  formerState,
  fromStored,
  joinStates,
  markRead,
  mute,
  noteArrivals,
  readArrivals,
  readNotices,
  snooze,
  sortInbox,
  tidied,
  toStored,
  wake,
} from "#renderer/features/inbox/inbox-state.ts";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import { recordRow } from "./record-rows.ts";

const names: Readonly<Record<string, string>> = { ana: "Ana Ruiz", igor: "Igor Petrov", carla: "Carla Meyer" };

const nothing: InboxSource = {
  me: "igor",
  today: "2026-05-14",
  away: new Set(),
  spaceNames: new Map([["roof", "Clinic roof"]]),
  tasks: [],
  comments: [],
  approvals: [],
  refused: [],
  arrivals: [],
  notices: [],
  titleOf: () => undefined,
  isOutside: false,
  nameOf: (id) => names[id] ?? "Someone",
};

const task = (over: Parameters<typeof recordRow>[3] = {}, fields = {}) =>
  recordRow("t1", "task", { title: "Snow load sheet", status: "notStarted", assignee: "igor", ...fields }, over);

const titles = (source: Partial<InboxSource>): readonly string[] =>
  toInbox({ ...nothing, ...source }).map((item) => item.title);

describe("what comes in", () => {
  test("who looked as me is said once a day and record; requests about data and their answers", () => {
    const look = { kind: "viewed" as const, by: "ana", byName: "Ana Ruiz", record: "m1" };
    const asked = { by: "carla", byName: "Carla Meyer", request: "q1", at: "2026-05-12T08:00:00.000Z" };
    const notices = [
      { ...look, at: "2026-05-14T09:30:00.000Z" },
      { ...look, at: "2026-05-14T09:00:00.000Z" },
      { ...look, at: "2026-05-13T09:00:00.000Z" },
      { ...asked, kind: "asked" as const, about: "consent" as const },
    ];
    const source = { ...nothing, notices, titleOf: (id: string) => (id === "m1" ? "M1 Survey" : undefined) };
    expect(toInbox(source).map(({ title, at, address }) => [title, at.slice(0, 16), address])).toEqual([
      ["Ana Ruiz looked at M1 Survey the way you see it", "2026-05-14T09:30", "/record/m1"],
      ["Ana Ruiz looked at M1 Survey the way you see it", "2026-05-13T09:00", "/record/m1"],
      ["Carla Meyer withdraws consent", "2026-05-12T08:00", "/settings/data-requests"],
    ]);
    expect(readNotices([...notices, { kind: "viewed" }, 3, { ...asked, kind: "other" }])).toEqual(notices);
    const answered = { ...asked, kind: "answered" as const, about: "erasure" as const };
    expect(toInbox({ ...nothing, isOutside: true, notices: [answered] })).toMatchObject([
      { title: "Your request to be erased was answered", address: "/my-data" },
    ]);
  });

  test("a task somebody gave me, at the time it was given; not one I took myself, nor a closed one", () => {
    const given = { id: "c", recordId: "t1", facet: "published", kind: "changed" as const, field: "assignee" };
    const changes = [{ ...given, from: "ana", to: "igor", at: "2026-05-10T09:00:00.000Z", by: "carla" }];
    const [item] = toInbox({ ...nothing, tasks: [{ row: task(), changes }] });
    expect(item).toEqual({
      id: "assignment t1 2026-05-10T09:00:00.000Z",
      kind: "assignment",
      at: "2026-05-10T09:00:00.000Z",
      by: "carla",
      title: "Carla Meyer gave you Snow load sheet",
      detail: "Clinic roof",
      address: "/projects/roof/tasks",
      open: "t1",
    });
    expect(titles({ tasks: [{ row: task(), changes: [] }] })).toEqual(["Ana Ruiz gave you Snow load sheet"]);
    expect(titles({ tasks: [{ row: task({ createdBy: "igor" }), changes: [] }] })).toEqual([]);
    for (const status of ["completed", "canceled", "deferred"])
      expect(titles({ tasks: [{ row: task({}, { status }), changes: [] }] })).toEqual([]);
  });

  test("my task on its day and when it is late, as another thing when it is put off", () => {
    const due = (dueDate: string) =>
      toInbox({ ...nothing, tasks: [{ row: task({ createdBy: "igor" }, { dueDate }), changes: [] }] });
    expect(due("2026-05-14").map((item) => [item.id, item.title])).toEqual([
      ["due t1 2026-05-14", "Snow load sheet is due today"],
    ]);
    expect(due("2026-05-13")[0]?.title).toBe("Snow load sheet is late");
    expect(due("2026-05-15")).toEqual([]);
  });

  test("a mention leads to what was spoken of; my own words are no news", () => {
    const about = recordRow("m2", "milestone", { title: "M2 Structure" });
    const words = { body: "@Igor Petrov which anchor?", mentions: ["igor"] };
    const said = (by: string) => recordRow("c1", "comment", words, { createdBy: by });
    const [item] = toInbox({ ...nothing, comments: [{ row: said("carla"), about }] });
    expect(item).toMatchObject({
      kind: "mention",
      title: "Carla Meyer mentioned you on M2 Structure",
      detail: "@Igor Petrov which anchor?",
      address: "/projects/roof/milestones",
      open: "m2",
    });
    expect(titles({ comments: [{ row: said("igor"), about }] })).toEqual([]);
    expect(titles({ comments: [{ row: recordRow("c1", "comment", { body: "no" }), about }] })).toEqual([]);
  });

  test("approvals asked of me, and what was decided about those I asked for", () => {
    const decision = (id: string, over: object) => ({
      id,
      request: "r1",
      decision: "approve" as const,
      decidedBy: "carla",
      revision: 3,
      contentHash: "h",
      at: "2026-05-12T10:00:00.000Z",
      keyId: "k",
      delivery: { state: "counts" as const, receivedAt: "2026-05-12T11:00:00.000Z", key: {} as never, seq: 1 },
      ...over,
    });
    const view = (over: object): ApprovalView =>
      ({
        space: "roof",
        about: recordRow("m2", "milestone", { title: "M2 Structure" }),
        request: {
          id: "r1",
          about: "m2",
          title: "M2 Structure",
          revision: 3,
          requestedBy: "ana",
          dueDate: "2026-05-22",
          at: "2026-05-11T08:00:00.000Z",
        },
        decisions: [],
        needsMe: true,
        ...over,
      }) as unknown as ApprovalView;
    const [asked] = toInbox({ ...nothing, approvals: [view({})] });
    expect(asked).toMatchObject({
      id: "approval r1",
      title: "Ana Ruiz asks you to approve M2 Structure, revision 3",
      detail: "Clinic roof, due 22 May",
    });
    const due = (today: string, over = {}) =>
      toInbox({ ...nothing, today, approvals: [view(over)] }).filter((item) => item.kind === "approvalDue");
    expect(due("2026-05-21")).toEqual([]);
    expect(due("2026-05-22")).toMatchObject([
      {
        id: "due r1 2026-05-22",
        title: "Your decision on M2 Structure, revision 3 is due today",
        at: "2026-05-22T06:00:00.000Z",
      },
    ]);
    expect(due("2026-05-23")).toMatchObject([
      {
        id: "late r1 2026-05-22",
        title: "Your decision on M2 Structure, revision 3 is late",
        detail: "Clinic roof, was due 22 May",
        at: "2026-05-23T06:00:00.000Z",
      },
    ]);
    expect(due("2026-05-30", { needsMe: false })).toEqual([]);
    // Read when it was asked, it comes back on its day and when it is late; switched off, it does not.
    const read = markRead(emptyState, ["approval r1", "due r1 2026-05-22"], true);
    const late = toInbox({ ...nothing, today: "2026-05-23", approvals: [view({})] });
    expect(sortInbox(late, read, "").unread.map((item) => item.kind)).toEqual(["approvalDue"]);
    expect(sortInbox(late, mute(read, "approvalDue", true), "").unread).toEqual([]);
    const mine = view({
      needsMe: false,
      request: { ...view({}).request, requestedBy: "igor" },
      decisions: [
        decision("d1", {}),
        decision("d2", { decision: "reject", reason: "Anchors", decidedBy: "carla" }),
        decision("d3", { delivery: { state: "void", problem: "badSignature" } }),
        decision("d4", { decidedBy: "igor" }),
        decision("d5", {}),
      ],
      ignored: new Set(["d5"]),
    });
    expect(toInbox({ ...nothing, approvals: [mine] }).map((item) => [item.id, item.title, item.detail])).toEqual([
      ["decision d1", "Carla Meyer approved revision 3 of M2 Structure", "Clinic roof"],
      ["decision d2", "Carla Meyer rejected revision 3 of M2 Structure", "Anchors"],
    ]);
  });

  test("changes that were not accepted, and people who joined after I first looked", () => {
    const refused = {
      id: 7,
      recordId: "m2",
      type: "milestone",
      title: "M2",
      since: "2026-05-13T08:00:00.000Z",
      fields: [],
      reason: "You may not change Target here.",
    };
    const arrivals = [
      { space: "roof", memberId: "carla", at: "2026-05-12T08:00:00.000Z" },
      { space: "roof", memberId: "ana", at: "" },
      { space: "roof", memberId: "igor", at: "2026-05-12T08:00:00.000Z" },
    ];
    expect(titles({ refused: [refused], arrivals })).toEqual([
      "Your change of M2 was not accepted",
      "Carla Meyer is now in Clinic roof",
    ]);
  });

  test("nothing from archived projects and templates", () => {
    const row = task({}, { dueDate: "2026-05-01" });
    const comments = [{ row: recordRow("c", "comment", { body: "x", mentions: ["igor"] }), about: undefined }];
    expect(titles({ away: new Set(["roof"]), tasks: [{ row, changes: [] }], comments })).toEqual([]);
  });
});

describe("what was read and put off", () => {
  const items = toInbox({ ...nothing, tasks: [{ row: task({}, { dueDate: "2026-05-10" }), changes: [] }] });
  const [first, second] = items.map((item) => item.id);
  const now = "2026-05-14T10:00:00.000Z";
  const shown = (state: typeof emptyState, at = now) => {
    const { unread, read, snoozed } = sortInbox(items, state, at);
    return [unread, read, snoozed].map((list) => list.map((item) => item.id));
  };

  test("read, unread again, all read", () => {
    expect(shown(emptyState)).toEqual([[first, second], [], []]);
    const read = markRead(emptyState, [first ?? ""], true);
    expect(shown(read)).toEqual([[second], [first], []]);
    expect(shown(markRead(read, [first ?? ""], false))).toEqual([[first, second], [], []]);
    const long = markRead(emptyState, [first ?? "", ...Array.from({ length: 5_000 }, (_, at) => `i${at}`)], true);
    expect(tidied(long, items).read).toEqual([first]);
    expect(tidied(read, items)).toEqual(read);
  });

  test("put off it is gone, and comes back unread, also when it was read", () => {
    const read = markRead(emptyState, [first ?? ""], true);
    const off = snooze(read, first ?? "", "2026-05-15T06:00:00.000Z");
    expect(shown(off)).toEqual([[second], [], [first]]);
    expect(shown(off, "2026-05-15T06:00:00.000Z")).toEqual([[first, second], [], []]);
    expect(shown(wake(off, first ?? ""))).toEqual([[first, second], [], []]);
  });

  test("a kind that was switched off stays out until it is switched on", () => {
    const muted = mute(mute(emptyState, "due", true), "due", true);
    expect(muted.muted).toEqual(["due"]);
    expect(shown(muted)[0]).toEqual([second]);
    expect(shown(mute(muted, "due", false))[0]).toEqual([first, second]);
  });

  test("settings of another version or shape are read as far as they are understood", () => {
    expect(formerState(undefined)).toBeUndefined();
    expect(formerState(null)).toBeUndefined();
    expect(formerState({ read: ["a", 4], snoozed: { a: "x", b: 5 }, muted: ["due", "gossip"] })).toEqual({
      read: ["a"],
      snoozed: { a: "x" },
      muted: ["due"],
    });
    expect(readArrivals([{ space: "a", memberId: "b", at: "" }, { space: 4 }, null])).toEqual([
      { space: "a", memberId: "b", at: "" },
    ]);
  });

  test("is the same after it was stored; two devices together have read what either has", () => {
    const state = {
      read: ["a b"],
      snoozed: { "due t1 2026-05-10": "2026-05-15T06:00:00.000Z" },
      muted: ["due" as const],
    };
    expect(fromStored(toStored(state))).toEqual(state);
    const twice = ["2026-05-20T06:00:00.000Z x", "2026-05-15T06:00:00.000Z x"];
    expect(fromStored({ read: [], snoozed: twice, muted: ["gossip"] })).toEqual({
      read: [],
      snoozed: { x: "2026-05-20T06:00:00.000Z" },
      muted: [],
    });
    expect(joinStates(state, { read: ["c"], snoozed: {}, muted: [] }).read).toEqual(["a b", "c"]);
  });

  test("the first look at a space makes no arrivals, later ones do, once", () => {
    const first = noteArrivals([], new Map([["roof", ["ana", "igor"]]]), now);
    expect(first.map((one) => one.at)).toEqual(["", ""]);
    expect(noteArrivals(first, new Map([["roof", ["ana", "igor"]]]), now)).toBe(first);
    const later = noteArrivals(
      first,
      new Map([
        ["roof", ["ana", "igor", "carla"]],
        ["dock", ["ana"]],
      ]),
      now,
    );
    expect(later.slice(2)).toEqual([
      { space: "roof", memberId: "carla", at: now },
      { space: "dock", memberId: "ana", at: "" },
    ]);
  });
});
