import { expect, it } from "vitest";
import { particularOf } from "#renderer/features/trust/audit-words.ts";

const asIs = (text: string): string => text;

it("says the particulars of an audit entry in words, and leaves what it does not know as it is", () => {
  expect(particularOf("alg", "ed25519", asIs)).toBe("signs with: Ed25519");
  expect(particularOf("alg", "p256", asIs)).toBe("signs with: ECDSA P-256");
  expect(particularOf("over", "feed", asIs)).toBe("came over: the sync of a device");
  expect(particularOf("accepted", true, asIs)).toBe("accepted: yes");
  expect(particularOf("type", "deal", asIs)).toBe("type: Deals");
  expect(particularOf("persona", "client", () => "Client")).toBe("persona: Client");
  expect(particularOf("times", 4, asIs)).toBe("so many times: 4");
  expect(particularOf("colour", "red", asIs)).toBe("colour: red");
});
