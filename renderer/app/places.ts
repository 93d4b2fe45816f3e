// The places one can go, derived from the record types and from what the member's spaces are. One list feeds the
// navigation, the phone's bar, the keyboard and the router.

import { recordTypes } from "#shared/record-types/index.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";

export type ListPlace = { readonly type: string; readonly path: string; readonly label: string };

// Comments are read where they were written, not as a list of their own.
const hasList = (definition: RecordTypeDefinition): boolean =>
  definition.home === "crm" || (definition.home === "any" && definition.type !== "comment");

const slugOf = (definition: RecordTypeDefinition): string => definition.label.many.toLowerCase().replaceAll(" ", "-");

export const listPlaces: readonly ListPlace[] = recordTypes
  .filter(hasList)
  .map((definition) => ({ type: definition.type, path: `/${slugOf(definition)}`, label: definition.label.many }));

export const typeOfSlug = (slug: string): string | undefined =>
  listPlaces.find((place) => place.path === `/${slug}`)?.type;

export type Section = "crm" | "projects" | "settings";

/** Without the CRM, what somebody opens came to them through a project or a portal. */
export function sectionOf(path: string, hasCrm: boolean): Section {
  if (path.startsWith("/projects") || path.startsWith("/spaces")) return "projects";
  return ["/settings", "/pending", "/my-data", "/late-edits"].some((page) => path.startsWith(page))
    ? "settings"
    : hasCrm
      ? "crm"
      : "projects";
}
