import { defineRecordType } from "./define-record-type.ts";

// A project is a space of its own: the space has the project's record id.
export const project = defineRecordType({
  type: "project",
  label: { one: "Project", many: "Projects" },
  home: "project",
  fields: {
    name: { kind: "text", label: "Name", facet: "published", required: true },
    client: { kind: "text", label: "Client", facet: "published" },
    status: {
      kind: "choice",
      label: "Status",
      facet: "published",
      options: { planned: "Planned", active: "Active", onHold: "On hold", done: "Done" },
    },
    startDate: { kind: "date", label: "Start", facet: "published" },
    targetDate: { kind: "date", label: "Target", facet: "published" },
    summary: { kind: "longText", label: "Summary", facet: "published" },
    lead: { kind: "person", label: "Lead", facet: "published" },
    /** When it was put away; a project is brought back by emptying it. */
    archivedAt: { kind: "dateTime", label: "Archived", facet: "published", hidden: true },
    /** A pattern for new projects: its space holds milestones, tasks and documents like any other. */
    template: { kind: "yesNo", label: "Template", hidden: true },
    deal: { kind: "relation", label: "Deal", to: "deal" },
    company: { kind: "relation", label: "Company", to: "company" },
    budget: { kind: "money", label: "Budget" },
    costToDate: { kind: "money", label: "Cost to date" },
    margin: { kind: "number", label: "Margin", unit: "percent" },
    risk: { kind: "longText", label: "Risk" },
    internalNotes: { kind: "longText", label: "Internal notes" },
  },
  title: "name",
  list: ["name", "client", "status", "targetDate", "lead"],
  form: [
    { section: "Project", fields: ["name", "client", "status", "startDate", "targetDate", "lead", "summary"] },
    { section: "Sales", fields: ["deal", "company"] },
    { section: "Money", fields: ["budget", "costToDate", "margin"] },
    { section: "Notes", fields: ["risk", "internalNotes"] },
  ],
});
