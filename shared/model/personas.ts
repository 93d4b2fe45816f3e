// Personas: what a member is to the organization, and in each space. Internal ones are roles of the provider's team.

export const internalPersonas = ["owner", "manager", "sales", "consultant"] as const;
export const externalPersonas = ["client", "partner", "customer"] as const;

export type InternalPersona = (typeof internalPersonas)[number];
export type ExternalPersona = (typeof externalPersonas)[number];
export type Persona = InternalPersona | ExternalPersona;

export const personas: readonly Persona[] = [...internalPersonas, ...externalPersonas];

export const personaLabels: Readonly<Record<Persona, string>> = {
  owner: "Owner",
  manager: "Manager",
  sales: "Sales",
  consultant: "Consultant",
  client: "Client",
  partner: "Partner",
  customer: "Customer",
};

export const isPersona = (text: string): text is Persona => (personas as readonly string[]).includes(text);

export const isInternal = (persona: Persona): persona is InternalPersona =>
  (internalPersonas as readonly string[]).includes(persona);
