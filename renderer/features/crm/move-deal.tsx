// Moving a deal to another stage: writes at once, says what it means in money, and can be taken back.
// Won and lost ask first: their date, amount and reason never come about by themselves.

import { Button, Group, Modal } from "@mantine/core";
import { useId, useState, type FormEvent, type ReactNode } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { shortMoney, weightedOf } from "#renderer/fields/deal-money.ts";
import { toDraft } from "#renderer/fields/drafts.ts";
import { FieldContextProvider } from "#renderer/fields/field-context.tsx";
import { FieldInput } from "#renderer/fields/field-input.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { isoDate } from "#renderer/fields/times.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { deal, dealStages, type DealStage } from "#shared/record-types/deal.ts";
import classes from "./board.module.css";
import { writePositions, type Place } from "./deal-order.ts";

type Move = { readonly row: RecordRow; readonly stage: DealStage; readonly places: readonly Place[] };

export type MoveDeal = (row: RecordRow, stage: DealStage, places?: readonly Place[]) => void;

export function useMoveDeal(): readonly [MoveDeal, ReactNode] {
  const { edit } = useData();
  const [asking, setAsking] = useState<Move | undefined>(undefined);

  const write = async (
    { row, stage, places }: Move,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<string | undefined> => {
    const own = places.find((place) => place.id === row.id);
    const others = await writePositions(
      edit,
      places.filter((place) => place.id !== row.id),
    );
    const result = await edit.set(row.id, { stage, ...(own === undefined ? {} : { position: own.position }), ...more });
    if (!result.ok) return saveProblem(result.error, "stage");
    const label = dealStages.find((one) => one.id === stage)?.label ?? stage;
    const undo = () => {
      void result.value.undo();
      for (const edited of others) void edited.undo();
    };
    const same = row.fields["stage"] === stage;
    const amount = parseField(more["amount"] ?? row.fields["amount"] ?? null, deal.fields.amount);
    const after =
      amount.ok && amount.value !== null
        ? weightedOf({ fields: { ...row.fields, stage, amount: amount.value } })
        : undefined;
    const before = weightedOf(row);
    const money =
      same || before === undefined || after === undefined || before.amount === after.amount
        ? ""
        : ` Weighted ${shortMoney(before)} → ${shortMoney(after)}.`;
    showDone(`${row.title} ${same ? "moved within" : "moved to"} ${label}.${money} Saved on this device.`, undo);
    return undefined;
  };

  const move: MoveDeal = (row, stage, places = []) => {
    const asked = stage !== row.fields["stage"] && (stage === "won" || stage === "lost");
    if (asked) setAsking({ row, stage, places });
    else {
      void write({ row, stage, places }).then((problem) => {
        if (problem !== undefined) showProblem(problem);
      });
    }
  };
  const dialog =
    asking === undefined ? null : (
      <FieldContextProvider space={asking.row.space} ids={[]}>
        <CloseDealDialog
          move={asking}
          onClose={() => setAsking(undefined)}
          onWrite={async (more) => {
            const problem = await write(asking, more);
            if (problem === undefined) setAsking(undefined);
            return problem;
          }}
        />
      </FieldContextProvider>
    );
  return [move, dialog];
}

type DialogProps = {
  readonly move: Move;
  readonly onClose: () => void;
  readonly onWrite: (more: Readonly<Record<string, unknown>>) => Promise<string | undefined>;
};

function CloseDealDialog({ move: { row, stage }, onClose, onWrite }: DialogProps) {
  const won = stage === "won";
  const asked = won ? (["closeDate", "amount"] as const) : (["closeDate", "lostReason"] as const);
  const [drafts, setDrafts] = useState<Readonly<Record<string, unknown>>>(() => ({
    closeDate: isoDate(new Date()),
    amount: toDraft(row.fields["amount"], deal.fields.amount),
    lostReason: toDraft(row.fields["lostReason"], deal.fields.lostReason),
  }));
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const messages = useId();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    const values: Record<string, FieldValue | null> = {};
    for (const name of asked) {
      const needed = won || name === "closeDate";
      const parsed = parseField(drafts[name], deal.fields[name]);
      if (!parsed.ok) found[name] = parsed.error.message;
      else if (parsed.value === null && needed) found[name] = `${deal.fields[name].label} cannot be empty.`;
      else values[name] = parsed.value;
    }
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    const problem = await onWrite(values);
    if (problem !== undefined) setProblems({ closeDate: problem });
  };

  return (
    <Modal opened onClose={onClose} title={`${won ? "Won" : "Lost"}: ${row.title}`}>
      <form noValidate className={classes.closeForm} onSubmit={(event) => void submit(event)}>
        {asked.map((name, index) => {
          const spec = deal.fields[name];
          const label = name === "closeDate" ? (won ? "Won on" : "Lost on") : spec.label;
          return (
            <div key={name}>
              <span className={classes.closeLabel}>{label}</span>
              <FieldInput
                spec={spec}
                label={label}
                draft={drafts[name]}
                onDraft={(draft) => setDrafts((before) => ({ ...before, [name]: draft }))}
                onCommit={() => undefined}
                onCancel={onClose}
                autoFocus={index === 0}
                invalid={problems[name] !== undefined}
                describedBy={problems[name] === undefined ? undefined : `${messages}${name}`}
                inline={false}
              />
              {problems[name] === undefined ? null : (
                <p id={`${messages}${name}`} className={classes.problem} role="alert">
                  {problems[name]}
                </p>
              )}
            </div>
          );
        })}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">{won ? "Mark as won" : "Mark as lost"}</Button>
        </Group>
      </form>
    </Modal>
  );
}
