// Rule F9 on the device: without contact for longer than the organization allows, what is here closes. Time is the highest
// ever seen since the last contact, and goes on while the app runs: setting the clock back gains nothing.

import { liveQuery } from "dexie";
import { isInternal } from "#shared/model/personas.ts";
import { shippedOfflineTerms } from "#shared/model/offline-term.ts";
import type { Database } from "./database.ts";
import type { Replica } from "./replica.ts";
import type { Closed } from "./types.ts";

type Term = {
  readonly hours: number;
  /** When the device was last in step with the relay. */
  readonly contactAt: number;
  /** The highest time seen since then. */
  readonly seenAt: number;
};

const KEY = "offlineTerm";
const TICK_MS = 60_000;
const HOUR_MS = 3_600_000;

async function readTerm(database: Database): Promise<Term | undefined> {
  return (await database.settings.get(KEY))?.value as Term | undefined;
}

const save = (database: Database, value: Term): Promise<string> => database.settings.put({ key: KEY, value });

/** A device that knows nothing yet: signed in just now, or made before there was a term. */
function firstTerm({ me, now }: Replica): Term {
  const { teamHours, outsideHours } = shippedOfflineTerms;
  const at = now().getTime();
  return { hours: isInternal(me.persona) ? teamHours : outsideHours, contactAt: at, seenAt: at };
}

function closedBy(term: Term | undefined): Closed | undefined {
  if (term === undefined || term.seenAt - term.contactAt <= term.hours * HOUR_MS) return undefined;
  return { lastContact: new Date(term.contactAt).toISOString(), hours: term.hours };
}

/** Inside `writing`: what the relay says about the term. It is no contact yet. */
export async function noteOfflineHours(replica: Replica, hours: number): Promise<void> {
  const { database } = replica;
  await save(database, { ...((await readTerm(database)) ?? firstTerm(replica)), hours });
}

/** This device is in step with the relay: its clock is believed anew. */
export async function noteContact(replica: Replica): Promise<void> {
  const { database, now } = replica;
  const at = now().getTime();
  await database.transaction("rw", database.settings, async () => {
    const term = (await readTerm(database)) ?? firstTerm(replica);
    await save(database, { ...term, contactAt: at, seenAt: at });
  });
}

export type OfflineTermWatch = {
  readonly closed: Closed | undefined;
  /** Reads the time now instead of within a minute. */
  look(): Promise<Closed | undefined>;
  stop(): void;
};

/** Looks now, and from now on; `onChange` hears when the data closes and when it opens again, in whichever tab that was seen. */
export async function watchOfflineTerm(
  replica: Replica,
  onChange: (closed: Closed | undefined) => void,
  ranFor: () => number = () => performance.now(),
): Promise<OfflineTermWatch> {
  const { database, now } = replica;
  // How long this page has run since the contact it knows of, by a clock nobody sets.
  let mark = { contactAt: -1, seenAt: 0, ranAt: ranFor() };

  const look = (): Promise<Closed | undefined> =>
    database.transaction("rw", database.settings, async () => {
      const term = (await readTerm(database)) ?? firstTerm(replica);
      if (term.contactAt !== mark.contactAt) mark = { contactAt: term.contactAt, seenAt: term.seenAt, ranAt: ranFor() };
      const ran = mark.seenAt + Math.max(0, ranFor() - mark.ranAt);
      const seen: Term = { ...term, seenAt: Math.max(term.seenAt, now().getTime(), Math.floor(ran)) };
      await save(database, seen);
      return closedBy(seen);
    });

  const closed = await look();
  let isStopped = false;
  const lookAgain = (): void => {
    look().catch((error: unknown) => {
      // The database went with the member who was signed out.
      if (!isStopped) throw error;
    });
  };
  const timer = setInterval(lookAgain, TICK_MS);
  const events = typeof globalThis.addEventListener === "function" ? globalThis : undefined;
  events?.addEventListener("focus", lookAgain);
  const subscription = liveQuery(() => readTerm(database)).subscribe({
    next: (term) => onChange(closedBy(term)),
    error: () => subscription.unsubscribe(),
  });
  return {
    closed,
    look,
    stop: () => {
      isStopped = true;
      clearInterval(timer);
      events?.removeEventListener("focus", lookAgain);
      subscription.unsubscribe();
    },
  };
}
