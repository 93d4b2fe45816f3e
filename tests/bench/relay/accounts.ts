// Who takes part in a bench, known to the folder that is filled and to the clients that sign in: an account with a space
// of its own for every document of a fan-out, one for everything else, and one that opens live documents in all spaces.

export type Account = { readonly id: string; readonly space: string; readonly token: string };

export const FACET = "internal";
export const RECORD_TYPE = "company";
export const FAN_OUT_DOCUMENTS = 100;

const accountOf = (name: string): Account => ({
  id: `bench-${name}`,
  space: `space-${name}`,
  token: `session-of-the-bench-account-${name}`,
});

export const mainAccount = accountOf("main");
export const liveAccount = accountOf("live");
export const fanOutAccounts: readonly Account[] = Array.from({ length: FAN_OUT_DOCUMENTS }, (_, index) =>
  accountOf(`doc${index}`),
);

/** `doc7` of a fan-out has its own space; all other rooms are in the main one. */
export const homeOfRoom = (room: string): Account =>
  fanOutAccounts[Number(/^doc(\d+)$/.exec(room)?.[1] ?? -1)] ?? mainAccount;
