// Sums of money in words. Currencies are never added together: each stands by itself.

import { LOCALE } from "./field-context.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import type { FieldValue, Money } from "#shared/model/field-value.ts";
import { formatMoney } from "#shared/model/number-fields.ts";
import { dealProbability, dealStages, type DealStage } from "#shared/record-types/deal.ts";

export const toMoney = (value: FieldValue | undefined): Money | undefined =>
  typeof value === "object" && "amount" in value ? value : undefined;

export const isStage = (value: unknown): value is DealStage => dealStages.some((stage) => stage.id === value);

export function probabilityOf(
  row: Pick<RecordRow, "fields">,
  stage: FieldValue | undefined = row.fields["stage"],
): number {
  const own = row.fields["probability"];
  return dealProbability({
    ...(typeof own === "number" ? { probability: own } : {}),
    ...(isStage(stage) ? { stage } : {}),
  });
}

export function weightedOf(row: Pick<RecordRow, "fields">, stage?: FieldValue): Money | undefined {
  const amount = toMoney(row.fields["amount"]);
  if (amount === undefined) return undefined;
  return {
    amount: Math.round((amount.amount * probabilityOf(row, stage ?? row.fields["stage"])) / 100),
    currency: amount.currency,
  };
}

export function sumMoney(parts: readonly (Money | undefined)[]): readonly Money[] {
  const byCurrency = new Map<string, number>();
  for (const part of parts)
    if (part !== undefined) byCurrency.set(part.currency, (byCurrency.get(part.currency) ?? 0) + part.amount);
  return [...byCurrency].map(([currency, amount]) => ({ amount, currency }));
}

export const shortMoney = (money: Money): string => formatMoney(money, LOCALE, "short");

export const sumWords = (sums: readonly Money[]): string =>
  sums.length === 0 ? shortMoney({ amount: 0, currency: "EUR" }) : sums.map(shortMoney).join(" + ");
