// The sentence for an edit that was not saved: what to do next, never a code.

import type { EditError } from "#renderer/data/types.ts";

export function saveProblem(error: EditError, field?: string): string {
  if (error.type !== "InvalidFields") return error.message;
  const own = field === undefined ? undefined : error.fields[field];
  return own?.message ?? Object.values(error.fields)[0]?.message ?? "Check the values and try again.";
}
