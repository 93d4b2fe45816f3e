// Invitations, spaces and links, asked of the relay.

import type { OfflineTerms } from "#shared/model/offline-term.ts";
import type { LateEdit } from "#shared/model/late-edit.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import type { Invitation, InvitationNotice, RulePreview, SpaceContents } from "#shared/model/sharing-report.ts";
import type { Answer, MadeInvitation, RecordPlace, ShareRule, SharePreview, SharingApi } from "./sharing-types.ts";

type MadeAnswer = Pick<MadeInvitation, "invitation" | "mail"> & { readonly path: string };

const withSentence = <T>(answer: Result<T, HttpError>): Result<T, { message: string }> =>
  answer.ok ? answer : err({ message: answer.error.message });

const done = (answer: Result<unknown, HttpError>): Result<void, { message: string }> =>
  answer.ok ? ok(undefined) : err({ message: answer.error.message });

export function createSharingApi(http: RelayHttp, relayUrl: string, token: () => string | undefined): SharingApi {
  const rulesOf = (spaceId: string): string => `/spaces/${encodeURIComponent(spaceId)}/rules`;
  const place = (recordId: string, spaceId: string): string =>
    `/records/${encodeURIComponent(recordId)}/spaces/${encodeURIComponent(spaceId)}`;
  const changeSpace = async (spaceId: string, body: object): Answer<void> =>
    done(await http.call("PATCH", `/spaces/${encodeURIComponent(spaceId)}`, { token: token(), body }));
  return {
    lateEdits: async () => withSentence(await http.call<readonly LateEdit[]>("GET", "/quarantine", { token: token() })),
    acceptLateEdit: async (id) =>
      done(await http.call("POST", `/quarantine/${encodeURIComponent(id)}/accept`, { token: token(), body: {} })),
    dismissLateEdit: async (id) =>
      done(await http.call("POST", `/quarantine/${encodeURIComponent(id)}/dismiss`, { token: token(), body: {} })),
    contentsOf: async (spaceId) =>
      withSentence(
        await http.call<SpaceContents>("GET", `/spaces/${encodeURIComponent(spaceId)}/contents`, { token: token() }),
      ),
    rules: async (spaceId) =>
      withSentence(await http.call<readonly ShareRule[]>("GET", rulesOf(spaceId), { token: token() })),
    previewRule: async (spaceId, rule) =>
      withSentence(await http.call<RulePreview>("POST", `${rulesOf(spaceId)}/preview`, { token: token(), body: rule })),
    saveRule: async (spaceId, rule) =>
      withSentence(await http.call<ShareRule>("POST", rulesOf(spaceId), { token: token(), body: rule })),
    removeRule: async (id) => done(await http.call("DELETE", `/rules/${encodeURIComponent(id)}`, { token: token() })),
    offlineTerms: async () => withSentence(await http.call<OfflineTerms>("GET", "/offline-terms", { token: token() })),
    changeOfflineTerms: async (terms) =>
      withSentence(await http.call<OfflineTerms>("PUT", "/offline-terms", { token: token(), body: terms })),
    makeSpace: async (input) =>
      withSentence(await http.call<{ readonly id: string }>("POST", "/spaces", { token: token(), body: input })),
    renameSpace: (spaceId, name) => changeSpace(spaceId, { name }),
    archiveSpace: (spaceId, archived) => changeSpace(spaceId, { archived }),
    placesOf: async (recordId) =>
      withSentence(
        await http.call<readonly RecordPlace[]>("GET", `/records/${encodeURIComponent(recordId)}/spaces`, {
          token: token(),
        }),
      ),
    previewShare: async (recordId, spaceId) =>
      withSentence(await http.call<SharePreview>("GET", `${place(recordId, spaceId)}/preview`, { token: token() })),
    share: async (recordId, spaceId) => done(await http.call("PUT", place(recordId, spaceId), { token: token() })),
    unshare: async (recordId, spaceId) => done(await http.call("DELETE", place(recordId, spaceId), { token: token() })),
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
