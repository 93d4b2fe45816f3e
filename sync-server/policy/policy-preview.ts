// Who would newly see what, before anything changes: people by name, records by number, one of them as an example.

import type { PolicyPreview, Sharing } from "#shared/model/policy-report.ts";
import {
  diffPlacements,
  diffRights,
  facetOfField,
  type Policy,
  type PolicyView,
  type RightChange,
} from "#shared/model/policy.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { Persona } from "#shared/model/personas.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { titleOfRows } from "#sync-server/read-model/row-content.ts";
import type { ReadModelStorage } from "#sync-server/storage/storage.ts";

export type PreviewSources = {
  readonly rows: Pick<ReadModelStorage, "recordsWithField" | "facetsOfRecord">;
  readonly log: Pick<UpdateLog, "documentsIn">;
  readonly mayRead: (memberId: string, document: DocumentMeta) => boolean;
  /** Records that other spaces share into this one. */
  readonly linkedInto: (spaceId: string) => readonly string[];
  readonly spaceIds: () => readonly string[];
  readonly spaceName: (spaceId: string) => string;
  /** Members of a space by what they are there. */
  readonly membersOf: (
    spaceId: string,
  ) => readonly { readonly id: string; readonly name: string; readonly persona: Persona }[];
};

type Parts = Pick<PolicyPreview, "changes" | "gains" | "losses" | "gaining" | "losing" | "moves">;

/** Shown to `reader`: examples are named as they know them. */
export function previewPolicy(before: PolicyView, after: Policy, sources: PreviewSources, reader: string): Parts {
  const changes = diffRights(before, after);
  const gains = sharings(
    changes.filter((change) => change.from === "none"),
    before,
    sources,
    reader,
  );
  const losses = sharings(
    changes.filter((change) => change.to === "none"),
    before,
    sources,
    reader,
  );
  return {
    changes,
    gains,
    losses,
    gaining: countPeople(gains),
    losing: countPeople(losses),
    moves: diffPlacements(before, after).map((move) => ({
      ...move,
      documents: sources.log.documentsIn(move.type, move.from).length,
    })),
  };
}

const countPeople = (all: readonly Sharing[]): number =>
  new Set(all.flatMap((one) => one.people.map((person) => person.id))).size;

/** By space and type, for the same people the fields together. */
function sharings(
  changes: readonly RightChange[],
  before: PolicyView,
  sources: PreviewSources,
  reader: string,
): readonly Sharing[] {
  const found = new Map<string, Sharing>();
  const byField = Map.groupBy(changes, (change) => `${change.type} ${change.field}`);
  for (const own of byField.values()) {
    const [first] = own;
    const definition = first === undefined ? undefined : findRecordType(first.type);
    if (first === undefined || definition === undefined) continue;
    const { type, field } = first;
    const personas = new Set(own.map((change) => change.persona));
    const facet = facetOfField(definition, field, "", before);
    for (const { space, count, recordId } of placesOf({ type, facet, field }, sources)) {
      const people = sources.membersOf(space).filter((member) => personas.has(member.persona));
      if (people.length === 0) continue;
      const key = [space, type, ...people.map((person) => person.id)].join(" ");
      const known = found.get(key);
      found.set(key, {
        space: { id: space, name: sources.spaceName(space) },
        type,
        fields: [...(known?.fields ?? []), field],
        records: Math.max(known?.records ?? 0, count),
        people,
        example: known?.example ?? { recordId, title: titleOf(recordId, before, sources, reader) },
      });
    }
  }
  return [...found.values()].toSorted((left, right) => right.people.length - left.people.length);
}

type Place = { readonly space: string; readonly count: number; readonly recordId: string };

/** Where records with a value of the field are seen: at home, and in the spaces they are linked into. */
function placesOf(
  query: { readonly type: string; readonly facet: string; readonly field: string },
  { rows, linkedInto, spaceIds }: PreviewSources,
): readonly Place[] {
  const { type, facet, field } = query;
  const hasValue = (recordId: string): boolean =>
    rows
      .facetsOfRecord(recordId)
      .some(
        (row) => row.type === type && row.facet === facet && row.state !== "deleted" && row.fields[field] !== undefined,
      );
  const places = new Map(rows.recordsWithField(query).map((place): [string, Place] => [place.space, place]));
  for (const space of spaceIds()) {
    const linked = linkedInto(space).filter(hasValue);
    const [recordId] = linked;
    if (recordId === undefined) continue;
    const known = places.get(space);
    places.set(space, {
      space,
      count: (known?.count ?? 0) + linked.length,
      recordId: known?.recordId ?? recordId,
    });
  }
  return [...places.values()];
}

function titleOf(recordId: string, policy: PolicyView, { rows, mayRead }: PreviewSources, reader: string): string {
  const readable = rows.facetsOfRecord(recordId).filter((row) => mayRead(reader, row));
  return titleOfRows(recordId, readable, policy);
}
