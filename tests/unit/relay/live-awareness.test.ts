import { expect, test } from "vitest";
import { createLiveAwareness } from "#sync-server/gateways/live-awareness.ts";

test("V8 whoever types is seen by all who may read the document, for a while", () => {
  const awareness = createLiveAwareness<string>();
  const ana = { memberId: "ana", name: "Ana", persona: "sales" };
  const entry = (clock: number) => ({ clientId: 7, clock, json: '{"cursor":1}' });
  expect(awareness.receive("socket", ana, [entry(1)])).toMatchObject({ team: [{ clock: 1 }], outside: [] });
  expect(awareness.typed("socket", 1_000)).toMatchObject({ team: [], outside: [{ clientId: 7, clock: 1 }] });
  expect(awareness.typed("socket", 2_000)).toEqual({ team: [], outside: [] });
  expect(awareness.receive("socket", ana, [entry(2)]).outside).toHaveLength(1);
  expect(awareness.all("outside")).toHaveLength(1);
  expect(awareness.rest(31_000)).toEqual({ team: [], outside: [] });
  expect(awareness.rest(32_000)).toEqual({ team: [], outside: [{ clientId: 7, clock: 2, json: "null" }] });
  expect(awareness.all("outside")).toEqual([]);
  expect(awareness.all("team")).toHaveLength(1);
  expect(awareness.leave("socket")).toEqual({ team: [{ clientId: 7, clock: 2, json: "null" }], outside: [] });
});
