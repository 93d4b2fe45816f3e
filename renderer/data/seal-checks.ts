// What the checks of a space's chains came to, as it is kept on this device.

import type { ChainAlarm, SealVerdict } from "#shared/model/decision-chain.ts";
import type { ChainHead } from "#shared/model/seals.ts";
import type { Database, StoredRecord } from "./database.ts";

export type FacetCheck = {
  /** Highest head without an alarm: what a later one is measured by. */
  readonly witnessed: ChainHead;
  /** The head as the chain stands now. */
  readonly head: ChainHead;
  readonly alarms: readonly ChainAlarm[];
  /** When keys ended, by their ids; absent in what an older version kept. */
  readonly ended?: Readonly<Record<string, string>>;
  /** Sealed records whose authors had seen another chain: somebody looked at that and accepted it. */
  readonly accepted?: readonly string[];
  readonly verdicts: Readonly<Record<string, SealVerdict>>;
};

export type SpaceCheck = Readonly<Record<string, FacetCheck>>;

/** The facet of a sealed record, or of a link: it has one. */
export const facetOfRow = (row: Pick<StoredRecord, "docs">): string => Object.keys(row.docs)[0] ?? "";

export const checkKey = (space: string): string => `seals/${space}`;
export const headsKey = (space: string): string => `heads/${space}`;

export const readCheck = async (database: Database, space: string): Promise<SpaceCheck> =>
  ((await database.settings.get(checkKey(space)))?.value as SpaceCheck | undefined) ?? {};
