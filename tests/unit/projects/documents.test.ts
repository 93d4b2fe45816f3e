// Links a document may carry, who is in it, and which audiences may be picked.

import { describe, expect, test } from "vitest";
import { isSafeLink, toSafeLink } from "#renderer/fields/rich-text/safe-link.ts";
import { connectionWords, readersOf } from "#renderer/fields/rich-text/use-together.ts";
import { audienceOptions, defaultAudience } from "#renderer/ui/audience-choices.ts";

describe("links", () => {
  test("only http, https and mailto are shown or kept", () => {
    for (const good of ["https://harbor.example/a?b#c", "http://10.0.0.1", "mailto:carla@harbor.example"])
      expect(isSafeLink(good)).toBe(true);
    for (const bad of [
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      " javascript:alert(1)",
      "data:text/html,x",
      "file:///etc",
      "/here",
      "",
      null,
      undefined,
    ]) {
      expect(isSafeLink(bad)).toBe(false);
    }
  });

  test("what people type becomes an address, or nothing", () => {
    expect(toSafeLink("harbor.example/roof")).toBe("https://harbor.example/roof");
    expect(toSafeLink("harbor.example:8080/roof")).toBe("https://harbor.example:8080/roof");
    expect(toSafeLink("carla@harbor.example")).toBe("mailto:carla@harbor.example");
    for (const bad of ["javascript:alert(1)", "two words.example", "word", "data:x.y"])
      expect(toSafeLink(bad)).toBeUndefined();
  });
});

describe("readers of a document", () => {
  test("each member once, without me, and nothing that is not a person", () => {
    const states = new Map<number, unknown>([
      [1, { user: { memberId: "igor", name: "Igor Petrov", persona: "consultant" } }],
      [2, { user: { memberId: "carla", name: "Carla Meyer", persona: "client" } }],
      [3, { user: { memberId: "carla", name: "Carla Meyer", persona: "client" } }],
      [4, { user: { memberId: 7, name: "<b>" } }],
      [5, null],
      [6, { user: { memberId: "x", name: "Xu", persona: "wizard" } }],
    ]);
    expect(readersOf(states, "igor")).toEqual([
      { memberId: "carla", name: "Carla Meyer", persona: "client" },
      { memberId: "x", name: "Xu", persona: undefined },
    ]);
  });

  test("the connection is said in words that promise no more than holds", () => {
    const carla = { memberId: "carla", name: "Carla Meyer", persona: "client" } as const;
    expect(connectionWords("live", [carla])).toBe("Live with Carla");
    expect(connectionWords("live", [])).toBe("Live, only you are here");
    expect(connectionWords("local", [carla])).toBe("Saved on this device, syncs when the network is back");
  });
});

describe("audiences an author may pick", () => {
  const members = [
    { id: "igor", name: "Igor Petrov", persona: "consultant" },
    { id: "carla", name: "Carla Meyer", persona: "client" },
  ] as const;

  test("the team starts with team only and is offered nobody who is not here", () => {
    expect(defaultAudience("consultant")).toBe("internal");
    expect(audienceOptions("consultant", members)).toEqual([
      { audience: "internal", team: 1, names: [] },
      { audience: "client", team: 1, names: ["Carla Meyer"] },
      { audience: "everyone", team: 1, names: ["Carla Meyer"] },
    ]);
  });

  test("a client is never offered the team's own audience", () => {
    expect(defaultAudience("client")).toBe("everyone");
    expect(audienceOptions("client", members).map((option) => option.audience)).toEqual(["client", "everyone"]);
  });
});
