// Step 3: questions about formats that only a person can answer, and values that could not be read, put right in place.

import { SegmentedControl, Select } from "@mantine/core";
import { useShallow } from "zustand/react/shallow";
import { fold } from "#shared/model/field-value.ts";
import { useData } from "#renderer/data/hooks.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { ErrorRows } from "./error-rows.tsx";
import classes from "./import-page.module.css";
import { chooseFormat, planAgain, useImportSession } from "./import-session.ts";
import type { ColumnChoice } from "./import-types.ts";
import type { ColumnQuestion } from "./inspect-columns.ts";

const currencies = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CAD", "AUD"];
const LEAVE_EMPTY = "leave-empty";

type QuestionProps = {
  readonly question: ColumnQuestion;
  readonly choice: ColumnChoice;
  readonly onChoose: (part: Omit<ColumnChoice, "target">) => void;
};

function FormatChoice({ question, choice, onChoose }: QuestionProps) {
  switch (question.kind) {
    case "dateOrder":
      return (
        <SegmentedControl
          size="xs"
          className={classes.segments ?? ""}
          aria-label="Order of day and month"
          value={choice.dateOrder ?? "monthFirst"}
          data={[
            { value: "dayFirst", label: "Day first" },
            { value: "monthFirst", label: "Month first" },
          ]}
          onChange={(value) => onChoose({ dateOrder: value === "dayFirst" ? "dayFirst" : "monthFirst" })}
        />
      );
    case "decimalSign":
      return (
        <SegmentedControl
          size="xs"
          className={classes.segments ?? ""}
          aria-label="Decimal sign"
          value={choice.decimalSign ?? "point"}
          data={[
            { value: "point", label: "1,200.50" },
            { value: "comma", label: "1.200,50" },
          ]}
          onChange={(value) => onChoose({ decimalSign: value === "comma" ? "comma" : "point" })}
        />
      );
    case "currency":
      return (
        <Select
          size="xs"
          aria-label="Currency of amounts without one"
          data={currencies}
          value={choice.currency ?? "EUR"}
          allowDeselect={false}
          onChange={(currency) => currency !== null && onChoose({ currency })}
        />
      );
    case "options": {
      const options = new Map(choice.options);
      return (
        <div className={classes.options}>
          {question.texts.map(({ text, count }) => {
            const chosen = options.get(fold(text));
            return (
              <Select
                key={text}
                size="xs"
                label={`“${text}”, ${count} ${count === 1 ? "row" : "rows"}`}
                placeholder="Choose what it means"
                data={[...question.options, { value: LEAVE_EMPTY, label: "Leave empty" }]}
                value={chosen === undefined ? null : (chosen ?? LEAVE_EMPTY)}
                allowDeselect={false}
                onChange={(value) =>
                  onChoose({ options: options.set(fold(text), value === LEAVE_EMPTY ? null : value) })
                }
              />
            );
          })}
        </div>
      );
    }
  }
}

const questionWords = (question: ColumnQuestion): string => {
  switch (question.kind) {
    case "dateOrder":
      return question.ask
        ? `Is “${question.example}” day or month first? The dates read both ways.`
        : `Dates such as “${question.example}”`;
    case "decimalSign":
      return question.ask
        ? `Is the dot or comma in “${question.example}” a decimal sign? The numbers read both ways.`
        : `Numbers such as “${question.example}”`;
    case "currency":
      return `Currency of amounts such as “${question.example}” that name none`;
    case "options":
      return "Words the product does not know";
  }
};

export function ValuesStep({ space }: { readonly space: string }) {
  const data = useData();
  const { table, choices, questions, plan } = useImportSession(
    useShallow(({ table, choices, questions, plan }) => ({ table, choices, questions, plan })),
  );
  if (table === undefined || plan === undefined) return undefined;
  const choose =
    (column: number) =>
    (part: Omit<ColumnChoice, "target">): void => {
      chooseFormat(column, part);
      void planAgain(data, space);
    };
  const { error } = plan.summary;
  return (
    <div className={classes.stack}>
      {questions.length > 0 && (
        <Panel title="How to read these columns">
          <ul className={classes.questions}>
            {questions.map((question) => {
              const choice = choices[question.column];
              return (
                choice !== undefined && (
                  <li key={`${question.column} ${question.kind}`} className={classes.question}>
                    <span>
                      <strong>{table.columns[question.column]?.name}</strong>
                      <span className={classes.second} data-ask={"ask" in question && question.ask ? true : undefined}>
                        {questionWords(question)}
                      </span>
                    </span>
                    <FormatChoice question={question} choice={choice} onChoose={choose(question.column)} />
                  </li>
                )
              );
            })}
          </ul>
        </Panel>
      )}
      {error === 0 ? (
        <Panel title="Every value can be read">
          <p className={classes.quiet}>
            All {plan.summary.rows.toLocaleString("en-GB")} rows are ready for the preview.
          </p>
        </Panel>
      ) : (
        <ErrorRows />
      )}
    </div>
  );
}
