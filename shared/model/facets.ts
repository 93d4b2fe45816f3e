// Facets: the fields of a record that share the same readers and the same writers. One facet of one record is one Yjs
// document, so these two functions are the whole of field-level permission (architecture, section 2).
//
// A facet's rights never change: they follow from its name alone. The shipped ones have names people know; any other pair
// of readers and writers is spelled out as `r<readers>-w<writers>` (bit sets in hex). So the relay, an old device and a
// restored backup agree about every facet without a table, and two managers who decide alike name the same facet.

import {
  externalPersonas,
  internalPersonas,
  isInternal,
  parseAddedPersona,
  shippedPersonas,
  type Persona,
} from "./personas.ts";

/** Who may do something with a facet: the team, everybody in the space, or the team and one external persona. */
type Audience = "internal" | "everyone" | "partner" | "client";

export type FacetDefinition = { readonly readers: Audience; readonly writers: Audience; readonly label: string };

export const facets = {
  internal: { readers: "internal", writers: "internal", label: "Team only" },
  published: { readers: "everyone", writers: "internal", label: "Everyone in the space can see this" },
  shared: { readers: "everyone", writers: "everyone", label: "Everyone in the space can see and change this" },
  client: { readers: "client", writers: "internal", label: "Client can see this" },
  "client-shared": { readers: "client", writers: "client", label: "Client can see and change this" },
  partner: { readers: "partner", writers: "internal", label: "Partner can see this" },
  "partner-shared": { readers: "partner", writers: "partner", label: "Partner can see and change this" },
} as const satisfies Record<string, FacetDefinition>;

export type FacetName = keyof typeof facets;

export const facetNames = Object.keys(facets) as readonly FacetName[];

export const isKnownFacet = (name: string): name is FacetName => Object.hasOwn(facets, name);

/** A set of personas as a facet holds it: the classes also stand for personas added later. Owners are always in. */
type Members = { readonly everyone: boolean; readonly internal: boolean; readonly personas: ReadonlySet<string> };
type Rights = { readonly readers: Members; readonly writers: Members };

const INTERNAL_BIT = 0;
const EVERYONE_BIT = 1;
/** Order is for ever: it is written into facet names. The owner needs none. */
const shippedBits = new Map<string, number>(
  [...internalPersonas.filter((persona) => persona !== "owner"), ...externalPersonas].map((persona, index) => [
    persona,
    2 + index,
  ]),
);
const FIRST_TEAM_BIT = 9;
const FIRST_GUEST_BIT = 31;

function bitOf(persona: Persona): number {
  const added = parseAddedPersona(persona);
  if (added === undefined) return shippedBits.get(persona) ?? INTERNAL_BIT;
  return (added.side === "team" ? FIRST_TEAM_BIT : FIRST_GUEST_BIT) + added.number - 1;
}

function personaOfBit(bit: number): Persona {
  if (bit >= FIRST_GUEST_BIT) return `guest-${bit - FIRST_GUEST_BIT + 1}`;
  if (bit >= FIRST_TEAM_BIT) return `team-${bit - FIRST_TEAM_BIT + 1}`;
  return shippedPersonas[bit - 1] ?? "owner";
}

const membersOfAudience = (audience: Audience): Members => ({
  everyone: audience === "everyone",
  internal: true,
  personas: new Set(audience === "client" || audience === "partner" ? [audience] : []),
});

const internalOnly: Members = membersOfAudience("internal");
const shippedRights = new Map<string, Rights>(
  facetNames.map((name) => [
    name,
    { readers: membersOfAudience(facets[name].readers), writers: membersOfAudience(facets[name].writers) },
  ]),
);
/** A facet this version does not know is read and written by the team only: unknown is carried, never shown. */
const unknownRights: Rights = { readers: internalOnly, writers: internalOnly };

const SPELLED = /^r(0|[1-9a-f][0-9a-f]{0,13})-w(0|[1-9a-f][0-9a-f]{0,13})$/;

function readMembers(hex: string): Members {
  const mask = BigInt(`0x${hex}`);
  const bits = Array.from({ length: hex.length * 4 }, (_, bit) => bit).filter((bit) => (mask >> BigInt(bit)) & 1n);
  return {
    everyone: bits.includes(EVERYONE_BIT),
    internal: bits.includes(INTERNAL_BIT),
    personas: new Set(bits.filter((bit) => bit > EVERYONE_BIT).map(personaOfBit)),
  };
}

// Names come from outside too: the memory they may take is bounded.
const spelledRights = new Map<string, Rights>();
const MOST_REMEMBERED = 1_000;

function rightsOf(facet: string): Rights {
  const known = shippedRights.get(facet) ?? spelledRights.get(facet);
  if (known !== undefined) return known;
  const [, readers, writers] = SPELLED.exec(facet) ?? [];
  if (readers === undefined || writers === undefined) return unknownRights;
  const rights = { readers: readMembers(readers), writers: readMembers(writers) };
  if (spelledRights.size >= MOST_REMEMBERED) spelledRights.clear();
  spelledRights.set(facet, rights);
  return rights;
}

const holds = (members: Members, persona: Persona): boolean =>
  persona === "owner" || members.everyone || (members.internal && isInternal(persona)) || members.personas.has(persona);

export const canReadFacet = (facet: string, persona: Persona): boolean => holds(rightsOf(facet).readers, persona);

/** Whoever may write reads as well: a name that says otherwise gives no right to write. */
export const canWriteFacet = (facet: string, persona: Persona): boolean =>
  holds(rightsOf(facet).writers, persona) && canReadFacet(facet, persona);

/** The set as bits: classes where they say the same, so that equal sets are one spelling. */
function maskOf(members: Iterable<Persona>, all: readonly Persona[]): bigint {
  const set = new Set<Persona>(members).add("owner");
  if (all.every((persona) => set.has(persona))) return 1n << BigInt(EVERYONE_BIT);
  const isWholeTeam = all.every((persona) => !isInternal(persona) || set.has(persona));
  const named = [...set].filter((persona) => persona !== "owner" && !(isWholeTeam && isInternal(persona)));
  const classes = isWholeTeam ? 1n << BigInt(INTERNAL_BIT) : 0n;
  return named.reduce((mask, persona) => mask | (1n << BigInt(bitOf(persona))), classes);
}

function maskOfAudience(audience: Audience): bigint {
  if (audience === "everyone") return 1n << BigInt(EVERYONE_BIT);
  const team = 1n << BigInt(INTERNAL_BIT);
  return audience === "internal" ? team : team | (1n << BigInt(bitOf(audience)));
}

const shippedBySpelling = new Map<string, FacetName>(
  facetNames.map((name) => [spell(maskOfAudience(facets[name].readers), maskOfAudience(facets[name].writers)), name]),
);

function spell(readers: bigint, writers: bigint): string {
  return `r${readers.toString(16)}-w${writers.toString(16)}`;
}

/**
 * The facet that these readers and writers share; a shipped name where one says the same. `all`: every persona the
 * organization has, so that "all of them" stays true for those it adds later.
 */
export function facetFor(readers: Iterable<Persona>, writers: Iterable<Persona>, all: readonly Persona[]): string {
  const writing = [...writers];
  const name = spell(maskOf([...readers, ...writing], all), maskOf(writing, all));
  return shippedBySpelling.get(name) ?? name;
}

/** External personas that may read a facet: what the audience mark on a field shows. Empty for the quiet, private state. */
export function outsideReaders(facet: string): readonly (Persona | "everyone")[] {
  const { readers } = rightsOf(facet);
  if (readers.everyone) return ["everyone"];
  return [...(readers.personas as ReadonlySet<Persona>)].filter((persona) => !isInternal(persona));
}

/** Whether any external persona may write a facet. */
export function isWrittenFromOutside(facet: string): boolean {
  const { writers } = rightsOf(facet);
  return writers.everyone || [...(writers.personas as ReadonlySet<Persona>)].some((persona) => !isInternal(persona));
}

/** What the audience mark says in words: who outside can see it, and who of them can change it. Empty for team only. */
export function outsideWords(facet: string, labelOf: (persona: Persona) => string): string {
  const readers = outsideReaders(facet);
  const [first] = readers;
  if (first === undefined) return "";
  const { writers } = rightsOf(facet);
  const changes = (persona: Persona): boolean => writers.everyone || writers.personas.has(persona);
  if (first === "everyone") {
    const some = [...(writers.personas as ReadonlySet<Persona>)].filter((persona) => !isInternal(persona));
    const more = some.length === 0 ? "" : `, ${list(some.map(labelOf))} can change it`;
    return `Everyone in the space can see ${writers.everyone ? "and change " : ""}this${more}`;
  }
  const people = readers as readonly Persona[];
  const changing = people.filter(changes);
  if (changing.length === people.length) return `${list(people.map(labelOf))} can see and change this`;
  const more = changing.length === 0 ? "" : `, ${list(changing.map(labelOf))} can change it`;
  return `${list(people.map(labelOf))} can see this${more}`;
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
