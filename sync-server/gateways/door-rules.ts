// Every door of the relay and its rule: each HTTP route, each frame and message of the sockets, who may use it and under
// which check. The relay does not start with a route that stands in no row here (relay.ts), the compiler refuses a frame
// without one, and `who` is enforced where the session is looked up (who-asks.ts). The tests of tests/security go through
// every row as a guest, and as a member of another space.

import type { ClientFrame, RelayFrame } from "#shared/protocol/frames.ts";
import { assert } from "#shared/model/result.ts";
import type { LiveMessage } from "./live-messages.ts";
import type { UpgradeTarget } from "./upgrade.ts";

/** `operator`: a program on the relay's machine, or one with the operator's token. `outsiders`: external personas. `team`: internal ones. `managers`: owners and managers. */
export type Who = "anyone" | "operator" | "member" | "outsiders" | "team" | "managers";

export type DoorRule = {
  readonly who: Who;
  /** The check beyond `who`, in words: what it is asked for and what it answers with. */
  readonly check: string;
};

const own = "answers with what belongs to the session itself";
const perFacet = "access.mayRead / mayWrite of every facet involved; not yours and does not exist are one answer (E5)";
const manages = "access refuses whoever manages nothing; ids that are not there get the same refusal";

/** `METHOD /path` as registered. */
export const routeRules: Readonly<Record<string, DoorRule>> = {
  "GET /healthz": { who: "anyone", check: "a constant" },
  "GET /readyz": { who: "anyone", check: "a constant" },
  "GET /metrics": { who: "operator", check: "mayReadMetrics; numbers of the whole relay, no ids and no data" },
  "GET /*": { who: "anyone", check: "files of the built app, the same for everybody; no data" },
  "POST /api/v1/auth/sign-in": { who: "anyone", check: "password; one uniform failure, braked by address and e-mail" },
  "GET /api/v1/set-up": { who: "anyone", check: "whether set-up is needed, and the organization's name" },
  "POST /api/v1/set-up": { who: "anyone", check: "once, while there is no organization" },
  "GET /api/v1/openapi.json": { who: "anyone", check: "the description of the API, the same for everybody; no data" },
  "GET /api/v1/chain-key": { who: "anyone", check: "the public key of this relay, the same for everybody; no data" },
  "POST /api/v1/spaces/:id/chain": {
    who: "member",
    check:
      "access.personaIn and canReadFacet; only links with this relay's own signature, and what they name by its hash",
  },
  "OPTIONS /api/v1/*": { who: "anyone", check: "which methods and headers an allowed origin may send; no data" },
  "POST /api/v1/auth/sign-out": { who: "member", check: own },
  "GET /api/v1/me": { who: "member", check: own },
  "POST /api/v1/tickets": { who: "member", check: own },
  "POST /api/v1/live-tickets": {
    who: "member",
    check: "a ticket for every name, whether it exists or not: the live gateway asks for the right (E5)",
  },
  "GET /api/v1/spaces": { who: "member", check: "access.spacesOf: the member's own spaces" },
  "POST /api/v1/spaces": { who: "managers", check: "portals and groups; projects are made by their record" },
  "PATCH /api/v1/spaces/:id": { who: "managers", check: manages },
  "GET /api/v1/quarantine": { who: "member", check: "managers: all; others: their own, without what it would change" },
  "POST /api/v1/quarantine/:id/accept": { who: "managers", check: "quarantine: one late edit, by id" },
  "POST /api/v1/quarantine/:id/dismiss": { who: "member", check: "quarantine: managers, and authors of their own" },
  "GET /api/v1/spaces/:id/contents": { who: "team", check: "sharing: a space the caller is in, records they read" },
  "GET /api/v1/spaces/:id/rules": { who: "managers", check: "shareRules: the rules of a space" },
  "POST /api/v1/spaces/:id/rules": {
    who: "managers",
    check:
      "shareRules: fields its author reads, a space the author is in, readers from outside who may read of the type",
  },
  "POST /api/v1/spaces/:id/rules/preview": { who: "managers", check: "shareRules: as for saving" },
  "DELETE /api/v1/rules/:id": { who: "managers", check: manages },
  "GET /api/v1/records/:id/spaces": {
    who: "team",
    check: "sharing: a record the caller reads, spaces the caller is in",
  },
  "GET /api/v1/records/:id/spaces/:spaceId/preview": { who: "team", check: "sharing: as for sharing itself" },
  "PUT /api/v1/records/:id/spaces/:spaceId": {
    who: "team",
    check:
      "sharing: a record the caller reads into a space the caller is in, where somebody from outside may read of it",
  },
  "DELETE /api/v1/records/:id/spaces/:spaceId": { who: "team", check: "sharing: as for sharing itself" },
  "PUT /api/v1/spaces/:id/members/:memberId": { who: "member", check: manages },
  "DELETE /api/v1/spaces/:id/members/:memberId": { who: "member", check: manages },
  "GET /api/v1/members": { who: "team", check: "access.membersFor" },
  "POST /api/v1/members": { who: "member", check: manages },
  "PATCH /api/v1/members/:id": { who: "managers", check: "accounts: owners by owners only; the last owner stays one" },
  "DELETE /api/v1/members/:id": { who: "managers", check: "accounts: as for changing a role" },
  "GET /api/v1/members/ended": { who: "managers", check: "names and e-mail addresses of those whose access has ended" },
  "POST /api/v1/members/:id/restore": { who: "managers", check: "accounts: owners by owners only" },
  "POST /api/v1/members/:id/password-reset": { who: "managers", check: "accounts: owners by owners only" },
  "PUT /api/v1/me/password": { who: "member", check: "the password the member has now; braked by member" },
  "POST /api/v1/password-resets/look": { who: "anyone", check: "256-bit secret of an open link, braked by address" },
  "POST /api/v1/password-resets/accept": { who: "anyone", check: "the secret; once; braked by address" },
  "POST /api/v1/invitations/look": { who: "anyone", check: "256-bit secret of an open invitation, braked by address" },
  "POST /api/v1/invitations/accept": {
    who: "anyone",
    check: "the secret and the e-mail address it was made for; once; braked by address",
  },
  "GET /api/v1/invitations": { who: "managers", check: "every invitation; no secrets, which the relay does not know" },
  "POST /api/v1/invitations": { who: "managers", check: "persona and space must fit; an owner only by an owner" },
  "DELETE /api/v1/invitations/:id": { who: "managers", check: manages },
  "GET /api/v1/policy": { who: "team", check: "where fields lie, numbers of people; no records" },
  "GET /api/v1/policy/versions": { who: "managers", check: "every decision, whole" },
  "POST /api/v1/policy/preview": { who: "managers", check: "names people and titles of records, which managers see" },
  "PUT /api/v1/policy": { who: "managers", check: "the version decided on must be the current one" },
  "DELETE /api/v1/policy/waiting": { who: "managers", check: "only what does not count yet" },
  "POST /api/v1/personas": { who: "managers", check: "names are unique" },
  "PUT /api/v1/personas/:id": { who: "managers", check: "names are unique" },
  "DELETE /api/v1/personas/:id": { who: "managers", check: "refused while anybody has it" },
  "GET /api/v1/offline-terms": { who: "team", check: "two numbers of hours" },
  "PUT /api/v1/offline-terms": { who: "managers", check: "whole hours within limits" },
  "GET /api/v1/records": { who: "member", check: perFacet },
  "POST /api/v1/records": { who: "member", check: perFacet },
  "GET /api/v1/records/:id": { who: "member", check: perFacet },
  "PATCH /api/v1/records/:id": { who: "member", check: perFacet },
  "DELETE /api/v1/records/:id": { who: "member", check: perFacet },
  "GET /api/v1/keys": { who: "member", check: own },
  "POST /api/v1/keys": { who: "member", check: "signed with the key itself, which belongs to nobody else" },
  "DELETE /api/v1/keys/:id": {
    who: "member",
    check: "a key of the member; not yours and does not exist are one answer",
  },
  "PUT /api/v1/files/:id": {
    who: "member",
    check:
      "files: a record the caller reads and writes, and exactly the bytes it names; asked for by record, not by hash",
  },
  "GET /api/v1/files/:id/upload": { who: "member", check: "files: as for bringing it; a number of bytes" },
  "GET /api/v1/files/:id": { who: "member", check: "files: access.mayRead of the file's record" },
  "GET /api/v1/records/:id/history": { who: "member", check: perFacet },
  "GET /api/v1/records/:id/history/export": { who: "member", check: perFacet },
  "GET /api/v1/audit": { who: "managers", check: "the organization's audit, whole" },
  "GET /api/v1/audit/export": { who: "managers", check: "the organization's audit, whole; is itself recorded" },
  "GET /api/v1/notices": {
    who: "member",
    check: "what concerns the member itself; for managers also the requests that wait; names the member may know",
  },
  "GET /api/v1/my-data": { who: "outsiders", check: "what is held about the member itself, under its persona" },
  "GET /api/v1/my-data/export": { who: "outsiders", check: "as my-data; is recorded in the audit" },
  "POST /api/v1/my-data/requests": {
    who: "outsiders",
    check: "a request of the member itself, one open one of each kind",
  },
  "POST /api/v1/my-data/consent": { who: "outsiders", check: "lifts what the member itself withdrew" },
  "GET /api/v1/privacy-requests": { who: "managers", check: "the organization's requests" },
  "POST /api/v1/privacy-requests/:id/answer": { who: "managers", check: manages },
  "POST /api/v1/audit/reports": {
    who: "member",
    check: "two actions that only a device can tell, as the member itself; the lens is the team's",
  },
};

/** Paths that take a WebSocket. Anything else is refused before the upgrade. */
export const socketRules = {
  feed: { who: "member", check: "ticket of a live session (E2), origin (E4)" },
  live: {
    who: "member",
    check: "ticket and origin, then access.mayRead of the document; else 4403, whether it exists or not",
  },
} as const satisfies Record<UpgradeTarget["kind"], DoorRule>;

/** What a device may send over the feed. */
export const clientFrameRules = {
  hello: { who: "member", check: "cursors count for the member's own spaces only" },
  push: {
    who: "member",
    check:
      "access.mayWrite of the document's facet, by the relay's own metadata once it is known (W3, E5); no field that lies elsewhere (W10)",
  },
  ping: { who: "member", check: "no content" },
  pong: { who: "member", check: "no content" },
} as const satisfies Record<ClientFrame["kind"], DoorRule>;

/** What the relay sends over the feed, and to whom. */
export const relayFrameRules = {
  welcome: {
    who: "member",
    check:
      "access.spacesOf: the member's own spaces and who is in them (F5), access.policyFor (F7), access.offlineHoursFor (F9)",
  },
  catchUp: { who: "member", check: "counts readable documents only (R3)" },
  batch: { who: "member", check: "access.mayRead per update, asked again for every batch (R3)" },
  deflatedBatch: { who: "member", check: "as batch" },
  placed: {
    who: "member",
    check: "access.carrierOf per document: each once, through the one space that grants it (R7)",
  },
  upToDate: { who: "member", check: "a space of the member" },
  removed: { who: "member", check: "documents the device was sent before" },
  ack: { who: "member", check: "the device's own pushes" },
  refused: { who: "member", check: "the device's own pushes; a sentence per code, of a seal about what was sent" },
  ping: { who: "member", check: "no content" },
  pong: { who: "member", check: "no content" },
} as const satisfies Record<RelayFrame["kind"], DoorRule>;

/** What either side may send over a live document. */
export const liveMessageRules = {
  step1: {
    who: "member",
    check: "a reader of the document; asked again for every distribution; waits for a move (F8)",
  },
  step2: { who: "member", check: "access.mayWrite, else dropped (V4)" },
  update: { who: "member", check: "access.mayWrite, else dropped (V4)" },
  awareness: { who: "member", check: "stamped with the relay's word of who it is, 1 KiB (V5)" },
  other: { who: "member", check: "ignored (V1)" },
} as const satisfies Record<LiveMessage["kind"], DoorRule>;

/** The rule of a route; undefined when it has none. A HEAD is its GET without a body. */
export const ruleOfRoute = (method: string, url: string): DoorRule | undefined =>
  routeRules[`${method === "HEAD" ? "GET" : method} ${url}`];

/** For Fastify's onRoute hook: registering a route without a rule is a mistake of ours, and ends the start. */
export function requireRouteRule({
  method,
  url,
}: {
  readonly method: string | readonly string[];
  readonly url: string;
}): void {
  for (const one of typeof method === "string" ? [method] : method)
    assert(ruleOfRoute(one, url) !== undefined, `the route ${one} ${url} has a rule in gateways/door-rules.ts`);
}
