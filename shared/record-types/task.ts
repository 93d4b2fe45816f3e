import { defineRecordType } from "./define-record-type.ts";
import { nextOfSeries } from "./task-series.ts";

export const task = defineRecordType({
  type: "task",
  label: { one: "Task", many: "Tasks" },
  home: "any",
  parent: "about",
  next: nextOfSeries,
  fields: {
    title: { kind: "text", label: "Title", facet: "published", required: true },
    status: {
      kind: "choice",
      label: "Status",
      // Whoever a task is for says how it stands, client and partner too.
      facet: "shared",
      formerFacet: "published",
      options: {
        notStarted: "Not started",
        started: "Started",
        completed: "Completed",
        deferred: "Deferred",
        canceled: "Canceled",
      },
    },
    priority: {
      kind: "choice",
      label: "Priority",
      facet: "published",
      options: { low: "Low", normal: "Normal", high: "High", urgent: "Urgent" },
    },
    assignee: { kind: "person", label: "Assignee", facet: "published" },
    startDate: { kind: "date", label: "Start", facet: "published" },
    dueDate: { kind: "date", label: "Due", facet: "published" },
    milestone: { kind: "relation", label: "Milestone", to: "milestone", facet: "published" },
    about: { kind: "relation", label: "About", to: "*", facet: "published" },
    checklist: { kind: "checklist", label: "Checklist", facet: "shared" },
    repeat: {
      kind: "choice",
      label: "Repeats",
      facet: "published",
      options: {
        daily: "Every day",
        weekly: "Every week",
        everyTwoWeeks: "Every two weeks",
        monthly: "Every month",
        quarterly: "Every quarter",
        yearly: "Every year",
      },
    },
    /** The first task of a series, on every later one: with the day due it makes the id of the next. */
    series: { kind: "text", label: "Series", facet: "published", hidden: true },
    description: { kind: "longText", label: "Description", facet: "published" },
    position: { kind: "text", label: "Position", facet: "published", hidden: true },
    estimatedHours: { kind: "number", label: "Estimated", unit: "hours", min: 0 },
    actualHours: { kind: "number", label: "Actual", unit: "hours", min: 0 },
    laborCost: { kind: "money", label: "Labour cost" },
  },
  title: "title",
  list: ["title", "status", "priority", "assignee", "dueDate", "milestone"],
  form: [
    {
      section: "Task",
      fields: [
        "title",
        "status",
        "priority",
        "assignee",
        "startDate",
        "dueDate",
        "repeat",
        "milestone",
        "about",
        "checklist",
        "description",
      ],
    },
    { section: "Effort", fields: ["estimatedHours", "actualHours", "laborCost"] },
  ],
});
