// Where owners and managers decide who sees what: previews, versions, personas. Checks every decision before it is kept, and
// leaves a word of each in the audit. What follows from it is the policy keeper's and the field mover's.

import {
  addedPersonaLimit,
  isInternal,
  isShippedPersona,
  parseAddedPersona,
  personaLabel,
} from "#shared/model/personas.ts";
import type { Persona, PersonaLabel } from "#shared/model/personas.ts";
import type { PolicyPreview, PolicyState, PolicyVersion } from "#shared/model/policy-report.ts";
import {
  applyEdits,
  checkEdits,
  checkPolicy,
  diffRights,
  personasOf,
  shippedPolicy,
  warnAbout,
  type Policy,
  type PolicyEdit,
} from "#shared/model/policy.ts";
import { ok, type Result } from "#shared/model/result.ts";
import { manages, type AccessError, type Member } from "#sync-server/access/access.ts";
import { fail, notAllowed } from "#sync-server/access/access-errors.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { PolicyRow } from "#sync-server/storage/storage.ts";
import type { PolicyKeeper } from "./policy-keeper.ts";
import { previewPolicy, type PreviewSources } from "./policy-preview.ts";

/** `base`: the version they were made on; somebody may have decided meanwhile. */
export type PolicyProposal = { readonly base: number; readonly edits: readonly PolicyEdit[] };

type Answer<T> = Promise<Result<T, AccessError>>;

export type PolicyDesk = {
  /** For the team: where fields lie, and how many people have which persona. */
  state(): PolicyState;
  /** Newest first. */
  versions(): readonly PolicyVersion[];
  preview(by: Member, proposal: PolicyProposal): Result<PolicyPreview, AccessError>;
  /** What opens something waits a while and can be taken back; what only closes counts at once. */
  decide(by: Member, proposal: PolicyProposal): Answer<PolicyState>;
  takeBack(by: Member): Answer<PolicyState>;
  addPersona(by: Member, input: { readonly label: string; readonly side: "team" | "guest" }): Answer<PolicyState>;
  renamePersona(by: Member, id: Persona, label: string): Answer<PolicyState>;
  removePersona(by: Member, id: Persona): Answer<PolicyState>;
};

type Dependencies = {
  readonly policies: PolicyKeeper;
  readonly sources: PreviewSources;
  readonly audit: Pick<Audit, "record">;
  readonly holdMs: number;
  readonly members: () => readonly Member[];
  readonly spaceIds: () => readonly string[];
  /** Names of those who have it, in the organization, in a space, or by an open invitation. */
  readonly holdersOf: (persona: Persona) => readonly string[];
  /** While it runs nobody is given a persona. */
  readonly inTurn: <Outcome>(act: () => Promise<Outcome>) => Promise<Outcome>;
};

const LONGEST_LABEL = 40;

export function createPolicyDesk(deps: Dependencies): PolicyDesk {
  const { policies, sources, audit, holdMs } = deps;
  let isDeciding = false;
  const nameOf = (id: string): string => deps.members().find((member) => member.id === id)?.name ?? "Somebody";
  const labelOf = (persona: Persona): string => personaLabel(persona, policies.view().personas);

  function check(by: Member, base: number): Result<void, AccessError> {
    if (!manages(by)) return notAllowed();
    if (policies.waiting() !== undefined || isDeciding)
      return fail("Taken", "Another change is about to count. Take it back first, or wait until it counts.");
    if (base !== policies.view().version)
      return fail("Taken", "Somebody changed who sees what meanwhile. Look at it as it is now, then decide again.");
    return ok(undefined);
  }

  function preview(by: Member, { base, edits }: PolicyProposal): Result<PolicyPreview, AccessError> {
    const may = check(by, base);
    if (!may.ok) return may;
    const before = policies.view();
    const [wrong] = checkEdits(before, edits);
    if (wrong !== undefined) return fail("BadInput", wrong.message);
    const after = applyEdits(before, edits);
    const known = new Set(warnAbout(before, labelOf));
    return ok({
      base,
      problems: checkPolicy(after, labelOf).map((problem) => problem.message),
      warnings: warnAbout(after, labelOf).filter((warning) => !known.has(warning)),
      ...previewPolicy(before, after, sources, by.id),
      holdSeconds: holdMs / 1000,
    });
  }

  async function keep(by: Member, policy: Pick<Policy, "personas" | "placements">, hold: number): Promise<PolicyRow> {
    isDeciding = true;
    try {
      return await policies.decide(by.id, policy, hold);
    } finally {
      isDeciding = false;
    }
  }

  async function changePersonas(
    by: Member,
    personas: readonly PersonaLabel[],
    details: { readonly persona: string; readonly change: string },
  ): Answer<PolicyState> {
    await keep(by, { personas, placements: policies.view().placements }, 0);
    const { persona: target, change } = details;
    await audit.record({ action: "persona.changed", actor: by.id, target, details: { change } });
    return ok(state());
  }

  function checkLabel(label: string, own?: Persona): Result<string, AccessError> {
    const text = label.normalize("NFC").trim();
    if (text === "" || text.length > LONGEST_LABEL)
      return fail("BadInput", `Enter a name of up to ${LONGEST_LABEL} characters.`);
    const taken = personasOf(policies.view()).some(
      (persona) => persona !== own && labelOf(persona).toLowerCase() === text.toLowerCase(),
    );
    return taken ? fail("Taken", "There is a persona of this name already. Choose another name.") : ok(text);
  }

  const existing = (id: Persona): boolean => personasOf(policies.view()).includes(id);

  function state(): PolicyState {
    const { version, personas, placements } = policies.view();
    const waiting = policies.waiting();
    const counts: Record<string, { members: number; spaces: number }> = {};
    const people = new Map<string, Set<string>>();
    for (const spaceId of deps.spaceIds()) {
      const inSpace = Map.groupBy(sources.membersOf(spaceId), (member) => member.persona);
      for (const [persona, members] of inSpace) {
        const all = people.get(persona) ?? new Set<string>();
        for (const { id } of members) all.add(id);
        people.set(persona, all);
        counts[persona] = { members: all.size, spaces: (counts[persona]?.spaces ?? 0) + 1 };
      }
    }
    return {
      version,
      personas,
      placements,
      people: counts,
      isMoving: policies.moves().length > 0,
      ...(waiting === undefined
        ? {}
        : {
            waiting: {
              version: waiting.version,
              liveAt: new Date(waiting.liveAt).toISOString(),
              byName: nameOf(waiting.author),
            },
          }),
    };
  }

  return {
    state,
    versions() {
      const rows = policies.versions();
      return rows
        .map((row, index): PolicyVersion => {
          const before: Policy = rows[index - 1] ?? shippedPolicy;
          return {
            version: row.version,
            at: new Date(row.at).toISOString(),
            liveAt: new Date(row.liveAt).toISOString(),
            byName: nameOf(row.author),
            isLive: row.isLive,
            changes: diffRights({ ...before, personas: row.personas }, row),
            personaChanges: personaWords(before, row),
          };
        })
        .toReversed();
    },
    preview,
    async decide(by, proposal) {
      const shown = preview(by, proposal);
      if (!shown.ok) return shown;
      const { problems, changes } = shown.value;
      if (problems[0] !== undefined) return fail("BadInput", problems[0]);
      if (changes.length === 0) return ok(state());
      const opens = changes.some((change) => change.from === "none" || change.to === "write");
      const row = await keep(by, applyEdits(policies.view(), proposal.edits), opens ? holdMs : 0);
      await audit.record({
        action: "policy.changed",
        actor: by.id,
        target: String(row.version),
        details: {
          change: "decided",
          fields: [...new Set(changes.map((change) => `${change.type}.${change.field}`))].join(", ").slice(0, 500),
          personas: [...new Set(changes.map((change) => change.persona))].join(", "),
          gaining: shown.value.gaining,
          losing: shown.value.losing,
        },
      });
      return ok(state());
    },
    async takeBack(by) {
      if (!manages(by)) return notAllowed();
      const row = await policies.takeBack();
      if (row === undefined)
        return fail("Taken", "It counts already. Take the rights away again to close what it opened.");
      await audit.record({
        action: "policy.changed",
        actor: by.id,
        target: String(row.version),
        details: { change: "taken back" },
      });
      return ok(state());
    },
    async addPersona(by, { label, side }) {
      const may = check(by, policies.view().version);
      if (!may.ok) return may;
      const name = checkLabel(label);
      if (!name.ok) return name;
      const used = policies
        .versions()
        .flatMap((row) => row.personas.map((one) => parseAddedPersona(one.id)))
        .flatMap((one) => (one?.side === side ? [one.number] : []));
      const number = Math.max(0, ...used) + 1;
      if (number > addedPersonaLimit[side])
        return fail("BadInput", "There is no room for another persona of this side. Rename one that nobody has.");
      const id: Persona = `${side}-${number}`;
      const personas = [...policies.view().personas, { id, label: name.value }];
      return changePersonas(by, personas, { persona: id, change: "added" });
    },
    async renamePersona(by, id, label) {
      const may = check(by, policies.view().version);
      if (!may.ok) return may;
      if (!existing(id)) return fail("BadInput", "There is no such persona any more.");
      const name = checkLabel(label, id);
      if (!name.ok) return name;
      const others = policies.view().personas.filter((one) => one.id !== id);
      return changePersonas(by, [...others, { id, label: name.value }], { persona: id, change: "renamed" });
    },
    // Asked when whoever is being given the persona has it, and until it is gone nobody else is.
    removePersona: (by, id) =>
      deps.inTurn(async () => {
        const may = check(by, policies.view().version);
        if (!may.ok) return may;
        if (!existing(id)) return fail("BadInput", "There is no such persona any more.");
        if (isShippedPersona(id))
          return fail("BadInput", "Personas that ship with the product stay. Rename it instead.");
        const holders = deps.holdersOf(id);
        if (holders.length > 0)
          return fail(
            "BadInput",
            `${listed(holders)} ${holders.length === 1 ? "is" : "are"} ${labelOf(id)}. Give them another persona first.`,
          );
        const personas = policies.view().personas.filter((one) => one.id !== id);
        return changePersonas(by, personas, { persona: id, change: "removed" });
      }),
  };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

function personaWords(before: Policy, after: Policy): readonly string[] {
  const known = new Map(before.personas.map((one) => [one.id, one.label]));
  const now = new Map(after.personas.map((one) => [one.id, one.label]));
  const side = (id: Persona): string => (isInternal(id) ? "for the team" : "for people from outside");
  return [
    ...after.personas.flatMap(({ id, label }) => {
      const old = known.get(id) ?? (isShippedPersona(id) ? personaLabel(id) : undefined);
      if (old === undefined) return [`Added ${label}, ${side(id)}`];
      return old === label ? [] : [`Renamed ${old} to ${label}`];
    }),
    ...before.personas.flatMap(({ id, label }) =>
      now.has(id) ? [] : [isShippedPersona(id) ? `Renamed ${label} back` : `Removed ${label}`],
    ),
  ];
}
