// What an editor starts from: a stored value as the text (or list, or parts) that parseField reads back unchanged.

import type { FieldSpec, FieldValue, Money } from "#shared/model/field-value.ts";
import { currencyDigits, moneyToNumber } from "#shared/model/number-fields.ts";

const isMoney = (value: FieldValue): value is Money => typeof value === "object" && "amount" in value;

const isList = ({ kind }: FieldSpec): boolean => kind === "multiChoice" || kind === "relations" || kind === "people";

const two = (number: number): string => String(number).padStart(2, "0");

function localDateTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

function moneyText(money: Money, spec: FieldSpec): string {
  const standard = (spec.kind === "money" ? spec.currency : undefined) ?? "EUR";
  const digits = currencyDigits(money.currency);
  const text = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    moneyToNumber(money),
  );
  return money.currency === standard ? text : `${text} ${money.currency}`;
}

export function toDraft(value: FieldValue | null | undefined, spec: FieldSpec): unknown {
  if (value === null || value === undefined) return isList(spec) ? [] : "";
  if (isMoney(value)) return moneyText(value, spec);
  if (typeof value === "number")
    return new Intl.NumberFormat("en", { useGrouping: false, maximumFractionDigits: 12 }).format(value);
  if (spec.kind === "dateTime" && typeof value === "string") return localDateTime(value);
  return value;
}

/** Same value, whatever its shape. */
export const sameValue = (left: FieldValue | null | undefined, right: FieldValue | null | undefined): boolean =>
  JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
