// A project with a milestone, a consultant who asks and two clients who decide, each on a device of their own.

import { until, addMember, openNetwork, setUpOwner, synced, type Device, type Network } from "./network.ts";
import type { ApprovalView } from "#renderer/data/approval-types.ts";

export type Clinic = {
  readonly network: Network;
  readonly space: string;
  readonly milestone: string;
  readonly olga: Device;
  readonly igor: Device;
  readonly carla: Device;
  readonly cem: Device;
  readonly ids: { readonly igor: string; readonly carla: string; readonly cem: string };
  /** `about`: the milestone of the clinic when left out. */
  ask(
    approvers: readonly string[],
    more?: { required?: number; attachments?: readonly string[]; about?: string },
  ): Promise<string>;
  viewOf(device: Device, about?: string): Promise<ApprovalView | undefined>;
  /** Waits until the device shows this outcome. */
  shows(device: Device, outcome: string, what: string, more?: (view: ApprovalView) => boolean): Promise<void>;
};

export const isChained = (view: ApprovalView): boolean => view.delivery.state === "counts";

export async function openClinic(): Promise<Clinic> {
  const network = await openNetwork();
  const olga = await setUpOwner(network);
  const project = await olga.data.edit.createProject({ name: "Clinic roof" });
  if (!project.ok) throw new Error("no project");
  const space = project.value.id;
  await synced(olga);
  const igor = await addMember(network, olga, "Igor", "consultant");
  const carla = await addMember(network, olga, "Carla", "client");
  const cem = await addMember(network, olga, "Cem", "client");
  for (const { id } of [carla, cem])
    await until(
      async () => (await olga.data.people.addToSpace(space, id, "client")).ok,
      "the client is in the project",
    );
  const made = await igor.device.data.edit.create({
    type: "milestone",
    space,
    values: { title: "M2 Structure", targetDate: "2026-05-30", billingAmount: "18,200.00 EUR", laborCost: "1 EUR" },
  });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  const milestone = made.value.id;
  const devices = [igor.device, carla.device, cem.device];
  for (const device of devices) await synced(device);
  for (const device of devices)
    await until(async () => (await device.data.query.record(milestone)) !== undefined, "M2 is there");

  const viewOf = async (device: Device, about = milestone): Promise<ApprovalView | undefined> =>
    (await device.data.approvals.overview(space)).find((view) => view.request.about === about);

  return {
    network,
    space,
    milestone,
    olga,
    igor: igor.device,
    carla: carla.device,
    cem: cem.device,
    ids: { igor: igor.id, carla: carla.id, cem: cem.id },
    ask: async (approvers, { required = approvers.length, attachments = [], about = milestone } = {}) => {
      const asked = await igor.device.data.approvals.request({
        about,
        approvers,
        required,
        order: "together",
        dueDate: "2026-05-22",
        message: "Ready for steel order",
        attachments,
      });
      if (!asked.ok) throw new Error(JSON.stringify(asked.error));
      return asked.value.id;
    },
    viewOf,
    shows: (device, outcome, what, more = () => true) =>
      until(async () => {
        const view = await viewOf(device);
        return view?.status.outcome === outcome && more(view);
      }, `${what}: ${outcome}`),
  };
}
