// Checks the chains of a space against what this device holds, and keeps what came of it: who signed what, whether it
// counts, the highest heads seen, and alarms. Runs in the worker; where there is none (tests), in the page.

import { checkChain, parseLink, type ChainAlarm, type ChainKey } from "#shared/model/decision-chain.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import type { ChainHead, Seal } from "#shared/model/seals.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { chainEntry } from "#shared/record-types/index.ts";
import { readAnnounced, type Announced } from "./announced-heads.ts";
import type { Database, StoredRecord } from "./database.ts";
import { readChainKey } from "./chain-key.ts";
import { readKeys } from "./signing-keys.ts";
import { checkKey, facetOfRow, readCheck, type FacetCheck } from "./seal-checks.ts";

export const sealedTypes = ["approval", "decision", chainEntry.type] as const;

export const sealedRows = ({ records }: Database, space: string) =>
  records.where("[space+type]").anyOf(sealedTypes.map((type) => [space, type]));

/** The name under which the time each check took stands among the worker's measures. */
export const CHECK_MEASURE = "seals checked";

/** Signatures that hold, so that none is checked twice while the page lives. */
const holding = new Set<string>();

function inputOf(space: string, facet: string, rows: readonly StoredRecord[], announced: ChainHead | undefined) {
  const links: string[] = [];
  const signatures = new Map<string, string>();
  const seals = new Map<string, Seal>();
  const waiting = new Map<string, Seal>();
  for (const row of rows) {
    const { body, signature } = row.fields;
    if (row.type === chainEntry.type && typeof body === "string") {
      links.push(body);
      if (typeof signature === "string") signatures.set(sha256(body), signature);
    }
    // What waits here is nobody's business yet, unless the chain had it before and it is only offered again.
    else if (row.seal !== undefined) (row.pending === 0 ? seals : waiting).set(row.id, row.seal);
  }
  for (const body of waiting.size === 0 ? [] : links) {
    const event = parseLink(body)?.event;
    const seal = event?.kind === "sealed" ? waiting.get(event.record) : undefined;
    if (event?.kind === "sealed" && seal !== undefined) seals.set(event.record, seal);
  }
  return { space, facet, links, signatures, seals, announced, holding };
}

type Head = Announced["heads"][number];

/** A head before what this device had seen when the relay named it. */
const goneBack = (told: Head | undefined): readonly ChainAlarm[] =>
  told !== undefined && told.seq < told.seenBefore ? [{ kind: "regressed", seq: told.seq }] : [];

/** Keys that sign in this member's name and that no device of his has. */
const foreignKeys = (keys: readonly ChainKey[], me: string, own: readonly string[]): readonly ChainAlarm[] =>
  // Not yet told which keys are his: says nothing.
  own.length > 0 && keys.some((key) => key.member === me && !own.includes(key.id))
    ? [{ kind: "foreignKey", seq: 0 }]
    : [];

/**
 * Checks every chain of a space and stores the outcome with the heads seen. `accepting`: what authors had seen of a chain
 * that is not this one is no alarm from now on, for decisions that are there now.
 */
export async function checkSpace(
  database: Database,
  space: string,
  me: string,
  { accepting = false }: { readonly accepting?: boolean } = {},
): Promise<void> {
  const start = performance.now();
  const { heads: announced, ready } = await readAnnounced(database, space);
  const persona = (await database.spaces.get(space))?.persona;
  if (!ready || persona === undefined) return;
  const rows = await sealedRows(database, space).toArray();
  const before = await readCheck(database, space);
  const listed = (await readKeys(database)).keys.map((key) => key.id);
  const own = listed.length === 0 ? [] : [...listed, ...(await database.keys.toCollection().primaryKeys())];
  const { pinned: relay, told: otherRelay } = await readChainKey(database);
  const byFacet = Map.groupBy(rows, facetOfRow);
  const facets = new Set([...byFacet.keys(), ...Object.keys(before), ...announced.map((head) => head.facet)]);
  const after: Record<string, FacetCheck> = {};
  for (const facet of facets) {
    // A chain that may not be read any more has left this device with everything in it.
    if (!canReadFacet(facet, persona)) continue;
    const announcedHead = announced.find((head) => head.facet === facet);
    const witnessed = before[facet]?.witnessed;
    const input = inputOf(space, facet, byFacet.get(facet) ?? [], announcedHead);
    const report = await checkChain({ ...input, witnessed, relay });
    const otherHeads = report.alarms.flatMap(({ kind, record = "" }) => (kind === "otherHead" ? [record] : []));
    const accepted = [...(before[facet]?.accepted ?? []), ...(accepting ? otherHeads : [])];
    const alarms = [
      ...goneBack(announcedHead),
      ...foreignKeys(report.keys, me, own),
      ...(otherRelay === undefined ? [] : [{ kind: "otherRelay", seq: report.head.seq } as const]),
      ...report.alarms.filter(({ kind, record = "" }) => kind !== "otherHead" || !accepted.includes(record)),
    ];
    after[facet] = {
      witnessed: alarms.length > 0 && witnessed !== undefined ? witnessed : report.head,
      head: report.head,
      alarms,
      ended: Object.fromEntries(report.ended),
      verdicts: Object.fromEntries(report.verdicts),
      ...(accepted.length === 0 ? {} : { accepted }),
    };
  }
  await database.settings.put({ key: checkKey(space), value: after });
  performance.measure(CHECK_MEASURE, { start, detail: { rows: rows.length } });
}
