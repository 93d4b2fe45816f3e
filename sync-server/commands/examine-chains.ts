// The check of the chains of decisions, as a device does it: places, hashes, keys, signatures of those who decided, and the
// relay's own under each head. A chain more or a link less never goes unsaid.

import type { Doc } from "yjs";
import { readFacet } from "#shared/doc/facet-document.ts";
import { isSealedType, readSealed } from "#shared/doc/sealed-document.ts";
import { checkChain, type ChainAlarm } from "#shared/model/decision-chain.ts";
import type { Seal } from "#shared/model/seals.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import type { PublicKey } from "#shared/model/signatures.ts";
import { chainEntry } from "#shared/record-types/index.ts";

type Gathered = {
  readonly space: string;
  readonly facet: string;
  readonly links: string[];
  readonly signatures: Map<string, string>;
  readonly seals: Map<string, Seal>;
};

type Place = { readonly space: string; readonly facet: string; readonly type: string; readonly recordId: string };

export type ChainsFound = {
  readonly decisions: number;
  /** What is wrong, a sentence each. */
  readonly problems: readonly string[];
  /** Sealed records without their link: a relay writes it at its next start, unless the chain is stopped. */
  readonly waiting: number;
};

/** In words for the operator. What only a device can know is never found here. */
const sentences: Partial<Record<ChainAlarm["kind"], string>> = {
  forked: "two links claim one place",
  broken: "a link is missing, unreadable, or does not follow from the one before it",
  forged: "a link names a decision whose signature does not hold",
  otherSubject: "a link names a request whose subject is not of what it says it is about",
  missing: "a link names a decision that is not here",
  unsigned: "its head was not signed with the chain-key.pem of this folder",
};

export function gatherChains() {
  const chains = new Map<string, Gathered>();
  return {
    /** Takes what one document holds for its chain, when it is part of one. */
    add({ space, facet, type, recordId }: Place, doc: Doc): void {
      if (type !== chainEntry.type && !isSealedType(type)) return;
      const id = `${space} ${facet}`;
      const chain: Gathered = chains.get(id) ?? { space, facet, links: [], signatures: new Map(), seals: new Map() };
      chains.set(id, chain);
      const seal = isSealedType(type) ? readSealed(doc)?.seal : undefined;
      if (seal !== undefined) chain.seals.set(recordId, seal);
      if (type !== chainEntry.type) return;
      const { body, signature } = readFacet(doc).fields;
      chain.links.push(typeof body === "string" ? body : "");
      if (typeof body === "string" && typeof signature === "string") chain.signatures.set(sha256(body), signature);
    },
    /** `relay`: the key of this folder; without it heads are not checked. */
    async examine(relay: PublicKey | undefined): Promise<ChainsFound> {
      const problems: string[] = [];
      let waiting = 0;
      let decisions = 0;
      for (const chain of chains.values()) {
        const { alarms, verdicts } = await checkChain({ ...chain, relay });
        decisions += chain.seals.size;
        waiting += [...verdicts.values()].filter((one) => !one.counts && one.problem === "waiting").length;
        const where = `space ${chain.space}, facet ${chain.facet}`;
        problems.push(...alarms.map(({ kind, seq }) => `${where}, link ${seq}: ${sentences[kind] ?? kind}`));
      }
      return { decisions, problems, waiting };
    },
  };
}
