// Who is in a live document, as others may see it (rule V5): a state belongs to the socket that brought it, says who its
// member is in the relay's words, and leaves with the socket.

import { limits } from "#shared/protocol/limits.ts";
import type { AwarenessEntry } from "./live-messages.ts";

export type Identity = { readonly memberId: string; readonly name: string; readonly persona: string };

export type LiveAwareness<Owner> = {
  /** Takes a socket's entries and returns what the others are told. */
  receive(owner: Owner, identity: Identity, entries: readonly AwarenessEntry[]): readonly AwarenessEntry[];
  /** Removes the states of a socket that closed; returns what the others are told. */
  leave(owner: Owner): readonly AwarenessEntry[];
  all(): readonly AwarenessEntry[];
};

/** A stock client has one; a tab that reconnects may bring its old one too. */
const STATES_PER_SOCKET = 4;
/** Clocks of those who left, so that a stock client's late repetition of their state does not bring them back. */
const REMEMBERED_CLOCKS = 1_000;
const GONE = "null";

const utf8 = new TextEncoder();

/** The state with the relay's identity in it, or undefined when it is no state. */
function stamp(json: string, user: Identity): string | undefined {
  if (utf8.encode(json).length > limits.awarenessBytes) return undefined;
  try {
    const state: unknown = JSON.parse(json);
    if (typeof state !== "object" || state === null || Array.isArray(state)) return undefined;
    return JSON.stringify({ ...state, user });
  } catch {
    return undefined;
  }
}

export function createLiveAwareness<Owner>(): LiveAwareness<Owner> {
  const states = new Map<
    number,
    { readonly clock: number; readonly json: string; readonly owner: Owner; readonly memberId: string }
  >();
  const goneClocks = new Map<number, number>();

  function remove(clientId: number, clock: number): AwarenessEntry {
    states.delete(clientId);
    goneClocks.delete(clientId);
    goneClocks.set(clientId, clock);
    const oldest = goneClocks.keys().next().value;
    if (goneClocks.size > REMEMBERED_CLOCKS && oldest !== undefined) goneClocks.delete(oldest);
    return { clientId, clock, json: GONE };
  }

  const ownedBy = (owner: Owner): number => [...states.values()].filter((state) => state.owner === owner).length;

  function receiveOne(
    owner: Owner,
    identity: Identity,
    { clientId, clock, json }: AwarenessEntry,
  ): AwarenessEntry | undefined {
    const known = states.get(clientId);
    // Stock clients repeat what they hear from others; and nobody speaks for somebody else. A member who reconnects may
    // take over from a socket that is dead but not yet closed.
    if (known !== undefined && known.owner !== owner && known.memberId !== identity.memberId) return undefined;
    if (json === GONE) return known?.owner === owner && clock >= known.clock ? remove(clientId, clock) : undefined;
    if (clock <= (known?.clock ?? goneClocks.get(clientId) ?? -1)) return undefined;
    if (known?.owner !== owner && ownedBy(owner) >= STATES_PER_SOCKET) return undefined;
    const stamped = stamp(json, identity);
    if (stamped === undefined) return undefined;
    goneClocks.delete(clientId);
    states.set(clientId, { clock, json: stamped, owner, memberId: identity.memberId });
    return { clientId, clock, json: stamped };
  }

  return {
    receive: (owner, identity, entries) => entries.flatMap((entry) => receiveOne(owner, identity, entry) ?? []),
    leave: (owner) =>
      [...states].flatMap(([clientId, state]) => (state.owner === owner ? remove(clientId, state.clock) : [])),
    all: () => [...states].map(([clientId, { clock, json }]) => ({ clientId, clock, json })),
  };
}
