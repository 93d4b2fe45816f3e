// Whose word it is: passing on and taking back, saying no where others said yes, and a request that is called off.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standsOf } from "#renderer/features/projects/project-view.ts";
import { isChained, openClinic, type Clinic } from "./clinic.ts";
import { synced } from "./network.ts";

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
}, 60_000);
afterAll(() => clinic.network.close());

const message = (result: { ok: boolean; error?: unknown }): string =>
  result.ok ? "done" : ((result.error as { message?: string }).message ?? "");

describe("voices", () => {
  it("is passed on only to somebody who can answer, and taken back by deciding after all", async () => {
    const { carla, igor, cem, ids } = clinic;
    const request = await clinic.ask([ids.carla]);
    await clinic.shows(carla, "pending", "asked", (view) => view.needsMe && isChained(view));
    for (const delegate of [ids.igor, ids.carla, "somebody-else"])
      expect(message(await carla.data.approvals.decide({ request, decision: "delegate", delegate }))).toContain(
        "cannot decide this",
      );
    expect(message(await carla.data.approvals.decide({ request, decision: "withdraw" }))).toContain("nothing to");
    const passed = await carla.data.approvals.decide({ request, decision: "delegate", delegate: ids.cem });
    expect(passed.ok).toBe(true);
    await clinic.shows(cem, "pending", "Cem is asked", (view) => view.needsMe);
    await clinic.shows(carla, "pending", "passed on", (view) => view.mine.passedOnTo === ids.cem && !view.needsMe);
    expect(message(await carla.data.approvals.decide({ request, decision: "approve" }))).toBe("done");
    for (const device of [igor, carla, cem]) await clinic.shows(device, "approved", "decided after all");
    expect((await clinic.viewOf(cem))?.needsMe).toBe(false);
  });

  it("a request that is called off takes no approval away", async () => {
    const { carla, igor } = clinic;
    const second = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(carla, "pending", "asked again", (view) => view.needsMe && view.request.id === second);
    expect((await igor.data.approvals.decide({ request: second, decision: "cancel" })).ok).toBe(true);
    for (const device of [igor, carla])
      await clinic.shows(device, "approved", "as before", (view) => view.request.revision === 1 && !view.isStale);
    const views = await igor.data.approvals.overview(clinic.space);
    expect(standsOf(views).get(clinic.milestone)).toBe("approved");
    // The next one is not the second again.
    const third = await clinic.ask([clinic.ids.carla, clinic.ids.cem], { required: 1 });
    await clinic.shows(igor, "pending", "third", (view) => view.request.id === third && view.request.revision === 3);
  });

  it("approved by one of two, the other one can still say no, and it counts", async () => {
    const { carla, cem, igor } = clinic;
    await clinic.shows(carla, "pending", "asked", (view) => view.needsMe);
    const request = (await clinic.viewOf(carla))?.request.id ?? "";
    await carla.data.approvals.decide({ request, decision: "approve" });
    await clinic.shows(cem, "approved", "by Carla alone", (view) => !view.needsMe && view.mine.mayObject);
    const rejected = await cem.data.approvals.decide({ request, decision: "reject", reason: "Anchors" });
    expect(rejected.ok).toBe(true);
    await synced(cem);
    await clinic.shows(igor, "rejected", "a no beats a yes");
    await clinic.shows(cem, "rejected", "said", (view) => !view.mine.mayObject);
  });
});
