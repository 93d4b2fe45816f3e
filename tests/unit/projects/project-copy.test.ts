import { describe, expect, it } from "vitest";
import { copyContents, namedPeople, shiftBetween, spanOf } from "#renderer/features/projects/project-copy.ts";
import type { RecordRow } from "#renderer/data/types.ts";
import type { FieldValue } from "#shared/model/field-value.ts";

const row = (
  id: string,
  type: string,
  fields: Readonly<Record<string, FieldValue>>,
  facet = "published",
): RecordRow => ({
  id,
  type,
  space: "old",
  title: typeof fields["title"] === "string" ? fields["title"] : "",
  fields,
  docs: { [facet]: `${id}.${facet}` },
  changedByBoth: {},
  state: "active",
  createdAt: "2026-01-01T08:00:00.000Z",
  createdBy: "ana",
  updatedAt: "2026-01-01T08:00:00.000Z",
  updatedBy: "ana",
  pending: 0,
  refused: 0,
});

const rows = [
  row("m1", "milestone", {
    title: "Survey",
    status: "completed",
    startDate: "2026-03-02",
    targetDate: "2026-03-13",
    completedDate: "2026-03-12",
    acceptanceCriteria: "[x] 14 load tests",
    laborCost: { amount: 90_000, currency: "EUR" },
    plannedHours: 40,
  }),
  row("m2", "milestone", {
    title: "Structure",
    status: "inReview",
    targetDate: "2026-04-30",
    dependsOn: ["m1", "gone"],
    deliverables: ["d1"],
  }),
  row("t1", "task", {
    title: "Measure",
    status: "completed",
    assignee: "igor",
    dueDate: "2026-03-05",
    milestone: "m1",
    about: "old",
    checklist: "[x] North\n[ ] South",
  }),
  row("t2", "task", {
    title: "Gutters",
    status: "completed",
    assignee: "gone",
    repeat: "weekly",
    dueDate: "2026-03-06",
  }),
  row("t2-20260313", "task", {
    title: "Gutters",
    status: "notStarted",
    assignee: "gone",
    repeat: "weekly",
    dueDate: "2026-03-13",
    series: "t2",
  }),
  row(
    "d1",
    "document",
    { title: "Scope", status: "effective", documentKind: "spec", body: "Anchors" },
    "client-shared",
  ),
  row("c1", "comment", { body: "Not copied" }, "internal"),
  { ...row("m9", "milestone", { title: "Deleted" }), state: "deleted" as const },
];

describe("a project copied into another", () => {
  const people = new Map<string, string | null>([["gone", "ana"]]);
  const made = copyContents({ rows, space: "new", shiftDays: 10, people, asTemplate: false });
  const byTitle = (title: string) => made.find((one) => one.values["title"] === title);

  it("takes milestones, first tasks of series and documents, and nothing that was deleted or said", () => {
    expect(made.map((one) => one.values["title"])).toEqual(["Survey", "Structure", "Measure", "Gutters", "Scope"]);
    expect(new Set(made.map((one) => one.id)).size).toBe(5);
    expect(made.every((one) => one.space === "new")).toBe(true);
  });

  it("begins anew: dates shifted, nothing ticked, no hours or costs so far", () => {
    expect(byTitle("Survey")?.values).toEqual({
      title: "Survey",
      status: "planned",
      startDate: "2026-03-12",
      targetDate: "2026-03-23",
      acceptanceCriteria: "[ ] 14 load tests",
      plannedHours: 40,
      dependsOn: [],
      deliverables: [],
    });
    expect(byTitle("Measure")?.values).toEqual({
      title: "Measure",
      status: "notStarted",
      assignee: "igor",
      dueDate: "2026-03-15",
      milestone: byTitle("Survey")?.id,
      about: "new",
      checklist: "[ ] North\n[ ] South",
    });
  });

  it("names its own records, not those of the old project", () => {
    expect(byTitle("Structure")?.values["dependsOn"]).toEqual([byTitle("Survey")?.id]);
    expect(byTitle("Structure")?.values["deliverables"]).toEqual([byTitle("Scope")?.id]);
  });

  it("keeps the audience of a document and takes its text from the old one", () => {
    expect(byTitle("Scope")).toMatchObject({ audience: "client", textsOf: "d1", values: { status: "draft" } });
    expect(byTitle("Scope")?.values["body"]).toBeUndefined();
  });

  it("puts somebody else, or nobody, in the place of who left", () => {
    expect(byTitle("Gutters")?.values["assignee"]).toBe("ana");
    const nobody = copyContents({
      rows,
      space: "n",
      shiftDays: 0,
      people: new Map([["gone", null]]),
      asTemplate: true,
    });
    const gutters = nobody.find((one) => one.values["title"] === "Gutters");
    expect(gutters?.values["assignee"]).toBeUndefined();
    expect(gutters?.values["status"]).toBe("deferred");
  });

  it("lists the people it names, and the span its dates cover", () => {
    expect(namedPeople(rows)).toEqual([
      { id: "gone", tasks: 1 },
      { id: "igor", tasks: 1 },
    ]);
    const project = row("old", "project", { name: "Roof", startDate: "2026-03-01" });
    expect(spanOf(project, rows)).toEqual({ start: "2026-03-01", end: "2026-04-30" });
    expect(spanOf(row("p", "project", {}), [])).toBeUndefined();
    expect(shiftBetween({ start: "2026-03-01" }, "2026-06-01")).toBe(92);
    expect(shiftBetween(undefined, "2026-06-01")).toBe(0);
  });
});
