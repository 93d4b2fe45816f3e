import { defineRecordType } from "./define-record-type.ts";

export const company = defineRecordType({
  type: "company",
  label: { one: "Company", many: "Companies" },
  home: "crm",
  fields: {
    name: { kind: "text", label: "Name", facet: "published", required: true },
    website: { kind: "link", label: "Website", facet: "published" },
    industry: { kind: "text", label: "Industry", facet: "published" },
    companyType: {
      kind: "choice",
      label: "Type",
      options: { customer: "Customer", prospect: "Prospect", partner: "Partner", reseller: "Reseller", investor: "Investor", other: "Other" },
    },
    phone: { kind: "phone", label: "Phone", facet: "client-shared" },
    email: { kind: "email", label: "E-mail", facet: "client-shared" },
    billingAddress: { kind: "address", label: "Billing address", facet: "client-shared" },
    shippingAddress: { kind: "address", label: "Shipping address", facet: "client-shared" },
    owner: { kind: "person", label: "Owner" },
    employees: { kind: "number", label: "Employees", min: 0 },
    annualRevenue: { kind: "money", label: "Annual revenue" },
    partnerTier: { kind: "choice", label: "Partner tier", facet: "partner", options: { registered: "Registered", silver: "Silver", gold: "Gold" } },
    tags: {
      kind: "multiChoice",
      label: "Tags",
      options: { key: "Key account", fair: "Met at a fair", referral: "Referral", newsletter: "Newsletter", dormant: "Dormant" },
    },
    description: { kind: "longText", label: "Description" },
    internalNotes: { kind: "longText", label: "Internal notes" },
    externalId: { kind: "text", label: "Id in another system", hidden: true },
  },
  title: "name",
  list: ["name", "companyType", "industry", "phone", "website", "owner"],
  form: [
    { section: "Company", fields: ["name", "companyType", "industry", "website", "owner", "tags"] },
    { section: "Contact", fields: ["phone", "email", "billingAddress", "shippingAddress"] },
    { section: "Money", fields: ["employees", "annualRevenue"] },
    { section: "Partner", fields: ["partnerTier"] },
    { section: "Notes", fields: ["description", "internalNotes"] },
  ],
});
