// Marks what somebody signed with another key than he used before: another device of his, or somebody else.

import type { DecisionView } from "./approval-types.ts";
import type { SpaceCheck } from "./seal-checks.ts";

/** `decisions` in the order of the chain. A key that ended makes room for the next one, without a question. */
export function withNewKeys(
  decisions: readonly DecisionView[],
  facetOf: (decision: DecisionView) => string,
  check: Readonly<Record<string, Pick<SpaceCheck[string], "ended">>>,
): readonly DecisionView[] {
  /** By member: his keys, the first one first, and in which chains each has signed. */
  const usedBefore = new Map<string, Map<string, Set<string>>>();
  // A chain says of its own keys when they ended, and nothing of those of another.
  const endOf = (facet: string, id: string): string => check[facet]?.ended?.[id] ?? "9999";
  return decisions.map((one): DecisionView => {
    const keys = usedBefore.get(one.decidedBy) ?? new Map<string, Set<string>>();
    usedBefore.set(one.decidedBy, keys);
    const [first] = keys.keys();
    const others = [...keys].filter(([id]) => id !== one.keyId);
    keys.set(one.keyId, (keys.get(one.keyId) ?? new Set<string>()).add(facetOf(one)));
    if (first === undefined || first === one.keyId) return one;
    const registeredAt = one.delivery.state === "counts" ? one.delivery.key.registeredAt : undefined;
    const replaced = others.every(([id, facets]) =>
      [...facets].every((facet) => endOf(facet, id) <= (registeredAt ?? one.at)),
    );
    return { ...one, newKey: { registeredAt, replaced } };
  });
}
