import { defineRecordType, type RecordOf } from "./define-record-type.ts";

// Prospecting 10, Qualification 20, Proposal 50, Negotiation 80, Won 100, Lost 0: the defaults of EspoCRM and Salesforce.
export const dealStages = [
  { id: "prospecting", label: "Prospecting", probability: 10, outcome: "open" },
  { id: "qualification", label: "Qualification", probability: 20, outcome: "open" },
  { id: "proposal", label: "Proposal", probability: 50, outcome: "open" },
  { id: "negotiation", label: "Negotiation", probability: 80, outcome: "open" },
  { id: "won", label: "Won", probability: 100, outcome: "won" },
  { id: "lost", label: "Lost", probability: 0, outcome: "lost" },
] as const;

export type DealStage = (typeof dealStages)[number]["id"];

export const deal = defineRecordType({
  type: "deal",
  label: { one: "Deal", many: "Deals" },
  home: "crm",
  fields: {
    name: { kind: "text", label: "Name", facet: "published", required: true },
    company: { kind: "relation", label: "Company", to: "company", facet: "published" },
    pointOfContact: { kind: "relation", label: "Contact", to: "contact", facet: "published" },
    stage: {
      kind: "choice",
      label: "Stage",
      facet: "published",
      options: {
        prospecting: "Prospecting",
        qualification: "Qualification",
        proposal: "Proposal",
        negotiation: "Negotiation",
        won: "Won",
        lost: "Lost",
      },
    },
    closeDate: { kind: "date", label: "Close date", facet: "published" },
    amount: { kind: "money", label: "Amount", facet: "partner" },
    nextStep: { kind: "text", label: "Next step", facet: "partner-shared" },
    owner: { kind: "person", label: "Owner" },
    probability: { kind: "number", label: "Probability", unit: "percent", min: 0, max: 100 },
    forecastCategory: {
      kind: "choice",
      label: "Forecast",
      options: {
        pipeline: "Pipeline",
        bestCase: "Best case",
        mostLikely: "Most likely",
        forecast: "Forecast",
        closed: "Closed",
        omitted: "Omitted",
      },
    },
    leadSource: { kind: "text", label: "Lead source" },
    margin: { kind: "number", label: "Margin", unit: "percent" },
    cost: { kind: "money", label: "Cost" },
    discountFloor: { kind: "number", label: "Discount floor", unit: "percent", min: 0, max: 100 },
    competitors: { kind: "text", label: "Competitors" },
    lostReason: { kind: "text", label: "Lost reason" },
    internalNotes: { kind: "longText", label: "Internal notes" },
    position: { kind: "text", label: "Position", hidden: true },
    externalId: { kind: "text", label: "Id in another system", hidden: true },
  },
  title: "name",
  list: ["name", "company", "stage", "amount", "closeDate", "owner"],
  form: [
    {
      section: "Deal",
      fields: ["name", "company", "pointOfContact", "stage", "closeDate", "amount", "nextStep", "owner"],
    },
    { section: "Forecast", fields: ["probability", "forecastCategory", "leadSource"] },
    { section: "Money", fields: ["margin", "cost", "discountFloor"] },
    { section: "Notes", fields: ["competitors", "lostReason", "internalNotes"] },
  ],
});

/** Probability in percent: the one set on the deal, else that of its stage, else 0. */
export function dealProbability(fields: Pick<RecordOf<typeof deal>, "probability" | "stage">): number {
  return fields.probability ?? dealStages.find((stage) => stage.id === fields.stage)?.probability ?? 0;
}
