// The audit, one's own data and requests about it, asked of the relay.

import { err, ok, type Result } from "#shared/model/result.ts";
import type { Notice } from "#shared/model/notice.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import type { AuditFilter, AuditPage, MyData, Received, RequestForProvider, TrustApi } from "./trust-types.ts";

const withSentence = <T>(answer: Result<T, HttpError>): Result<T, { message: string }> =>
  answer.ok ? answer : err({ message: answer.error.message });

const done = (answer: Result<unknown, HttpError>): Result<void, { message: string }> =>
  answer.ok ? ok(undefined) : err({ message: answer.error.message });

function queryOf(filter: AuditFilter, more: Readonly<Record<string, string>>): string {
  const asked = Object.entries({ ...filter, ...more }).filter(([, value]) => value !== undefined && value !== "");
  return asked.length === 0 ? "" : `?${new URLSearchParams(asked).toString()}`;
}

export function createTrustApi(http: RelayHttp, token: () => string | undefined): TrustApi {
  const get = async <T>(path: string): Promise<Result<T, { message: string }>> =>
    withSentence(await http.call<T>("GET", path, { token: token() }));
  const post = async (path: string, body: object): Promise<Result<void, { message: string }>> =>
    done(await http.call("POST", path, { token: token(), body }));
  const file = async (path: string): Promise<Result<Blob, { message: string }>> =>
    withSentence(await http.file(path, { token: token() }));
  const history = (recordId: string): string => `/records/${encodeURIComponent(recordId)}/history`;
  return {
    received: async (recordId) => {
      const page = await get<{ entries: readonly Received[] }>(`${history(recordId)}?limit=200`);
      return page.ok ? ok(page.value.entries) : page;
    },
    historyFile: (recordId) => file(`${history(recordId)}/export`),
    audit: (filter, before) =>
      get<AuditPage>(`/audit${queryOf(filter, before === undefined ? {} : { before: String(before) })}`),
    auditFile: (filter, format) => file(`/audit/export${queryOf(filter, { format })}`),
    report: (action, target, details) => post("/audit/reports", { action, target, details }),
    notices: () => get<readonly Notice[]>("/notices"),
    myData: () => get<MyData>("/my-data"),
    myDataFile: () => file("/my-data/export"),
    ask: (kind, note, covers = []) => post("/my-data/requests", { kind, note, covers }),
    giveConsentAgain: () => post("/my-data/consent", {}),
    privacyRequests: () => get<readonly RequestForProvider[]>("/privacy-requests"),
    answer: (id, answer) => post(`/privacy-requests/${encodeURIComponent(id)}/answer`, answer),
  };
}
