// Who may do what, said in as few lines as possible and independently of the product: personas per space, links per record,
// and one table of facets. What the relay does is held against this.

export type Outsider = "client" | "partner" | "customer";

type Rule = { readonly readers: readonly Outsider[]; readonly writers: readonly Outsider[] };

const everyone: readonly Outsider[] = ["client", "partner", "customer"];

/** The team reads and writes all of it. */
export const rules: Readonly<Record<string, Rule>> = {
  internal: { readers: [], writers: [] },
  published: { readers: everyone, writers: [] },
  shared: { readers: everyone, writers: everyone },
  client: { readers: ["client"], writers: [] },
  "client-shared": { readers: ["client"], writers: ["client"] },
  partner: { readers: ["partner"], writers: [] },
  "partner-shared": { readers: ["partner"], writers: ["partner"] },
};

export type DocumentOf = { readonly record: string; readonly facet: string };

export class ReferenceModel {
  readonly #team: ReadonlySet<string>;
  /** `space member` -> persona */
  readonly #personas = new Map<string, Outsider>();
  /** record -> spaces, its home first */
  readonly #spaces = new Map<string, Set<string>>();
  readonly documents: DocumentOf[] = [];

  constructor(team: readonly string[]) {
    this.#team = new Set(team);
  }

  grant(space: string, member: string, persona: Outsider): void {
    this.#personas.set(`${space} ${member}`, persona);
  }

  remove(space: string, member: string): void {
    this.#personas.delete(`${space} ${member}`);
  }

  isIn(space: string, member: string): boolean {
    return this.#personas.has(`${space} ${member}`);
  }

  make(record: string, home: string): void {
    this.#spaces.set(record, new Set([home]));
  }

  link(record: string, space: string): void {
    this.#spaces.get(record)?.add(space);
  }

  unlink(record: string, space: string): void {
    this.#spaces.get(record)?.delete(space);
  }

  isLinked(record: string, space: string): boolean {
    return this.#spaces.get(record)?.has(space) === true;
  }

  #may(member: string, { record, facet }: DocumentOf, what: keyof Rule): boolean {
    if (this.#team.has(member)) return true;
    return [...(this.#spaces.get(record) ?? [])].some((space) => {
      const persona = this.#personas.get(`${space} ${member}`);
      return persona !== undefined && rules[facet]?.[what].includes(persona) === true;
    });
  }

  mayRead = (member: string, document: DocumentOf): boolean => this.#may(member, document, "readers");
  mayWrite = (member: string, document: DocumentOf): boolean => this.#may(member, document, "writers");

  readable(member: string): ReadonlySet<string> {
    return new Set(this.documents.filter((one) => this.mayRead(member, one)).map(nameOf));
  }
}

export const nameOf = ({ record, facet }: DocumentOf): string => `${record}.${facet}`;
