// Who is signed in on this device. Starts from what is stored, without any network; asks the relay only when nothing is.
// A session the relay has ended leaves the data and the outbox where they are.

import { err, ok, type Result } from "#shared/model/result.ts";
import type { DeviceDatabase, StoredSession } from "./device-database.ts";
import { createWatched } from "./emitter.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import { openTabChannel } from "./tab-channel.ts";
import type { Closed, Me, SessionApi, SessionState } from "./types.ts";

/** Keeps the token somewhere safer than the device database; `false` from `save`: it lasts for this run only. */
export type TokenKeeper = {
  load(): Promise<string | undefined>;
  save(token: string): Promise<boolean>;
  clear(): Promise<void>;
};

type Deps = {
  /** Tabs of one device tell one another under this name that somebody signed in or out. */
  readonly name: string;
  readonly device: DeviceDatabase;
  readonly http: RelayHttp;
  readonly tokens: TokenKeeper | undefined;
  /** Opens or closes everything that belongs to a member. */
  readonly opened: (me: Me, isNewSession: boolean) => Promise<Closed | undefined>;
  readonly closed: (options: { deleteData: boolean }) => Promise<void>;
  readonly waiting: () => Promise<number>;
};

export type Session = SessionApi & {
  /** Resolves when the state has left "starting" as far as this device alone can tell. */
  readonly start: () => Promise<void>;
  readonly me: () => Me | undefined;
  readonly token: () => string | undefined;
  readonly ticket: () => Promise<Result<string, Pick<HttpError, "type">>>;
  readonly stop: () => void;
  /** The data of whoever is signed in closes, or opens again. */
  readonly setClosed: (closed: Closed | undefined) => void;
};

/** Somebody is signed in, whether or not what they hold is open. */
const isHere = (state: SessionState): state is Extract<SessionState, { readonly me: Me }> =>
  state.kind === "signedIn" || state.kind === "closed";

type SignedIn = { readonly token: string; readonly member: Me };
type Kept = StoredSession & { readonly token: string };
type TicketAnswer = { readonly ticket: string; readonly persona?: Me["persona"] };
type SetUpState = { readonly needed: boolean; readonly organization?: string };

export function createSession({ name, device, http, tokens, opened, closed, waiting }: Deps): Session {
  const state = createWatched<SessionState>({ kind: "starting" });
  let token: string | undefined;

  /** The session to go on with. Without its token there is none; the data stays for the next sign-in. */
  async function kept(): Promise<Kept | undefined> {
    const stored = await device.session.get("session");
    if (stored === undefined || stored.ended) return undefined;
    const found = tokens === undefined ? stored.token : await tokens.load();
    return found === undefined ? undefined : { ...stored, token: found };
  }

  /** Another tab signed in or out: what is stored now holds here too. */
  async function follow(): Promise<void> {
    const stored = await kept();
    if (stored !== undefined) {
      if (stored.token === token) return;
      await resume(stored);
    } else if (isHere(state.get())) {
      token = undefined;
      state.set({ kind: "signedOut" });
      await closed({ deleteData: false });
    }
  }
  const tabs = openTabChannel<"changed">(`${name}-session`, () => void follow());

  function show(me: Me, organization: string, closed: Closed | undefined): void {
    state.set(
      closed === undefined ? { kind: "signedIn", me, organization } : { kind: "closed", me, organization, closed },
    );
  }

  async function resume(stored: Kept): Promise<void> {
    token = stored.token;
    show(stored.me, stored.organization, await opened(stored.me, false));
  }

  async function begin(signedIn: SignedIn, organization: string): Promise<void> {
    token = signedIn.token;
    const { id, name, email, persona } = signedIn.member;
    const me: Me = { id, name, email, persona };
    await store(signedIn.token, { key: "session", me, organization, ended: false });
    show(me, organization, await opened(me, true));
    tabs.tell("changed");
  }

  async function store(token: string, session: StoredSession): Promise<void> {
    if (tokens === undefined) {
      await device.session.put({ ...session, token });
      return;
    }
    // Cleared first: a crash in between never leaves one member's token beside another member's name.
    await tokens.clear();
    await device.session.put(session);
    await tokens.save(token);
  }

  async function end(stored: StoredSession): Promise<void> {
    token = undefined;
    await device.session.put({ ...stored, ended: true });
    await tokens?.clear();
    state.set({ kind: "signedOut" });
    tabs.tell("changed");
    await closed({ deleteData: false });
  }

  /** The organization has ended this member's access: nothing of it stays here. */
  async function expel({ organization }: StoredSession): Promise<void> {
    token = undefined;
    await device.session.delete("session");
    await tokens?.clear();
    state.set({ kind: "signedOut", ended: organization });
    // The other tabs have to let go of the database before it can be deleted.
    tabs.tell("changed");
    await closed({ deleteData: true });
  }

  /** Another role since the last contact. */
  async function follows(stored: StoredSession, persona: Me["persona"] | undefined): Promise<void> {
    const current = state.get();
    if (persona === undefined || !isHere(current) || current.me.persona === persona) return;
    const me = { ...current.me, persona };
    await device.session.put({ ...stored, me });
    show(me, current.organization, current.kind === "closed" ? current.closed : undefined);
  }

  async function findSetUp(): Promise<void> {
    const answer = await http.call<SetUpState>("GET", "/set-up");
    if (state.get().kind === "starting")
      state.set({ kind: answer.ok && answer.value.needed ? "needsSetUp" : "signedOut" });
  }

  async function enter(
    answer: Result<SignedIn, { message: string }>,
    organization?: string,
  ): Promise<Result<void, { readonly message: string }>> {
    if (!answer.ok) return err({ message: answer.error.message });
    const named = organization === undefined ? await http.call<SetUpState>("GET", "/set-up") : undefined;
    await begin(answer.value, organization ?? (named?.ok === true ? (named.value.organization ?? "") : ""));
    return ok(undefined);
  }

  return {
    state: state.get,
    subscribe: state.subscribe,
    me: () => {
      const current = state.get();
      return isHere(current) ? current.me : undefined;
    },
    token: () => token,
    start: async () => {
      const stored = await kept();
      if (stored === undefined) {
        // The answer may take as long as the network likes; the screen shows "starting" meanwhile.
        void findSetUp();
        return;
      }
      await resume(stored);
    },
    stop: tabs.close,
    setClosed: (closed) => {
      const current = state.get();
      if (!isHere(current)) return;
      const known = current.kind === "closed" ? current.closed : undefined;
      if (JSON.stringify(known) !== JSON.stringify(closed)) show(current.me, current.organization, closed);
    },
    ticket: async () => {
      const asked = token;
      const answer = await http.call<TicketAnswer>("POST", "/tickets", { token: asked ?? "" });
      const stored = await device.session.get("session");
      if (answer.ok) {
        if (stored !== undefined && asked === token) await follows(stored, answer.value.persona);
        return ok(answer.value.ticket);
      }
      // Signed in anew meanwhile, here or in another tab: that session has not ended.
      const current = tokens === undefined ? stored?.token : token;
      const stillAsked = asked !== undefined && asked === token && asked === current;
      if (stored !== undefined && stillAsked) {
        if (answer.error.type === "SignedOut") await end(stored);
        // Not awaited: closing waits for whoever asked for this ticket.
        else if (answer.error.type === "AccessEnded") void expel(stored);
      }
      return err({ type: answer.error.type });
    },
    signIn: async (input) => enter(await http.call<SignedIn>("POST", "/auth/sign-in", { body: input })),
    acceptInvitation: async (input) => {
      const answer = await http.call<SignedIn & { readonly space: string }>("POST", "/invitations/accept", {
        body: input,
      });
      if (!answer.ok) return err({ message: answer.error.message });
      const entered = await enter(answer);
      return entered.ok ? ok({ space: answer.value.space }) : entered;
    },
    resetPassword: async (input) =>
      enter(await http.call<SignedIn>("POST", "/password-resets/accept", { body: input })),
    setUp: async (input) =>
      enter(await http.call<SignedIn>("POST", "/set-up", { body: input }), input.organization.trim()),
    signOut: async (options) => {
      const left = await waiting();
      if (left > 0 && options?.evenUnsynced !== true) return err({ type: "Unsynced", waiting: left });
      const ending = token;
      token = undefined;
      await device.session.delete("session");
      await tokens?.clear();
      state.set({ kind: "signedOut" });
      // The other tabs have to let go of the database before it can be deleted.
      tabs.tell("changed");
      await closed({ deleteData: true });
      // Offline the relay learns nothing; the session then ends by its age.
      if (ending !== undefined) await http.call("POST", "/auth/sign-out", { token: ending });
      return ok(undefined);
    },
  };
}
