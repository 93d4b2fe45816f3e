// Personas: what a member is to the organization, and in each space. Internal ones are roles of the provider's team. The
// organization adds more of both; their ids say the side, so that who is internal needs no table.

export const internalPersonas = ["owner", "manager", "sales", "consultant", "member"] as const;
export const externalPersonas = ["client", "partner", "customer"] as const;

export type InternalPersona = (typeof internalPersonas)[number];
export type ExternalPersona = (typeof externalPersonas)[number];
export type ShippedPersona = InternalPersona | ExternalPersona;
/** A persona the organization added: `team-1` is a role of the team, `guest-1` somebody from outside. */
export type AddedPersona = `team-${number}` | `guest-${number}`;
export type Persona = ShippedPersona | AddedPersona;

export const shippedPersonas: readonly ShippedPersona[] = [...internalPersonas, ...externalPersonas];

const shippedLabels: Readonly<Record<ShippedPersona, string>> = {
  owner: "Owner",
  manager: "Manager",
  sales: "Sales",
  consultant: "Consultant",
  member: "Member",
  client: "Client",
  partner: "Partner",
  customer: "Customer",
};

/** How many an organization can ever add: their numbers are never given twice, and each has a place in facet names. */
export const addedPersonaLimit = { team: 22, guest: 25 } as const;

const ADDED = /^(team|guest)-([1-9]\d?)$/;

/** Side and number of a persona the organization added; undefined for any other text. */
export function parseAddedPersona(
  text: string,
): { readonly side: "team" | "guest"; readonly number: number } | undefined {
  const [, side, digits] = ADDED.exec(text) ?? [];
  if (side !== "team" && side !== "guest") return undefined;
  const number = Number(digits);
  return number <= addedPersonaLimit[side] ? { side, number } : undefined;
}

export const isShippedPersona = (text: string): text is ShippedPersona =>
  (shippedPersonas as readonly string[]).includes(text);

/** True for shipped personas and for well-formed ids of added ones, whether or not this organization has them. */
export const isPersona = (text: string): text is Persona =>
  isShippedPersona(text) || parseAddedPersona(text) !== undefined;

export const isInternal = (persona: Persona): boolean =>
  (internalPersonas as readonly string[]).includes(persona) || persona.startsWith("team-");

export type PersonaLabel = { readonly id: Persona; readonly label: string };

/** Everybody a facet can name, those no organization has added yet included. */
export const everyPersona: readonly Persona[] = [
  ...shippedPersonas,
  ...Array.from({ length: addedPersonaLimit.team }, (_, index): Persona => `team-${index + 1}`),
  ...Array.from({ length: addedPersonaLimit.guest }, (_, index): Persona => `guest-${index + 1}`),
];

/** The name of a persona on screen; `added` are those of the organization, renamed shipped ones included. */
export const personaLabel = (persona: Persona, added: readonly PersonaLabel[] = []): string =>
  added.find((one) => one.id === persona)?.label ??
  (isShippedPersona(persona) ? shippedLabels[persona] : isInternal(persona) ? "Team" : "Guest");
