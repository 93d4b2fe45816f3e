// Sharing by hand: a member of the team links a record they may read into another space they are in. Who would come to see
// what is told before it happens, and a link that nobody from outside could read anything through is refused.

import { isPersonalSpace } from "#shared/model/ids.ts";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { SpaceContents } from "#shared/model/sharing-report.ts";
import type { DocumentMeta, SpaceInfo } from "#shared/protocol/frames.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { fail, notAllowed, type AccessFailure } from "./access-errors.ts";
import type { AccessError, Member } from "./access.ts";
import type { Audit } from "./audit-trail.ts";
import { BY_HAND } from "./links.ts";
import type { OpenAccess } from "./open-access.ts";

/** A space a record is in. */
export type RecordPlace = {
  readonly id: string;
  readonly name: string;
  readonly kind: SpaceInfo["kind"];
  readonly isHome: boolean;
  /** Why it is there: `hand`, ids of share rules. Empty at home. */
  readonly sources: readonly string[];
};

/** Somebody from outside, and the facets of the record they would read through the space. */
export type FutureReader = {
  readonly id: string;
  readonly name: string;
  readonly persona: Persona;
  readonly facets: readonly string[];
};

export type SharePreview = {
  readonly readers: readonly FutureReader[];
  /** Why it would be refused; empty when it would not. */
  readonly refusal: string;
};

export type Sharing = {
  placesOf(by: Member, recordId: string): Result<readonly RecordPlace[], AccessError>;
  /** For the team: what is shared into a space, and who from outside reads of it. */
  contentsOf(by: Member, spaceId: string): Result<SpaceContents, AccessError>;
  preview(by: Member, recordId: string, spaceId: string): Result<SharePreview, AccessError>;
  share(by: Member, recordId: string, spaceId: string): Promise<Result<void, AccessError>>;
  unshare(by: Member, recordId: string, spaceId: string): Promise<Result<void, AccessError>>;
};

const MOST_CONTENTS = 200;

type Dependencies = {
  readonly access: OpenAccess;
  readonly log: Pick<UpdateLog, "documentsOf">;
  readonly audit: Pick<Audit, "record">;
  /** Resolves when what has been written so far has been looked at, and is withheld if it must not be shared. */
  readonly settled: () => Promise<void>;
};

type Found = { readonly home: string; readonly documents: readonly DocumentMeta[]; readonly space: SpaceInfo };

export function createSharing({ access, log, audit, settled }: Dependencies): Sharing {
  function documentsFor(by: Member, recordId: string): readonly DocumentMeta[] {
    if (!isInternal(by.persona)) return [];
    const documents = log.documentsOf(recordId);
    return documents.some((document) => access.mayRead(by.id, document)) ? documents : [];
  }

  function find(by: Member, recordId: string, spaceId: string): Found | AccessFailure {
    const documents = documentsFor(by, recordId);
    const space = access.spacesOf(by.id).find(({ id }) => id === spaceId);
    const home = documents[0]?.space;
    return home === undefined || space === undefined ? notAllowed() : { home, documents, space };
  }

  function readersIn({ documents, space }: Found): readonly FutureReader[] {
    return space.members.flatMap(({ id, name, persona }) => {
      if (!isPersona(persona) || isInternal(persona)) return [];
      const facets = documents.filter((document) => access.readsIn(space.id, id, document)).map(({ facet }) => facet);
      return [{ id, name, persona, facets }];
    });
  }

  function refusalOf(recordId: string, found: Found, readers: readonly FutureReader[]): string {
    const { space, home } = found;
    if (space.id === home) return "This is where the record lives already.";
    if (isPersonalSpace(home)) return "This is yours alone. Nothing of it is shared with anybody.";
    if (access.isWithheld(recordId))
      return "The person has withdrawn consent to being shown outside the team. Settings > Data requests says when.";
    if (space.archived === true) return `${space.name} is archived. Bring it back first.`;
    if (space.kind === "personal") return "This space is yours alone. Share into a project, a portal or a group.";
    if (space.kind === "crm") return "The CRM is the team's own space. Share into a project, a portal or a group.";
    if (readers.length > 0 && readers.every(({ facets }) => facets.length === 0))
      return `Nobody from outside in ${space.name} may read anything of this record. Change who sees its fields, or choose another space.`;
    return "";
  }

  return {
    placesOf(by, recordId) {
      const documents = documentsFor(by, recordId);
      const home = documents[0]?.space;
      if (home === undefined) return notAllowed();
      const own = new Map(access.spacesOf(by.id).map((space) => [space.id, space]));
      return ok(
        [home, ...access.links.spacesOf(recordId)].flatMap((id): RecordPlace[] => {
          const space = own.get(id);
          if (space === undefined) return [];
          const sources = access.links.find(recordId, id)?.sources ?? [];
          return [{ id, name: space.name, kind: space.kind, isHome: id === home, sources: id === home ? [] : sources }];
        }),
      );
    },
    contentsOf(by, spaceId) {
      const space = access.spacesOf(by.id).find(({ id }) => id === spaceId);
      if (!isInternal(by.persona) || space === undefined) return notAllowed();
      const all = [...access.links.inSpace(spaceId)].flatMap(({ recordId, sources }) => {
        const documents = sources.length === 0 ? [] : documentsFor(by, recordId);
        const [first] = documents;
        return first === undefined
          ? []
          : [{ home: first.space, type: first.type, recordId, sources, documents, space }];
      });
      const records = all.slice(0, MOST_CONTENTS).map((found) => ({
        id: found.recordId,
        type: found.type,
        sources: found.sources,
        readers: readersIn(found).flatMap(({ name, facets }) => (facets.length === 0 ? [] : [name])),
      }));
      return ok({ total: all.length, ids: all.map(({ recordId }) => recordId), records });
    },
    preview(by, recordId, spaceId) {
      const found = find(by, recordId, spaceId);
      if ("error" in found) return found;
      const readers = readersIn(found);
      return ok({ readers, refusal: refusalOf(recordId, found, readers) });
    },
    async share(by, recordId, spaceId): Promise<Result<void, AccessError>> {
      await settled();
      const found = find(by, recordId, spaceId);
      if ("error" in found) return found;
      const refusal = refusalOf(recordId, found, readersIn(found));
      if (refusal !== "") return fail("BadInput", refusal);
      await access.changeLinks([{ recordId, spaceId, home: found.home, source: BY_HAND, isLinked: true }]);
      await audit.record({ action: "record.linked", actor: by.id, target: recordId, details: { space: spaceId } });
      return ok(undefined);
    },
    async unshare(by, recordId, spaceId): Promise<Result<void, AccessError>> {
      const found = find(by, recordId, spaceId);
      if ("error" in found) return found;
      const sources = access.links.find(recordId, spaceId)?.sources ?? [];
      if (!sources.includes(BY_HAND)) {
        return sources.length === 0
          ? err({ type: "BadInput", message: `This record is not shared into ${found.space.name}.` })
          : fail("BadInput", `A share rule keeps this record in ${found.space.name}. Change the rule instead.`);
      }
      await access.changeLinks([{ recordId, spaceId, home: found.home, source: BY_HAND, isLinked: false }]);
      await audit.record({ action: "record.unlinked", actor: by.id, target: recordId, details: { space: spaceId } });
      return ok(undefined);
    },
  };
}
