// The heads of approval chains go by mail once a day, to both parties, where the operator has a mail server: a mail that
// lies in somebody's mailbox says later what the server showed that day, whatever happens to the server (security: a chain
// that is cut off at its end verifies for whoever never saw the end).

import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import type { SpaceHead } from "#shared/protocol/frames.ts";
import type { DirectoryStorage, MailedHeads } from "#sync-server/storage/storage.ts";
import type { Mailer } from "./mailer.ts";

type Person = { readonly id: string; readonly name: string; readonly persona: Persona };

type Dependencies = {
  readonly mailer: Pick<Mailer, "send">;
  readonly storage: Pick<DirectoryStorage, "mailedHeads" | "saveMailedHeads">;
  readonly spaces: {
    ids(): readonly string[];
    nameOf(spaceId: string): string;
    membersOf(spaceId: string): readonly Person[];
    headsOf(spaceId: string): readonly SpaceHead[];
  };
  readonly emailOf: (memberId: string) => string | undefined;
  readonly organization: () => string;
  readonly now: () => number;
  readonly onProblem: (error: unknown) => void;
};

const DAY_MS = 24 * 60 * 60_000;
const LOOK_MS = 10 * 60_000;

/** Whoever is asked from outside, and who answers for the organization. */
const isParty = ({ persona }: Person): boolean => !isInternal(persona) || persona === "owner" || persona === "manager";

const linesOf = (space: string, heads: readonly SpaceHead[]): readonly string[] => [
  space,
  ...heads.map(({ facet, seq, hash }) => `  ${facet}, link ${seq}: ${hash}`),
  "",
];

export type DailyHeads = { look(): Promise<void>; close(): Promise<void> };

export function mailHeadsDaily({
  mailer,
  storage,
  spaces,
  emailOf,
  organization,
  now,
  onProblem,
}: Dependencies): DailyHeads {
  async function sendAll(before: MailedHeads): Promise<void> {
    const heads: Record<string, string> = { ...before.heads };
    const mails = new Map<string, string[]>();
    for (const id of spaces.ids()) {
      const news = spaces.headsOf(id).filter(({ facet, hash }) => before.heads[`${id} ${facet}`] !== hash);
      for (const person of spaces.membersOf(id).filter(isParty)) {
        const own = news.filter(({ facet }) => canReadFacet(facet, person.persona));
        if (own.length > 0) mails.set(person.id, [...(mails.get(person.id) ?? []), ...linesOf(spaces.nameOf(id), own)]);
      }
      for (const { facet, hash } of news) heads[`${id} ${facet}`] = hash;
    }
    const taken: boolean[] = [];
    for (const [memberId, lines] of mails) {
      const to = emailOf(memberId);
      if (to === undefined) continue;
      const isTaken = await mailer.send({
        to,
        subject: `Approvals at ${organization()}: where the record stands`,
        text: [
          "This is where the record of approvals stands. Keep this mail: whoever is in doubt later can compare it with",
          "a certificate or an export, and see whether anything before it was changed or cut off.",
          "",
          ...lines,
        ].join("\n"),
      });
      taken.push(isTaken);
    }
    // A mail server that was away is asked again at the next look, whole. One address it does not take is no reason to write to
    // everybody else every ten minutes.
    if (taken.length === 0 || taken.includes(true)) await storage.saveMailedHeads({ at: now(), heads });
  }

  async function look(): Promise<void> {
    const before = storage.mailedHeads() ?? { at: 0, heads: {} };
    if (now() - before.at >= DAY_MS) await sendAll(before);
  }

  let looking: Promise<void> = Promise.resolve();
  const lookAgain = (): void => {
    looking = looking.then(look).catch(onProblem);
  };
  const timer = setInterval(lookAgain, LOOK_MS);
  timer.unref();
  lookAgain();
  return {
    look,
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}
