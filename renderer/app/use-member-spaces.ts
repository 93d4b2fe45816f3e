// What the signed-in member may enter: the CRM (the team) and projects (everybody). Clients and partners have no CRM.

import { useSpaces } from "#renderer/data/hooks.tsx";
import type { SpaceRow } from "#renderer/data/types.ts";

export type MemberSpaces = {
  readonly hasCrm: boolean;
  readonly projects: readonly SpaceRow[];
  /** Portals and groups that are not archived. */
  readonly portals: readonly SpaceRow[];
};

/** Undefined until the spaces are known: the frame then shows neither too much nor too little. */
export function useMemberSpaces(): MemberSpaces | undefined {
  const spaces = useSpaces();
  if (spaces === undefined) return undefined;
  return {
    hasCrm: spaces.some((space) => space.kind === "crm"),
    projects: spaces.filter((space) => space.kind === "project" && space.archived !== true),
    portals: spaces.filter(({ kind, archived }) => (kind === "portal" || kind === "group") && archived !== true),
  };
}
