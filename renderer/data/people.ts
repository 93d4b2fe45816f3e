// People and access: kept by the relay, so these need a network and say so in a sentence when there is none.

import { err, ok, type Result } from "#shared/model/result.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import type { MadeReset, MemberRow, PeopleApi } from "./types.ts";
import type { ResetNotice } from "#shared/model/reset-notice.ts";

type WithEmail = MemberRow & { readonly email: string };

export function createPeopleApi(http: RelayHttp, relayUrl: string, token: () => string | undefined): PeopleApi {
  const withSentence = <T>(answer: Result<T, HttpError>): Result<T, { message: string }> =>
    answer.ok ? answer : err({ message: answer.error.message });
  const done = (answer: Result<unknown, HttpError>): Result<void, { message: string }> =>
    answer.ok ? ok(undefined) : err({ message: answer.error.message });
  const member = (spaceId: string, memberId: string): string =>
    `/spaces/${encodeURIComponent(spaceId)}/members/${encodeURIComponent(memberId)}`;
  const account = (memberId: string): string => `/members/${encodeURIComponent(memberId)}`;
  return {
    all: async () => withSentence(await http.call<readonly WithEmail[]>("GET", "/members", { token: token() })),
    add: async (input) => withSentence(await http.call<MemberRow>("POST", "/members", { token: token(), body: input })),
    addToSpace: async (spaceId, memberId, persona) =>
      done(await http.call("PUT", member(spaceId, memberId), { token: token(), body: { persona } })),
    removeFromSpace: async (spaceId, memberId) =>
      done(await http.call("DELETE", member(spaceId, memberId), { token: token() })),
    changePassword: async (input) => done(await http.call("PUT", "/me/password", { token: token(), body: input })),
    makeReset: async (memberId) => {
      const made = await http.call<Omit<MadeReset, "link"> & { readonly path: string }>(
        "POST",
        `${account(memberId)}/password-reset`,
        { token: token(), body: {} },
      );
      if (!made.ok) return err({ message: made.error.message });
      const { path, expiresAt, mail } = made.value;
      return ok({ expiresAt, mail, link: relayUrl.replace(/\/$/, "") + path });
    },
    lookAtReset: async (secret) =>
      withSentence(await http.call<ResetNotice>("POST", "/password-resets/look", { body: { secret } })),
    changeRole: async (memberId, persona) =>
      done(await http.call("PATCH", account(memberId), { token: token(), body: { persona } })),
    endAccess: async (memberId) => done(await http.call("DELETE", account(memberId), { token: token() })),
    restoreAccess: async (memberId) =>
      done(await http.call("POST", `${account(memberId)}/restore`, { token: token(), body: {} })),
    ended: async () => withSentence(await http.call<readonly WithEmail[]>("GET", "/members/ended", { token: token() })),
  };
}
