// Between the ack and the chain: what is delivered and in no chain yet asks nobody twice and approves nothing. The relay here
// keeps its links back: it adds nothing to a chain that somebody else has written into.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSalt, subjectText } from "#shared/model/approval-subject.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import { generateKeyPairOf } from "#shared/model/signatures.ts";
import { isChained, openClinic, type Clinic } from "./clinic.ts";
import { synced, until } from "./network.ts";
import { forge, showUnchainedRequest, tamper } from "./tamper.ts";

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
}, 60_000);
afterEach(() => clinic.network.close());

const ELSEWHERE = "another-request";

describe("delivered, and in no chain", () => {
  it("my decision is given: nobody asks me again, and a second signature is refused", async () => {
    const request = await clinic.ask([clinic.ids.carla, clinic.ids.cem]);
    await clinic.shows(clinic.carla, "pending", "asked", (view) => view.needsMe && isChained(view));
    await tamper(clinic, async (log) => forge(clinic, log, ELSEWHERE, await generateKeyPairOf("ed25519"), true));
    expect((await clinic.carla.data.approvals.decide({ request, decision: "approve" })).ok).toBe(true);
    await synced(clinic.carla);
    const view = await clinic.viewOf(clinic.carla);
    expect(view?.decisions.map((one) => one.delivery.state)).toEqual(["delivered"]);
    expect(view?.mineHere).toBeUndefined();
    expect(view?.needsMe).toBe(false);
    const twice = await clinic.carla.data.approvals.decide({ request, decision: "approve" });
    expect(twice).toMatchObject({ ok: false, error: { type: "NotAllowed" } });
    expect((await clinic.viewOf(clinic.carla))?.decisions).toHaveLength(1);
    // What it comes to waits for the chain, for her as for everybody.
    expect(view?.status.outcome).toBe("pending");
  });

  it("T23: a request in somebody's name that no chain names asks nobody, cannot be decided, and hides no other", async () => {
    const honest = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.carla, "pending", "asked", (view) => view.needsMe && isChained(view));
    await clinic.carla.data.approvals.decide({ request: honest, decision: "approve" });
    await clinic.shows(clinic.carla, "approved", "approved");
    const subject = (await clinic.viewOf(clinic.carla))?.request.subject ?? "";
    let forged = "";
    await tamper(clinic, async (log) => {
      const key = await generateKeyPairOf("ed25519");
      await forge(clinic, log, ELSEWHERE, key, true);
      forged = await showUnchainedRequest(clinic, log, subject, key);
    });
    await until(
      async () => (await clinic.viewOf(clinic.carla))?.requests.some((one) => one.id === forged) === true,
      "Carla's device has it",
    );
    const view = await clinic.viewOf(clinic.carla);
    expect(view?.needsMe).toBe(false);
    expect(view?.request.id).toBe(honest);
    expect(view?.status.outcome).toBe("approved");
    const signed = await clinic.carla.data.approvals.decide({ request: forged, decision: "approve" });
    expect(signed).toMatchObject({ ok: false, error: { message: expect.stringContaining("not recorded") as string } });
  });

  it("T23: nor does it where it is the only one", async () => {
    const record = await clinic.carla.data.query.record(clinic.milestone);
    if (record === undefined) throw new Error("no milestone");
    const facet = "client-shared";
    const subject = subjectText({ record, facet, attachments: [], salt: newSalt(), policy: shippedPolicy });
    await tamper(clinic, async (log) => {
      const key = await generateKeyPairOf("ed25519");
      await forge(clinic, log, ELSEWHERE, key, true);
      await showUnchainedRequest(clinic, log, subject, key);
    });
    await clinic.shows(clinic.carla, "pending", "Carla's device has it");
    const view = await clinic.viewOf(clinic.carla);
    expect(view).toMatchObject({ isStale: false, needsMe: false, delivery: { state: "delivered" } });
  });
});
