// Names behind ids, as far as a member may know them: the people and spaces of their own spaces, and for the team everybody.

import type { Access, Member } from "#sync-server/access/access.ts";

/** Empty for whoever is gone or none of the member's business. */
export function namesFor(access: Access, member: Member): (id: string) => string {
  const spaces = access.spacesOf(member.id);
  const names = new Map([
    ...spaces.map(({ id, name }): [string, string] => [id, name]),
    ...spaces.flatMap(({ members }) => members.map(({ id, name }): [string, string] => [id, name])),
    ...access.membersFor(member).map(({ id, name }): [string, string] => [id, name]),
  ]);
  return (id) => names.get(id) ?? "";
}
