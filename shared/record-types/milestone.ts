import { defineRecordType } from "./define-record-type.ts";

export const milestone = defineRecordType({
  type: "milestone",
  label: { one: "Milestone", many: "Milestones" },
  home: "project",
  fields: {
    title: { kind: "text", label: "Title", facet: "published", required: true },
    status: {
      kind: "choice",
      label: "Status",
      facet: "published",
      options: {
        planned: "Planned",
        inProgress: "In progress",
        inReview: "In review",
        approved: "Approved",
        changesRequested: "Changes requested",
        completed: "Completed",
        canceled: "Canceled",
      },
    },
    startDate: { kind: "date", label: "Start", facet: "published" },
    targetDate: { kind: "date", label: "Target", facet: "published" },
    completedDate: { kind: "date", label: "Completed", facet: "published" },
    dependsOn: { kind: "relations", label: "Depends on", to: "milestone", facet: "published" },
    description: { kind: "longText", label: "Description", facet: "published" },
    acceptanceCriteria: { kind: "longText", label: "Acceptance criteria", facet: "published" },
    position: { kind: "text", label: "Position", facet: "published", hidden: true },
    clientNote: { kind: "longText", label: "Client's note", facet: "client-shared" },
    billingAmount: { kind: "money", label: "Billing", facet: "client" },
    plannedHours: { kind: "number", label: "Planned", unit: "hours", min: 0 },
    actualHours: { kind: "number", label: "Actual", unit: "hours", min: 0 },
    laborCost: { kind: "money", label: "Labour cost" },
    internalNotes: { kind: "longText", label: "Internal notes" },
  },
  title: "title",
  list: ["title", "status", "startDate", "targetDate"],
  form: [
    { section: "Milestone", fields: ["title", "status", "startDate", "targetDate", "completedDate", "dependsOn", "description", "acceptanceCriteria"] },
    { section: "Client", fields: ["clientNote", "billingAmount"] },
    { section: "Effort", fields: ["plannedHours", "actualHours", "laborCost", "internalNotes"] },
  ],
});
