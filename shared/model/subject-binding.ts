// A request binds what it is about to what is shown and hashed: the subject is of that record, in that space, under that
// title. Without it somebody could ask for one thing and have another one approved. The same rule stands in the two programs
// of docs/verify, in FORMAT.md and in PROTOCOL.md (S8).

import { parseCanonical, type Json } from "./canonical-json.ts";
import type { FieldValue } from "./field-value.ts";

/** What the subject calls itself, whatever its type: its title, its name, or somebody's two names. */
function namedIn(fields: Readonly<Record<string, Json>>): string | undefined {
  const textOf = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" ? value : "";
  };
  const parts = [textOf("firstName"), textOf("lastName")].filter((part) => part !== "");
  const named = textOf("title") || textOf("name") || parts.join(" ");
  return named === "" ? undefined : named;
}

type Bound = Readonly<Record<string, FieldValue>>;

/** A sentence when the subject of a request is not that of what it says it is about. */
export function subjectProblem({ about, title, subject }: Bound, space: string): string | undefined {
  const parsed = typeof subject === "string" ? parseCanonical(subject) : undefined;
  if (parsed?.ok !== true) return "The subject cannot be read.";
  const { record, space: itsSpace, fields } = parsed.value;
  if (record !== about || itsSpace !== space) return "The subject is of something else than what is to be approved.";
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return "The subject cannot be read.";
  const named = namedIn(fields as Readonly<Record<string, Json>>);
  return named === undefined || (typeof title === "string" && title.normalize("NFC") === named)
    ? undefined
    : "The title is not that of the subject.";
}
