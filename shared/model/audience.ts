// The audience an author picks for a comment, note or document: it decides the facet, and so who ever receives it.

export const audiences = ["internal", "client", "partner", "everyone"] as const;
export type AudienceChoice = (typeof audiences)[number];

/** Facet for records whose placement is `chosen`: writable by the audience itself, so that outsiders can answer. */
export const facetOfAudience: Readonly<Record<AudienceChoice, string>> = {
  internal: "internal",
  client: "client-shared",
  partner: "partner-shared",
  everyone: "shared",
};

export const audienceLabels: Readonly<Record<AudienceChoice, string>> = {
  internal: "Team only",
  client: "Team and client",
  partner: "Team and partner",
  everyone: "Everyone here",
};
