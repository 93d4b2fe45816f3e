// The demo is real: what is shared follows a rule; approvals are signed, chained, verified on the device, and by an
// outsider's program.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import { openNetwork, synced, until, type Device, type Network } from "./network.ts";

const verifier = resolve(import.meta.dirname, "../../docs/verify/verify.mjs");
let network: Network;

beforeAll(async () => {
  network = await openNetwork({ demo: true });
}, 60_000);
afterAll(() => network.close());

async function visitor(email: string): Promise<Device> {
  const device = await network.addDevice();
  const signedIn = await device.data.session.signIn({ email, password: "drawbridge" });
  if (!signedIn.ok) throw new Error(signedIn.error.message);
  await synced(device, 60_000);
  return device;
}

it("shares the deals that are being qualified with the partner, and no others", async () => {
  const pia = await visitor("pia@deltasupply.example");
  const ana = await visitor("ana@northwind.example");
  const deals = (await ana.data.query.records({ type: "deal" })).rows;
  const wanted = deals.filter((row) => row.fields["stage"] === "qualification").map(({ id }) => id);
  expect(wanted.length).toBeGreaterThan(3);
  await until(
    async () => (await pia.data.query.records({ type: "deal" })).total === wanted.length,
    "all of them arrive",
  );
  const { rows } = await pia.data.query.records({ type: "deal" });
  expect(rows.map(({ id }) => id).toSorted()).toEqual(wanted.toSorted());
  expect(rows.some((row) => row.fields["margin"] !== undefined)).toBe(false);
  expect(deals.some((row) => row.fields["margin"] !== undefined)).toBe(true);
});

it("asks the client for the scope, and has the survey approved, with records that verify", async () => {
  const carla = await visitor("carla@harborclinic.example");
  const space = (await carla.data.spaces()).find((one) => one.name === "Clinic roof")?.id ?? "";
  let views: readonly ApprovalView[] = [];
  await until(async () => {
    views = await carla.data.approvals.overview(space);
    return views.length === 2 && views.every((view) => view.delivery.state === "counts");
  }, "both requests count");
  const standing = views.map(({ request, status, isStale, needsMe }) => ({
    title: request.title,
    outcome: status.outcome,
    isStale,
    needsMe,
  }));
  expect(standing).toEqual([
    { title: "Scope", outcome: "pending", isStale: false, needsMe: true },
    { title: "M1 Survey", outcome: "approved", isStale: false, needsMe: false },
  ]);
  expect(await carla.data.approvals.alarms(space)).toEqual([]);

  const folder = mkdtempSync(join(tmpdir(), "drawbridge-demo-"));
  const packed = await carla.data.approvals.exportFolder(space);
  if (!packed.ok) throw new Error(packed.error.message);
  const zip = new Uint8Array(await packed.value.arrayBuffer());
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  const said = JSON.parse(execFileSync(process.execPath, [verifier, folder], { encoding: "utf8" })) as {
    conclusion: readonly { title: string; covers: boolean }[];
  };
  rmSync(folder, { recursive: true });
  expect(said).toMatchObject({ valid: true, problems: [] });
  expect(said.conclusion.filter((one) => one.covers).map((one) => one.title)).toEqual(["M1 Survey"]);

  // The visitor decides with a key of the device he sits at.
  const scope = views.find((view) => view.needsMe);
  const decided = await carla.data.approvals.decide({ request: scope?.request.id ?? "", decision: "approve" });
  expect(decided.ok).toBe(true);
  await until(
    async () => (await carla.data.approvals.overview(space)).every((view) => view.status.outcome === "approved"),
    "the visitor's decision counts",
  );
  // The demo's own keys ended with it: no reason to ask anybody about the visitor's.
  const decisions = (await carla.data.approvals.overview(space)).flatMap(({ request, decisions: own }) =>
    own.map((one) => [request.title, one.newKey?.replaced]),
  );
  expect(Object.fromEntries(decisions)).toEqual({ "M1 Survey": undefined, Scope: true });
  expect((await carla.data.keys.state()).unseen).toEqual([]);
  expect(await carla.data.approvals.alarms(space)).toEqual([]);
});
