// Who may do what, said in as few lines as possible and independently of the product: personas per space, links per record,
// one table of facets, and a matrix of fields that move between facets. What the relay does is held against this.

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

export type FieldRight = "none" | "read" | "write";

/** Fields of tasks that the policy moves, and who has what while nothing was decided. */
const fieldRules: Readonly<Record<string, Rule>> = {
  description: { readers: everyone, writers: [] },
  estimatedHours: { readers: [], writers: [] },
  actualHours: { readers: [], writers: [] },
};
export const movingFields = Object.keys(fieldRules);

export type DocumentOf = { readonly record: string; readonly facet: string };

export class ReferenceModel {
  readonly #team: ReadonlySet<string>;
  /** `space member` -> persona */
  readonly #personas = new Map<string, Outsider>();
  /** record -> spaces, its home first */
  readonly #spaces = new Map<string, Set<string>>();
  readonly documents: DocumentOf[] = [];
  /** `field persona` */
  readonly #matrix = new Map<string, FieldRight>();
  /** record -> field -> value */
  readonly #values = new Map<string, Map<string, string | number>>();

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

  decide(field: string, persona: Outsider, right: FieldRight): void {
    this.#matrix.set(`${field} ${persona}`, right);
  }

  put(record: string, field: string, value: string | number): void {
    const values = this.#values.get(record) ?? new Map<string, string | number>();
    this.#values.set(record, values.set(field, value));
  }

  value = (record: string, field: string): string | number | undefined => this.#values.get(record)?.get(field);

  /** The widest of what the personas give through which somebody has the record: no more than their sum. */
  fieldRight(member: string, record: string, field: string): FieldRight {
    if (this.#team.has(member)) return "write";
    const { readers = [], writers = [] } = fieldRules[field] ?? {};
    const rights = [...(this.#spaces.get(record) ?? [])].flatMap((space): FieldRight[] => {
      const persona = this.#personas.get(`${space} ${member}`);
      if (persona === undefined) return [];
      const atFirst = writers.includes(persona) ? "write" : readers.includes(persona) ? "read" : "none";
      return [this.#matrix.get(`${field} ${persona}`) ?? atFirst];
    });
    return rights.includes("write") ? "write" : rights.includes("read") ? "read" : "none";
  }

  /** What somebody sees of the fields that move. */
  fieldsSeen(member: string, record: string): Readonly<Record<string, string | number>> {
    const values = [...(this.#values.get(record) ?? [])];
    return Object.fromEntries(values.filter(([field]) => this.fieldRight(member, record, field) !== "none"));
  }

  mayRead = (member: string, document: DocumentOf): boolean => this.#may(member, document, "readers");
  mayWrite = (member: string, document: DocumentOf): boolean => this.#may(member, document, "writers");

  readable(member: string): ReadonlySet<string> {
    return new Set(this.documents.filter((one) => this.mayRead(member, one)).map(nameOf));
  }
}

export const nameOf = ({ record, facet }: DocumentOf): string => `${record}.${facet}`;
