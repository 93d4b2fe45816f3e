// What this device knows of the policy: kept with the member's data, so that it holds offline and for every tab.

import type { PolicyView } from "#shared/model/policy.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import type { Database } from "./database.ts";

const POLICY = "policy";

export async function readPolicy({ settings }: Pick<Database, "settings">): Promise<PolicyView> {
  return ((await settings.get(POLICY))?.value as PolicyView | undefined) ?? shippedPolicy;
}

export const savePolicy = ({ settings }: Pick<Database, "settings">, policy: PolicyView): Promise<unknown> =>
  policy.version === 0 ? settings.delete(POLICY) : settings.put({ key: POLICY, value: policy });
