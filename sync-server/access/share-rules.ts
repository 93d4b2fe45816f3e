// Share rules: "leads whose partner is this partner" as a filter that keeps records linked into a space. A changed record is
// held against the rules that could concern it, off the hot path, whenever the read model has projected it; a new rule goes
// through all records of its type once.

import { setImmediate as nextTurn } from "node:timers/promises";
import { facetOfAudience } from "#shared/model/audience.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { isPersonalSpace, newId } from "#shared/model/ids.ts";
import { isInternal, isPersona } from "#shared/model/personas.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import {
  compileShareFilter,
  conditionsOf,
  matchesEverything,
  parseShareFilter,
  requiredValue,
  type ShareFilter,
} from "#shared/model/share-filter.ts";
import type { DocumentMeta, SpaceInfo } from "#shared/protocol/frames.ts";
import { facetOfField } from "#shared/model/policy.ts";
import { takesShareRules, type RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import type { RulePreview } from "#shared/model/sharing-report.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type {
  DirectoryStorage,
  FacetRow,
  LinkRow,
  ReadModelStorage,
  ShareRuleRow,
} from "#sync-server/storage/storage.ts";
import { fail, notAllowed } from "./access-errors.ts";
import { manages, type AccessError, type Member } from "./access.ts";
import type { Audit } from "./audit-trail.ts";
import { BY_HAND, type LinkChange } from "./links.ts";
import type { OpenAccess } from "./open-access.ts";

export type RuleInput = {
  readonly space: string;
  readonly type: string;
  readonly filter: unknown;
  /** Said by somebody who was told that the rule lets every record through. */
  readonly everything?: boolean | undefined;
};

export type ShareRules = {
  list(by: Member, spaceId: string): Result<readonly ShareRuleRow[], AccessError>;
  preview(by: Member, input: RuleInput): Result<RulePreview, AccessError>;
  save(by: Member, input: RuleInput): Promise<Result<ShareRuleRow, AccessError>>;
  remove(by: Member, id: string): Promise<Result<void, AccessError>>;
  /** Rules that ask for this text, whatever the case. */
  holding(text: string): readonly ShareRuleRow[];
  /**
   * In the turn of the commit, before anybody is sent it: who loses a record by a change gets neither this change nor what
   * follows it. What comes to be shared is left to the read model.
   */
  committed(updates: readonly DocumentMeta[]): void;
  /** Changed records, as the read model has them now. */
  projected(rows: readonly Pick<FacetRow, "recordId">[]): Promise<void>;
  /** Drops links that stand for nothing any more, before anybody is served. */
  tidy(): Promise<void>;
  /** Everything once more: what a crash between projection and link left undone. */
  catchUp(): Promise<void>;
};

type Dependencies = {
  readonly access: OpenAccess;
  readonly storage: Pick<DirectoryStorage, "shareRules" | "saveShareRule" | "removeShareRule">;
  readonly rows: Pick<ReadModelStorage, "recordIdsOfType"> & {
    /** As they are now, committed a moment ago or long since. */
    facetsOfRecord(recordId: string): readonly FacetRow[];
  };
  readonly audit: Pick<Audit, "record">;
  readonly onProblem: (error: unknown) => void;
};

type Compiled = {
  readonly row: ShareRuleRow;
  readonly test: (fields: Readonly<Record<string, FieldValue>>) => boolean;
  readonly key: string;
};
type Merged = {
  readonly id: string;
  readonly type: string;
  readonly home: string;
  readonly fields: Record<string, FieldValue>;
  /** Where each of them lies. */
  readonly facetOf: Readonly<Record<string, string>>;
};

const EXAMPLES = 5;
const CHUNK = 200;

const anyValue = (type: string): string => JSON.stringify([type]);
const valueKey = (type: string, field: string, value: string): string => JSON.stringify([type, field, value]);

/** Rules by the comparison they cannot do without: most of them are never looked at for a record they do not concern. */
export function createRuleIndex() {
  const byKey = new Map<string, Map<string, Compiled>>();
  const fieldsByType = new Map<string, Map<string, number>>();

  function count(type: string, field: string, step: 1 | -1): void {
    const fields = fieldsByType.get(type) ?? new Map<string, number>();
    fieldsByType.set(type, fields.set(field, (fields.get(field) ?? 0) + step));
  }

  function compile(row: ShareRuleRow): Compiled {
    const required = requiredValue(row.filter);
    return {
      row,
      test: compileShareFilter(row.filter, findRecordType(row.type)?.fields ?? {}),
      key: required === undefined ? anyValue(row.type) : valueKey(row.type, required.field, required.value),
    };
  }

  return {
    add(row: ShareRuleRow): Compiled {
      const compiled = compile(row);
      const rules = byKey.get(compiled.key) ?? new Map<string, Compiled>();
      const required = requiredValue(row.filter);
      if (required !== undefined && !rules.has(row.id)) count(row.type, required.field, 1);
      byKey.set(compiled.key, rules.set(row.id, compiled));
      return compiled;
    },
    remove(row: ShareRuleRow): void {
      const isRemoved = byKey.get(compile(row).key)?.delete(row.id) === true;
      const required = requiredValue(row.filter);
      if (isRemoved && required !== undefined) count(row.type, required.field, -1);
    },
    /** Ids of the rules that let this record through. */
    matching({ type, fields }: Pick<Merged, "type" | "fields">): readonly ShareRuleRow[] {
      const candidates = [...(byKey.get(anyValue(type))?.values() ?? [])];
      for (const [field, rules] of fieldsByType.get(type) ?? []) {
        const held = fields[field];
        const values = rules === 0 ? [] : typeof held === "string" ? [held] : Array.isArray(held) ? held : [];
        for (const value of values)
          candidates.push(...(byKey.get(valueKey(type, field, String(value)))?.values() ?? []));
      }
      return candidates.filter(({ test }) => test(fields)).map(({ row }) => row);
    },
  };
}

export function openShareRules({ access, storage, rows, audit, onProblem }: Dependencies): ShareRules {
  const rules = new Map(storage.shareRules().map((row) => [row.id, row]));
  const index = createRuleIndex();
  for (const row of rules.values()) index.add(row);

  /** Where a field may lie. Of what an author picks the audience for, any of these. */
  const facetsOf = (definition: RecordTypeDefinition, field: string): readonly string[] =>
    definition.placement === "chosen"
      ? Object.values(facetOfAudience)
      : [facetOfField(definition, field, "", access.policies.view())];

  function merge(recordId: string): Merged | undefined {
    const facets = rows.facetsOfRecord(recordId);
    const [first] = facets;
    if (first === undefined) return undefined;
    const definition = findRecordType(first.type);
    const fields: Record<string, FieldValue> = {};
    const facetOf: Record<string, string> = {};
    for (const { facet, state, fields: own } of facets) {
      if (state === "deleted") continue;
      // A field counts only where it lies: whoever may write one facet does not decide over a field of another.
      for (const [field, value] of Object.entries(own))
        if (definition === undefined || facetsOf(definition, field).includes(facet)) {
          fields[field] = value;
          facetOf[field] = facet;
        }
    }
    return { id: recordId, type: first.type, home: first.space, fields, facetOf };
  }

  /** As this member knows it: of a title they do not read, nothing. */
  function titleOf({ id, type, home, fields, facetOf }: Merged, reader: Member): string {
    const title = findRecordType(type)?.title ?? [];
    const reads = (facet: string): boolean => access.mayRead(reader.id, { recordId: id, type, space: home, facet });
    return (typeof title === "string" ? [title] : title)
      .filter((name) => reads(facetOf[name] ?? ""))
      .map((name) => fields[name])
      .filter((part) => typeof part === "string")
      .join(" ")
      .trim();
  }

  /** Rules go by what was saved; what a record is and where it lies is asked each time. */
  function mayBeRuled({ type, home }: Merged): boolean {
    const definition = findRecordType(type);
    return definition !== undefined && takesShareRules(definition) && !isPersonalSpace(home);
  }

  /** What must change for the links of a record to be what the rules say. */
  function changesOf(record: Merged): readonly LinkChange[] {
    const isGone = Object.keys(record.fields).length === 0;
    const wanted = new Map<string, ShareRuleRow>();
    if (!isGone && mayBeRuled(record))
      for (const row of index.matching(record)) if (row.spaceId !== record.home) wanted.set(row.id, row);
    const links = access.links.spacesOf(record.id).map((space) => access.links.find(record.id, space));
    const held = links.flatMap((link) =>
      (link?.sources ?? []).map((source) => ({ source, spaceId: link?.spaceId ?? "" })),
    );
    const base = { recordId: record.id, home: record.home };
    const news = [...wanted.values()].filter(
      ({ id, spaceId }) => !held.some((one) => one.source === id && one.spaceId === spaceId),
    );
    const over = held.filter(({ source }) => rules.has(source) && !wanted.has(source));
    return [
      ...news.map(({ id, spaceId }) => ({ ...base, spaceId, source: id, isLinked: true })),
      ...over.map(({ source, spaceId }) => ({ ...base, spaceId, source, isLinked: false })),
    ];
  }

  /** Whether a rule that keeps the record linked asks for a field of this facet. */
  function mayEndALink({ recordId, type, facet }: DocumentMeta): boolean {
    const definition = findRecordType(type);
    if (definition === undefined) return false;
    const sources = access.links.spacesOf(recordId).flatMap((id) => access.links.find(recordId, id)?.sources ?? []);
    const asked = sources.flatMap((source) => rules.get(source) ?? []).flatMap(({ filter }) => conditionsOf(filter));
    return asked.some(({ field }) => facetsOf(definition, field).includes(facet));
  }

  /** Waits for changes that are on their way, then takes away what came of them. */
  async function unlinkAll({ id, spaceId }: ShareRuleRow): Promise<void> {
    const held = (): readonly LinkRow[] =>
      [...access.links.inSpace(spaceId)].filter(({ sources }) => sources.includes(id));
    do {
      await access.changeLinks(
        held().map(({ recordId, home }) => ({ recordId, spaceId, home, source: id, isLinked: false })),
      );
    } while (held().length > 0);
  }

  async function goThrough(recordIds: readonly string[]): Promise<void> {
    for (let start = 0; start < recordIds.length; start += CHUNK) {
      const records = recordIds.slice(start, start + CHUNK).flatMap((id) => merge(id) ?? []);
      await access.changeLinks(records.flatMap(changesOf));
      await nextTurn();
    }
  }

  type Checked = {
    readonly space: SpaceInfo;
    readonly definition: RecordTypeDefinition;
    readonly filter: ShareFilter;
    readonly readers: readonly string[];
  };

  function check(by: Member, { space: spaceId, type, filter: raw }: RuleInput): Result<Checked, AccessError> {
    const space = access.spacesOf(by.id).find(({ id }) => id === spaceId);
    const definition = findRecordType(type);
    if (!manages(by) || space === undefined || space.kind === "personal") return notAllowed();
    if (space.kind === "crm")
      return fail("BadInput", "The CRM is the team's own space. Share into a portal or a group.");
    if (space.archived === true) return fail("BadInput", `${space.name} is archived. Bring it back first.`);
    if (definition === undefined) return fail("BadInput", "Choose what the rule shares.");
    if (!takesShareRules(definition))
      return fail("BadInput", `${definition.label.many} are not shared by rules. Choose something else.`);
    const parsed = parseShareFilter(raw, definition.fields);
    if (!parsed.ok) {
      const { place, message } = parsed.error;
      return fail("BadInput", place === "" ? message : `${message} (at ${place})`);
    }
    const hidden = conditionsOf(parsed.value).find(
      ({ field }) => !facetsOf(definition, field).every((facet) => access.readsSomewhere(by.id, { type, facet })),
    );
    if (hidden !== undefined)
      return fail(
        "BadInput",
        `You may not read ${definition.fields[hidden.field]?.label ?? hidden.field} yourself, so no rule of yours may ask for it.`,
      );
    if (matchesEverything(parsed.value, definition.fields))
      return fail(
        "BadInput",
        `This lets every ${definition.label.one.toLowerCase()} through. Say which ones are meant.`,
      );
    const outside = space.members.filter(({ persona }) => isPersona(persona) && !isInternal(persona));
    const facets = new Set(Object.keys(definition.fields).flatMap((field) => facetsOf(definition, field)));
    const readers = outside.filter(({ id }) =>
      [...facets].some((facet) => access.readsIn(space.id, id, { space: space.id, type, recordId: "", facet })),
    );
    if (outside.length > 0 && readers.length === 0)
      return fail(
        "BadInput",
        `Nobody from outside in ${space.name} may read anything of ${definition.label.many.toLowerCase()}.`,
      );
    return ok({ space, definition, filter: parsed.value, readers: readers.map(({ name }) => name) });
  }

  function findMatches(type: string, filter: ShareFilter, home: string): { total: number; matches: readonly Merged[] } {
    const test = compileShareFilter(filter, findRecordType(type)?.fields ?? {});
    const records = rows
      .recordIdsOfType(type)
      .flatMap((id) => merge(id) ?? [])
      .filter((record) => Object.keys(record.fields).length > 0 && record.home !== home && mayBeRuled(record));
    return { total: records.length, matches: records.filter(({ fields }) => test(fields)) };
  }

  const everything = (checked: Checked, total: number): string =>
    `This lets all ${total} ${checked.definition.label.many.toLowerCase()} through. Say that this is meant, or narrow it.`;

  return {
    list: (by, spaceId) =>
      manages(by) ? ok([...rules.values()].filter((row) => row.spaceId === spaceId)) : notAllowed(),
    preview(by, input) {
      const checked = check(by, input);
      if (!checked.ok) {
        return checked.error.type === "NotAllowed"
          ? checked
          : ok({ total: 0, count: 0, examples: [], readers: [], refusal: checked.error.message });
      }
      const { total, matches } = findMatches(input.type, checked.value.filter, input.space);
      return ok({
        total,
        count: matches.length,
        examples: matches.slice(0, EXAMPLES).map((record) => ({ id: record.id, title: titleOf(record, by) })),
        readers: checked.value.readers,
        refusal:
          matches.length === total && total > 1 && input.everything !== true ? everything(checked.value, total) : "",
      });
    },
    async save(by, input) {
      const checked = check(by, input);
      if (!checked.ok) return checked;
      const { total, matches } = findMatches(input.type, checked.value.filter, input.space);
      if (matches.length === total && total > 1 && input.everything !== true)
        return fail("BadInput", everything(checked.value, total));
      const row = {
        id: newId(),
        spaceId: input.space,
        type: input.type,
        filter: checked.value.filter,
        by: by.id,
        at: Date.now(),
      };
      await storage.saveShareRule(row);
      rules.set(row.id, row);
      index.add(row);
      await audit.record({
        action: "rule.saved",
        actor: by.id,
        target: row.id,
        details: { space: row.spaceId, type: row.type },
      });
      // Looked for once more: what was projected while the rule was being written met no rule.
      await goThrough(findMatches(input.type, checked.value.filter, input.space).matches.map(({ id }) => id));
      return ok(row);
    },
    async remove(by, id): Promise<Result<void, AccessError>> {
      const row = manages(by) ? rules.get(id) : undefined;
      if (row === undefined)
        return err({ type: "NotAllowed", message: "You may not do this here. Ask an owner or a manager." });
      // It links nothing from now on. It goes last: cut short, it is there and links again.
      index.remove(row);
      try {
        await unlinkAll(row);
        await storage.removeShareRule(id);
      } catch (error) {
        index.add(row);
        throw error;
      }
      rules.delete(id);
      await audit.record({ action: "rule.removed", actor: by.id, target: id, details: { space: row.spaceId } });
      return ok(undefined);
    },
    holding: (text) =>
      [...rules.values()].filter(({ filter }) => JSON.stringify(filter).toLowerCase().includes(text.toLowerCase())),
    committed(updates) {
      if (rules.size === 0) return;
      const recordIds = new Set(updates.filter(mayEndALink).map(({ recordId }) => recordId));
      const over = [...recordIds]
        .flatMap((id) => merge(id) ?? [])
        .flatMap(changesOf)
        .filter(({ isLinked }) => !isLinked);
      // The read model comes by again when it could not be written.
      if (over.length > 0) access.changeLinks(over).catch(onProblem);
    },
    async projected(changed) {
      if (rules.size > 0) await goThrough([...new Set(changed.map(({ recordId }) => recordId))]);
    },
    async tidy() {
      const isOver = (source: string, home: string): boolean =>
        isPersonalSpace(home) || (source !== BY_HAND && !rules.has(source));
      await access.changeLinks(
        access.links
          .all()
          .flatMap(({ recordId, spaceId, home, sources }) =>
            sources
              .filter((source) => isOver(source, home))
              .map((source) => ({ recordId, spaceId, home, source, isLinked: false })),
          ),
      );
    },
    async catchUp() {
      const types = new Set([...rules.values()].map(({ type }) => type));
      for (const type of types) await goThrough(rows.recordIdsOfType(type));
    },
  };
}
