import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { fieldKinds, formatField, parseField } from "#shared/model/field-kinds.ts";
import type { FieldKind, FieldSpec, FieldValue } from "#shared/model/field-value.ts";

const spec = (kind: FieldKind, more: object = {}): FieldSpec => ({ kind, label: "Field", ...more }) as FieldSpec;
const options = { vip: "Key account", fair: "Met at a fair" };

const good: readonly (readonly [FieldSpec, unknown, FieldValue | null])[] = [
  [spec("text"), "  Rosa Lind ", "Rosa Lind"],
  [spec("text"), "", null],
  [spec("text"), "e\u0301", "\u00e9"],
  [spec("number"), "1,200", 1200],
  [spec("number"), "1.200,5", 1200.5],
  [spec("number"), "1'234'567.25", 1234567.25],
  [spec("number"), "48.000", 48],
  [spec("number"), "-3", -3],
  [spec("number", { unit: "percent" }), "31.5737 %", 31.5737],
  [spec("money"), "48,000", { amount: 4_800_000, currency: "EUR" }],
  [spec("money"), "€ 48,000.50", { amount: 4_800_050, currency: "EUR" }],
  [spec("money"), "12.50 usd", { amount: 1250, currency: "USD" }],
  [spec("money"), "¥ 500", { amount: 500, currency: "JPY" }],
  [spec("money"), { amount: 12, currency: "CHF" }, { amount: 12, currency: "CHF" }],
  [spec("date"), "2026-02-28", "2026-02-28"],
  [spec("date"), "15.07.2026", "2026-07-15"],
  [spec("date"), "07/15/2026", "2026-07-15"],
  [spec("date"), "2006-04-15T03:23:15.000Z", "2006-04-15"],
  [spec("dateTime"), "2026-07-15T09:30:00Z", "2026-07-15T09:30:00.000Z"],
  [spec("choice", { options }), "key ACCOUNT", "vip"],
  [spec("multiChoice", { options }), "Met at a fair; vip", ["fair", "vip"]],
  [spec("yesNo"), "yes", true],
  [spec("yesNo"), "FALSE", false],
  [spec("email"), "rosa@lindqvist.example", "rosa@lindqvist.example"],
  [spec("phone"), " +46 8  5250 1180", "+46 8 5250 1180"],
  [spec("phone"), "08-5250 1180", "08-5250 1180"],
  [spec("link"), "harborclinic.example", "https://harborclinic.example"],
  [spec("address"), { street: "1 Quay", city: " Oslo ", nonsense: 1 }, { street: "1 Quay", city: "Oslo" }],
  [spec("relations", { to: "task" }), ["b", "a", "a"], ["a", "b"]],
];

const bad: readonly (readonly [FieldSpec, unknown])[] = [
  [spec("number"), "twelve"],
  [spec("number", { max: 100 }), 101],
  [spec("money"), "12 parsecs maybe"],
  [spec("money"), { amount: 0.5, currency: "EUR" }],
  [spec("date"), "2026-02-30"],
  [spec("date"), "31/31/2026"],
  [spec("dateTime"), "soon"],
  [spec("choice", { options }), "nobody"],
  [spec("multiChoice", { options }), ["vip", "nobody"]],
  [spec("yesNo"), "perhaps"],
  [spec("email"), "rosa@"],
  [spec("email"), "a b@c.d"],
  [spec("phone"), "call me"],
  [spec("link"), "javascript:alert(1)"],
  [spec("link"), "not a link"],
  [spec("relation", { to: "deal" }), "../etc"],
  [spec("text", { required: true }), "   "],
  [spec("text"), "x".repeat(2001)],
];

describe("field kinds", () => {
  it.each(good)("reads %o from %o", (field, input, value) => {
    expect(parseField(input, field)).toEqual({ ok: true, value });
  });

  it.each(bad)("refuses for %o the input %o with a sentence", (field, input) => {
    const parsed = parseField(input, field);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error.message).toMatch(/^[A-Z].*\.$/);
  });

  it("never throws, and what it accepts it accepts again unchanged", () => {
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(fieldKinds) as FieldKind[])), fc.anything(), (kind, input) => {
        const field = spec(kind, { options, to: "deal" });
        const first = parseField(input, field);
        if (!first.ok || first.value === null) return;
        expect(parseField(first.value, field)).toEqual(first);
        expect(typeof formatField(first.value, field, { locale: "en" })).toBe("string");
        expect(["string", "number"]).toContain(typeof fieldKinds[kind].sortKey(first.value, field));
      }),
      { numRuns: 2000 },
    );
  });
});
