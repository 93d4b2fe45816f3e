// Spaces made, named, archived, joined and left: who may, and what is said when not. The team is in every space; a project's
// space comes with its project and is called what that is called.

import { isId, isPersonalSpace, newId, personalSpaceOf } from "#shared/model/ids.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { assert, ok, type Result } from "#shared/model/result.ts";
import { inboxState } from "#shared/record-types/index.ts";
import { fail, noSuchPersona, notAllowed } from "./access-errors.ts";
import { manages, type Access, type AccessError } from "./access.ts";
import type { AuditEvent } from "./audit-trail.ts";
import type { Directory } from "./directory.ts";
import type { MemberRow, SpaceRow } from "#sync-server/storage/storage.ts";

export type Spaces = Pick<Access, "addToSpace" | "makeSpace" | "changeSpace" | "removeFromSpace" | "ensureSpace"> & {
  renameSpace(spaceId: string, name: string): Promise<void>;
};

type Dependencies = {
  readonly directory: Directory;
  readonly hasPersona: (persona: Persona) => boolean;
  readonly tellSpacesChanged: (memberIds: Iterable<string>) => void;
  readonly record: (event: AuditEvent) => Promise<void>;
};

const NEW_PROJECT_NAME = "New project";

export function createSpaces({ directory, hasPersona, tellSpacesChanged, record }: Dependencies): Spaces {
  const inTheMaking = new Map<string, Promise<void>>();

  async function makeProjectSpace(spaceId: string, madeBy: string): Promise<void> {
    await makeWith({ id: spaceId, kind: "project", name: NEW_PROJECT_NAME }, team);
    await record({ action: "space.made", actor: madeBy, target: spaceId });
  }

  const team = (): readonly MemberRow[] => directory.members().filter((member) => isInternal(member.persona));

  /** The space and who is in it come to be together: half of it would shut somebody out for ever. */
  async function makeWith(space: SpaceRow, people: () => readonly MemberRow[]): Promise<void> {
    assert(!directory.hasSpace(space.id), "a space is made once");
    await directory.saveTogether(() => ({
      space,
      memberships: people().map(({ id, persona }) => ({ spaceId: space.id, memberId: id, persona })),
    }));
    tellSpacesChanged(directory.memberIdsOf(space.id));
  }

  /** Who is the first to push waits for the space; whoever pushes meanwhile waits for the same. */
  async function makeOnce(spaceId: string, make: () => Promise<void>): Promise<true> {
    const made = make().finally(() => inTheMaking.delete(spaceId));
    inTheMaking.set(spaceId, made);
    await made;
    return true;
  }

  return {
    async addToSpace(by, spaceId, memberId, persona): Promise<Result<void, AccessError>> {
      const space = directory.space(spaceId);
      const member = directory.memberById(memberId);
      if (!manages(by) || space === undefined || member === undefined) return notAllowed();
      if (member.endedAt !== undefined)
        return fail("BadInput", "The access of this person has ended. Give it again under Settings, People.");
      if (!hasPersona(persona)) return noSuchPersona();
      if (isInternal(member.persona) !== isInternal(persona)) {
        return fail(
          "BadInput",
          "Somebody from outside cannot join as team, nor the team as somebody from outside. Choose another role.",
        );
      }
      if (space.kind === "crm" && !isInternal(persona)) {
        return fail("BadInput", "The CRM is for the team only. Add this person to a project instead.");
      }
      const before = directory.personaIn(spaceId, memberId);
      if (!(await directory.join(spaceId, memberId, persona, () => hasPersona(persona)))) return noSuchPersona();
      tellSpacesChanged(directory.memberIdsOf(spaceId));
      await record({
        action: before === undefined ? "space.joined" : "space.persona-changed",
        actor: by.id,
        target: memberId,
        details: { space: spaceId, persona, ...(before === undefined ? {} : { before }) },
      });
      return ok(undefined);
    },
    async makeSpace(by, { kind, name: typed }) {
      if (!manages(by)) return notAllowed();
      const name = typed.trim();
      if (name === "" || name.length > 200) return fail("BadInput", "Enter a name of up to 200 characters.");
      const space = { id: newId(), kind, name };
      await makeWith(space, team);
      await record({ action: "space.made", actor: by.id, target: space.id, details: { kind } });
      const made = directory.spacesOf(by.id).find(({ id }) => id === space.id);
      assert(made !== undefined, "who manages is of the team, and the team is in every space");
      return ok(made);
    },
    async changeSpace(by, spaceId, { name: typed, archived }): Promise<Result<void, AccessError>> {
      const space = directory.space(spaceId);
      if (!manages(by) || space === undefined) return notAllowed();
      if (space.kind === "crm") return fail("BadInput", "The CRM is always there, under this name.");
      const name = typed?.trim() ?? space.name;
      if (name === "" || name.length > 200) return fail("BadInput", "Enter a name of up to 200 characters.");
      if (name !== space.name && space.kind === "project")
        return fail(
          "BadInput",
          "A project's space is called what the project is called. Change its name on the project.",
        );
      const { archived: was = false, ...rest } = space;
      const is = archived ?? was;
      await directory.saveSpace({ ...rest, name, ...(is ? { archived: true } : {}) });
      tellSpacesChanged(directory.memberIdsOf(spaceId));
      if (is !== was)
        await record({ action: "space.archived", actor: by.id, target: spaceId, details: { archived: is } });
      return ok(undefined);
    },
    async removeFromSpace(by, spaceId, memberId): Promise<Result<void, AccessError>> {
      const space = directory.space(spaceId);
      const leaves = by.id === memberId && space?.kind !== "crm";
      if (space === undefined || !(leaves || manages(by))) return notAllowed();
      if (directory.personaIn(spaceId, memberId) === undefined) return notAllowed();
      if (directory.memberById(memberId)?.persona === "owner") {
        return fail("BadInput", "An owner is in every space and cannot be removed from one.");
      }
      const before = directory.memberIdsOf(spaceId);
      await directory.leave(spaceId, memberId);
      tellSpacesChanged(before);
      await record({ action: "space.left", actor: by.id, target: memberId, details: { space: spaceId } });
      return ok(undefined);
    },
    async ensureSpace(memberId, meta) {
      const making = inTheMaking.get(meta.space);
      if (making !== undefined) await making;
      // Somebody's own one too: whether its document may be written is asked next.
      if (directory.hasSpace(meta.space)) return true;
      const member = directory.memberById(memberId);
      if (member === undefined || meta.space !== meta.recordId || !isId(meta.space)) return false;
      // Theirs alone, team or not: managing does not reach it (rule W14).
      if (isPersonalSpace(meta.space)) {
        if (meta.space !== personalSpaceOf(memberId) || meta.type !== inboxState.type) return false;
        return makeOnce(meta.space, () => makeWith({ id: meta.space, kind: "personal", name: "" }, () => [member]));
      }
      if (meta.type !== "project" || !isInternal(member.persona)) return false;
      return makeOnce(meta.space, () => makeProjectSpace(meta.space, memberId));
    },
    async renameSpace(spaceId, name) {
      const space = directory.space(spaceId);
      if (space?.kind !== "project" || space.name === name || name === "") return;
      await directory.saveSpace({ ...space, name });
      tellSpacesChanged(directory.memberIdsOf(spaceId));
    },
  };
}
