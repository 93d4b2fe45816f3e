import { defineRecordType } from "./define-record-type.ts";

export const task = defineRecordType({
  type: "task",
  label: { one: "Task", many: "Tasks" },
  home: "any",
  parent: "about",
  fields: {
    title: { kind: "text", label: "Title", facet: "published", required: true },
    status: {
      kind: "choice",
      label: "Status",
      facet: "published",
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
      fields: ["title", "status", "priority", "assignee", "startDate", "dueDate", "milestone", "about", "description"],
    },
    { section: "Effort", fields: ["estimatedHours", "actualHours", "laborCost"] },
  ],
});
