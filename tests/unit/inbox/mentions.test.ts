import { expect, test } from "vitest";
import { membersLike, mentionBefore, mentionsIn, withMention } from "#renderer/ui/mentions.ts";

const members = [
  { id: "igor", name: "Igor Petrov" },
  { id: "carla", name: "Carla Meyer" },
  { id: "ann", name: "Ann" },
  { id: "anna", name: "Anna Berg" },
];

test("whole names after an @ are mentions, beginnings and longer words are not", () => {
  expect(mentionsIn("Hello @Igor Petrov, and @carla meyer!", members)).toEqual(["igor", "carla"]);
  expect(mentionsIn("@Igor or igor petrov", members)).toEqual([]);
  expect(mentionsIn("@Anna Berg", members)).toEqual(["anna"]);
  expect(mentionsIn("@Annabel and then @Ann.", members)).toEqual(["ann"]);
  expect(mentionsIn("", members)).toEqual([]);
});

test("a name that is being written is found by the caret, finished by picking", () => {
  expect(mentionBefore("ask @Ig", 7)).toBe("Ig");
  expect(mentionBefore("ask @", 5)).toBe("");
  expect(mentionBefore("mail igor@northwind.example", 12)).toBeUndefined();
  expect(mentionBefore("ask @Igor Petrov about it", 25)).toBeUndefined();
  expect(membersLike("pe", members).map((member) => member.id)).toEqual(["igor"]);
  expect(membersLike("Igor Petrov", members)).toEqual([]);
  expect(withMention("ask @Ig about it", 7, "Igor Petrov")).toBe("ask @Igor Petrov about it");
});
