// Invitations, spaces and links, asked of the relay.

import { err, ok, type Result } from "#shared/model/result.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import type { Invitation, InvitationNotice, MadeInvitation, SharingApi } from "./sharing-types.ts";

type MadeAnswer = Pick<MadeInvitation, "invitation" | "mail"> & { readonly path: string };

const withSentence = <T>(answer: Result<T, HttpError>): Result<T, { message: string }> =>
  answer.ok ? answer : err({ message: answer.error.message });

const done = (answer: Result<unknown, HttpError>): Result<void, { message: string }> =>
  answer.ok ? ok(undefined) : err({ message: answer.error.message });

export function createSharingApi(http: RelayHttp, relayUrl: string, token: () => string | undefined): SharingApi {
  return {
    invite: async (input) => {
      const answer = await http.call<MadeAnswer>("POST", "/invitations", { token: token(), body: input });
      if (!answer.ok) return err({ message: answer.error.message });
      const { invitation, mail, path } = answer.value;
      return ok({ invitation, mail, link: relayUrl.replace(/\/$/, "") + path });
    },
    invitations: async () =>
      withSentence(await http.call<readonly Invitation[]>("GET", "/invitations", { token: token() })),
    cancelInvitation: async (id) =>
      done(await http.call("DELETE", `/invitations/${encodeURIComponent(id)}`, { token: token() })),
    lookAtInvitation: async (secret) =>
      withSentence(await http.call<InvitationNotice>("POST", "/invitations/look", { body: { secret } })),
  };
}
