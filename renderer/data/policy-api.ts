// Who sees what, asked of the relay and decided there. What this device knows of it by itself is in policy.ts.

import type { PolicyPreview, PolicyState, PolicyVersion } from "#shared/model/policy-report.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type { Persona } from "#shared/model/personas.ts";
import { err, type Result } from "#shared/model/result.ts";
import type { Watched } from "./emitter.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import type { PolicyApi } from "./types.ts";

export function createPolicyApi(
  policy: Watched<PolicyView>,
  http: RelayHttp,
  token: () => string | undefined,
): PolicyApi {
  const ask = async <T>(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: object,
  ): Promise<Result<T, { readonly message: string }>> => {
    const answer: Result<T, HttpError> = await http.call<T>(method, path, {
      token: token(),
      ...(body === undefined ? {} : { body }),
    });
    return answer.ok ? answer : err({ message: answer.error.message });
  };
  const persona = (id: Persona): string => `/personas/${encodeURIComponent(id)}`;
  return {
    now: policy.get,
    subscribe: policy.subscribe,
    state: () => ask<PolicyState>("GET", "/policy"),
    versions: () => ask<readonly PolicyVersion[]>("GET", "/policy/versions"),
    preview: (proposal) => ask<PolicyPreview>("POST", "/policy/preview", proposal),
    decide: (proposal) => ask<PolicyState>("PUT", "/policy", proposal),
    takeBack: () => ask<PolicyState>("DELETE", "/policy/waiting"),
    addPersona: (input) => ask<PolicyState>("POST", "/personas", input),
    renamePersona: (id, label) => ask<PolicyState>("PUT", persona(id), { label }),
    removePersona: (id) => ask<PolicyState>("DELETE", persona(id)),
  };
}
