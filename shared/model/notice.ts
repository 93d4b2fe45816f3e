// What only the relay knows and a person has to be told: somebody looked through the lens as them, somebody asks something
// about their data, such a question was answered. Ids and names, no values.

/** Somebody of the team looked at a record as this person sees it. */
export type LensUse = {
  /** ISO time. */
  readonly at: string;
  readonly by: string;
  /** Empty for whoever is gone. */
  readonly byName: string;
  readonly record: string;
};

export type Notice =
  | ({ readonly kind: "viewed" } & LensUse)
  | {
      /** For owners and managers: a request that waits for an answer; for who asked: one that was answered. */
      readonly kind: "asked" | "answered";
      readonly at: string;
      readonly by: string;
      readonly byName: string;
      readonly request: string;
      readonly about: "erasure" | "consent";
    };
