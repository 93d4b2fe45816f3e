// Spaces made, named, archived, joined and left: who may, and what is said when not. The team is in every space; a project's
// space comes with its project and is called what that is called.

import { isId, newId, personalSpaceOf } from "#shared/model/ids.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { assert, ok, type Result } from "#shared/model/result.ts";
import { inboxState } from "#shared/record-types/index.ts";
import { fail, noSuchPersona, notAllowed } from "./access-errors.ts";
import { manages, type Access, type AccessError } from "./access.ts";
import type { AuditEvent } from "./audit-trail.ts";
import type { Directory } from "./directory.ts";

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
    await directory.saveSpace({ id: spaceId, kind: "project", name: NEW_PROJECT_NAME });
    await letTeamIn(spaceId);
    await record({ action: "space.made", actor: madeBy, target: spaceId });
  }

  async function letTeamIn(spaceId: string): Promise<void> {
    const team = directory.members().filter((member) => isInternal(member.persona));
    for (const member of team) await directory.join(spaceId, member.id, member.persona);
    tellSpacesChanged(team.map((member) => member.id));
  }

  /** Theirs alone, team or not: managing does not reach it (rule W14). */
  async function makePersonalSpace(id: string, memberId: string, persona: Persona): Promise<void> {
    await directory.saveSpace({ id, kind: "personal", name: "" });
    await directory.join(id, memberId, persona);
    tellSpacesChanged([memberId]);
  }

  return {
    async addToSpace(by, spaceId, memberId, persona): Promise<Result<void, AccessError>> {
      const space = directory.space(spaceId);
      const member = directory.memberById(memberId);
      if (!manages(by) || space === undefined || member === undefined) return notAllowed();
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
      await directory.join(spaceId, memberId, persona);
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
      await directory.saveSpace(space);
      await letTeamIn(space.id);
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
      if (directory.space(meta.space) !== undefined) return true;
      const member = directory.memberById(memberId);
      if (member !== undefined && meta.space === personalSpaceOf(memberId)) {
        if (meta.type !== inboxState.type || meta.recordId !== meta.space) return false;
        await makePersonalSpace(meta.space, memberId, member.persona);
        return true;
      }
      const isProject = meta.type === "project" && meta.space === meta.recordId && isId(meta.space);
      if (!isProject || member === undefined || !isInternal(member.persona)) return false;
      const made = makeProjectSpace(meta.space, memberId).finally(() => inTheMaking.delete(meta.space));
      inTheMaking.set(meta.space, made);
      await made;
      return true;
    },
    async renameSpace(spaceId, name) {
      const space = directory.space(spaceId);
      if (space === undefined || space.name === name || name === "") return;
      await directory.saveSpace({ ...space, name });
      tellSpacesChanged(directory.memberIdsOf(spaceId));
    },
  };
}
