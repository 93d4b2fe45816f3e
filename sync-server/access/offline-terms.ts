// How long devices of this organization may go without contact (shared/model/offline-term.ts), and who may change that.

import { isInternal } from "#shared/model/personas.ts";
import { offlineTermLimits, shippedOfflineTerms, type OfflineTerms } from "#shared/model/offline-term.ts";
import { ok, type Result } from "#shared/model/result.ts";
import type { DirectoryStorage } from "#sync-server/storage/storage.ts";
import { manages, type AccessError, type Member } from "./access.ts";
import { fail, notAllowed } from "./access-errors.ts";
import type { Audit } from "./audit-trail.ts";

export type OfflineTermDesk = {
  terms(): OfflineTerms;
  hoursFor(member: Pick<Member, "persona"> | undefined): number;
  change(by: Member, terms: OfflineTerms): Promise<Result<OfflineTerms, AccessError>>;
};

type Dependencies = {
  readonly storage: Pick<DirectoryStorage, "offlineTerms" | "saveOfflineTerms">;
  readonly audit: Pick<Audit, "record"> | undefined;
  /** Every connected device hears of it. */
  readonly changed: () => void;
};

const isTerm = (hours: number): boolean =>
  Number.isInteger(hours) && hours >= offlineTermLimits.leastHours && hours <= offlineTermLimits.mostHours;

export function openOfflineTerms({ storage, audit, changed }: Dependencies): OfflineTermDesk {
  let terms = storage.offlineTerms() ?? shippedOfflineTerms;
  return {
    terms: () => terms,
    hoursFor: (member) => (member !== undefined && isInternal(member.persona) ? terms.teamHours : terms.outsideHours),
    async change(by, { teamHours, outsideHours }) {
      if (!manages(by)) return notAllowed();
      if (!isTerm(teamHours) || !isTerm(outsideHours))
        return fail("BadInput", "Enter whole hours, at least 1 and at most a year.");
      const next = { teamHours, outsideHours };
      await storage.saveOfflineTerms(next);
      terms = next;
      await audit?.record({ action: "organization.offline-terms", actor: by.id, target: "", details: next });
      changed();
      return ok(next);
    },
  };
}
