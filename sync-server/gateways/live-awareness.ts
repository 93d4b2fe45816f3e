// Who is in a live document, as others may see it (rules V5, V8): a state belongs to the socket that brought it, says who its
// member is in the relay's words, and leaves with the socket.

import { facets, isKnownFacet } from "#shared/model/facets.ts";
import { isInternal, isPersona } from "#shared/model/personas.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { AwarenessEntry } from "./live-messages.ts";

export type Identity = { readonly memberId: string; readonly name: string; readonly persona: string };

/** Who listens: the team sees everybody, outsiders do not see a member of the team who only looks on (rule V8). */
export type Viewer = "team" | "outside";

/** What the others in the room are told, by who they are. */
export type Told = Readonly<Record<Viewer, readonly AwarenessEntry[]>>;

export type LiveAwareness<Owner> = {
  /** Takes a socket's entries. */
  receive(owner: Owner, identity: Identity, entries: readonly AwarenessEntry[]): Told;
  /** A socket has written into the document: it is seen by all who may read it, for a while. */
  typed(owner: Owner, now: number): Told;
  /** Whoever has not written for a while is looking on again. */
  rest(now: number): Told;
  /** Removes the states of a socket that closed. */
  leave(owner: Owner): Told;
  all(viewer: Viewer): readonly AwarenessEntry[];
};

/** A stock client has one; a tab that reconnects may bring its old one too. */
const STATES_PER_SOCKET = 4;
/** Clocks of those who left, so that a stock client's late repetition of their state does not bring them back. */
const REMEMBERED_CLOCKS = 1_000;
const GONE = "null";

const utf8 = new TextEncoder();

/** How long somebody counts as typing after the last stroke. */
const TYPING_MS = 30_000;

type Shown = { readonly team: string; readonly outside: string; readonly chosen: boolean };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Which field somebody has in hand is told to outsiders only where everybody in the space may read the field. */
function isForAll(editing: unknown): boolean {
  const facet = isObject(editing) ? editing["facet"] : undefined;
  return typeof facet === "string" && isKnownFacet(facet) && facets[facet].readers === "everyone";
}

/** The state with the relay's identity in it, for either kind of viewer; undefined when it is no state. */
function stamp(json: string, user: Identity): Shown | undefined {
  if (utf8.encode(json).length > limits.awarenessBytes) return undefined;
  try {
    const state: unknown = JSON.parse(json);
    if (!isObject(state)) return undefined;
    const { editing, ...rest } = state;
    const shown = { ...(editing === undefined ? {} : { editing }), ...rest, user };
    return {
      team: JSON.stringify(shown),
      outside: JSON.stringify(isForAll(editing) ? shown : { ...rest, user }),
      chosen: state["visible"] === true,
    };
  } catch {
    return undefined;
  }
}

type State<Owner> = Shown & {
  readonly clientId: number;
  readonly clock: number;
  readonly owner: Owner;
  readonly memberId: string;
  readonly internal: boolean;
  /** Outsiders have been told of it. */
  told: boolean;
};

const both = (entries: readonly AwarenessEntry[]): Told => ({ team: entries, outside: entries });
const join = (all: readonly Told[]): Told => ({
  team: all.flatMap((one) => one.team),
  outside: all.flatMap((one) => one.outside),
});
const NOBODY = both([]);

export function createLiveAwareness<Owner>(): LiveAwareness<Owner> {
  const states = new Map<number, State<Owner>>();
  const goneClocks = new Map<number, number>();
  /** Until when a socket counts as typing. */
  const typingUntil = new Map<Owner, number>();

  const isSeenOutside = (state: State<Owner>): boolean =>
    !state.internal || state.chosen || typingUntil.has(state.owner);

  /** What outsiders are told of a state: what it says, that it is gone, or nothing at all. */
  function tellOutside(state: State<Owner>): readonly AwarenessEntry[] {
    const { clientId, clock, outside } = state;
    const seen = isSeenOutside(state);
    const wasTold = state.told;
    state.told = seen;
    if (seen) return [{ clientId, clock, json: outside }];
    return wasTold ? [{ clientId, clock, json: GONE }] : [];
  }

  function remove(state: State<Owner>, clock: number): Told {
    const { clientId } = state;
    states.delete(clientId);
    goneClocks.delete(clientId);
    goneClocks.set(clientId, clock);
    const oldest = goneClocks.keys().next().value;
    if (goneClocks.size > REMEMBERED_CLOCKS && oldest !== undefined) goneClocks.delete(oldest);
    const gone = [{ clientId, clock, json: GONE }];
    return { team: gone, outside: state.told ? gone : [] };
  }

  const ownedBy = (owner: Owner): readonly State<Owner>[] => [...states.values()].filter((one) => one.owner === owner);

  function receiveOne(owner: Owner, identity: Identity, { clientId, clock, json }: AwarenessEntry): Told {
    const known = states.get(clientId);
    // Stock clients repeat what they hear from others; and nobody speaks for somebody else. A member who reconnects may
    // take over from a socket that is dead but not yet closed.
    if (known !== undefined && known.owner !== owner && known.memberId !== identity.memberId) return NOBODY;
    if (json === GONE) return known?.owner === owner && clock >= known.clock ? remove(known, clock) : NOBODY;
    if (clock <= (known?.clock ?? goneClocks.get(clientId) ?? -1)) return NOBODY;
    if (known?.owner !== owner && ownedBy(owner).length >= STATES_PER_SOCKET) return NOBODY;
    const stamped = stamp(json, identity);
    if (stamped === undefined) return NOBODY;
    goneClocks.delete(clientId);
    const { memberId, persona } = identity;
    const internal = isPersona(persona) && isInternal(persona);
    const state = { ...stamped, clientId, clock, owner, memberId, internal, told: known?.told ?? false };
    states.set(clientId, state);
    return { team: [{ clientId, clock, json: stamped.team }], outside: tellOutside(state) };
  }

  /** Tells outsiders of those states of a socket whose standing with them has changed. */
  const retell = (owner: Owner): Told => ({
    team: [],
    outside: ownedBy(owner).flatMap((state) => (state.told === isSeenOutside(state) ? [] : tellOutside(state))),
  });

  return {
    receive: (owner, identity, entries) => join(entries.map((entry) => receiveOne(owner, identity, entry))),
    typed(owner, now) {
      typingUntil.set(owner, now + TYPING_MS);
      return retell(owner);
    },
    rest(now) {
      const resting = [...typingUntil].filter(([, until]) => until <= now).map(([owner]) => owner);
      for (const owner of resting) typingUntil.delete(owner);
      return join(resting.map(retell));
    },
    leave(owner) {
      typingUntil.delete(owner);
      return join(ownedBy(owner).map((state) => remove(state, state.clock)));
    },
    all: (viewer) =>
      [...states.values()]
        .filter((state) => viewer === "team" || isSeenOutside(state))
        .map((state) => ({ clientId: state.clientId, clock: state.clock, json: state[viewer] })),
  };
}
