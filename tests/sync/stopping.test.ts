// The relay stops in the middle of what its members do: requests whose sender is gone are still being answered then.

import { expect, it } from "vitest";
import { addMember, createCompany, crmOf, networkOfTest, setUpOwner, signIn, synced, until } from "./network.ts";

it("R1: stopped again and again while people sign in, are added and write: every device is in step afterwards", async () => {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const crm = await crmOf(olga);
  const { device: igor } = await addMember(network, olga, "Igor", "consultant");
  const made: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    const guest = await network.addDevice();
    const underWay = [
      // Each of these writes in several steps; those that are cut short answer with an error, and are asked again by people.
      guest.data.session.signIn({ email: "igor@northwind.example", password: "harbour-lights-2026" }),
      olga.data.people.add({
        name: `Ned ${round}`,
        email: `ned${round}@northwind.example`,
        password: "harbour-lights-2026",
        persona: "consultant",
      }),
      olga.data.sharing.makeSpace({ kind: "portal", name: `Portal ${round}` }),
      createCompany(olga, crm, `Company ${round}`).then((id) => made.push(id)),
    ];
    await new Promise((resolve) => setTimeout(resolve, round * 4));
    guest.link.setOn(false);
    await network.stopRelay();
    await Promise.allSettled(underWay);
    await network.startRelay();
  }
  await synced(olga);
  await until(
    async () => (await igor.data.query.record(made.at(-1) ?? ""))?.title === "Company 11",
    "the last company",
  );
  await synced(igor);
  expect(made).toHaveLength(12);
  for (const [round, id] of made.entries()) expect((await igor.data.query.record(id))?.title).toBe(`Company ${round}`);
  expect((await signIn(network, "igor@northwind.example")).data.session.state().kind).toBe("signedIn");
}, 120_000);
