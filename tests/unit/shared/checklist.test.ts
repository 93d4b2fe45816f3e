import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checklistItems, checklistText, tickItem, untickAll } from "#shared/model/checklist.ts";
import { parseField } from "#shared/model/field-kinds.ts";

const words = fc
  .string({ minLength: 1, maxLength: 30 })
  .map((text) => text.replace(/[\s[\]*-]+/g, " ").trim())
  .filter((text) => text !== "");
const items = fc.array(fc.record({ text: words, done: fc.boolean() }), { maxLength: 12 });

describe("checklist", () => {
  it("says the same after writing and reading, whatever stands in it", () => {
    fc.assert(
      fc.property(items, (list) => {
        expect(checklistItems(checklistText(list))).toEqual(list);
      }),
    );
  });

  it("ticks one point and leaves the others", () => {
    fc.assert(
      fc.property(items, fc.nat(11), fc.boolean(), (list, index, done) => {
        const after = checklistItems(tickItem(checklistText(list), index, done));
        expect(after).toEqual(list.map((item, at) => (at === index ? { ...item, done } : item)));
      }),
    );
  });

  it("reads free text, Markdown lists and points that two people ticked at once", () => {
    expect(checklistItems("Drawings handed over\n\n- [x] Load test\n* [ ] Keys\n[xx] Photos\n[A] quote")).toEqual([
      { text: "Drawings handed over", done: false },
      { text: "Load test", done: true },
      { text: "Keys", done: false },
      { text: "Photos", done: true },
      { text: "[A] quote", done: false },
    ]);
  });

  it("begins again with nothing ticked, and an empty one is empty", () => {
    expect(untickAll("[x] one\n[ ] two")).toBe("[ ] one\n[ ] two");
    expect(parseField(" \n ", { kind: "checklist", label: "List" })).toEqual({ ok: true, value: null });
    expect(parseField("one\n[X] two", { kind: "checklist", label: "List" })).toEqual({
      ok: true,
      value: "[ ] one\n[x] two",
    });
  });
});
