// The matrix of a record type: fields down, personas across. A cell goes none, read, write with Space; N, R and W say it at
// once, arrows move. On a phone one persona at a time.

import { Select } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconEye, IconPencil } from "@tabler/icons-react";
import { useRef, useState, type KeyboardEvent } from "react";
import type { PolicyState } from "#shared/model/policy-report.ts";
import { facetOfField, personasOf, rightOf, shippedPolicy, type Right } from "#shared/model/policy.ts";
import { isInternal, personaLabel, type Persona } from "#shared/model/personas.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import classes from "./policy-page.module.css";

type Props = {
  readonly definition: RecordTypeDefinition;
  readonly state: PolicyState;
  /** `type field persona` -> wanted right. */
  readonly edits: ReadonlyMap<string, Right>;
  readonly readOnly: boolean;
  readonly onEdit: (field: string, persona: Persona, right: Right, before: Right) => void;
};

const NEXT: Readonly<Record<Right, Right>> = { none: "read", read: "write", write: "none" };
const KEYS: Readonly<Record<string, Right>> = { n: "none", r: "read", w: "write" };
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export function PolicyMatrix({ definition, state, edits, readOnly, onEdit }: Props) {
  const table = useRef<HTMLTableElement>(null);
  const phone = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const policy = { ...shippedPolicy, ...state };
  // Owners see and change everything: there is nothing to decide.
  const all = personasOf(policy).filter((persona) => persona !== "owner");
  const [chosen, setChosen] = useState<Persona>("client");
  const personas = phone ? all.filter((persona) => persona === chosen) : all;
  const labelOf = (persona: Persona): string => personaLabel(persona, state.personas);
  const shown = new Set(definition.form.flatMap((part) => part.fields));
  const others = Object.keys(definition.fields).filter(
    (field) => !shown.has(field) && definition.fields[field]?.hidden !== true,
  );
  const sections = [...definition.form, ...(others.length === 0 ? [] : [{ section: "Other", fields: others }])];
  const rows = sections.flatMap((part) => part.fields);

  const focus = (row: number, column: number): void =>
    table.current?.querySelector<HTMLElement>(`[data-cell="${row}-${column}"]`)?.focus();

  return (
    <>
      {phone && (
        <div className={classes.picker}>
          <Select
            label="Who"
            data={all.map((persona) => ({ value: persona, label: labelOf(persona) }))}
            value={chosen}
            allowDeselect={false}
            onChange={(value) => setChosen(all.find((persona) => persona === value) ?? "client")}
          />
        </div>
      )}
      <div className={classes.scroll}>
        <table ref={table} className={classes.matrix} aria-label={`Who sees what of ${definition.label.many}`}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              {personas.map((persona) => (
                <th
                  key={persona}
                  scope="col"
                  data-side={isInternal(persona) ? "team" : "outside"}
                  data-persona={persona}
                >
                  {labelOf(persona)}
                  <span className={classes.count}>{state.people[persona]?.members ?? 0}</span>
                </th>
              ))}
            </tr>
          </thead>
          {sections.map(({ section, fields }) => (
            <tbody key={section}>
              <tr className={classes.section}>
                <th colSpan={personas.length + 1} scope="colgroup">
                  {section}
                </th>
              </tr>
              {fields.map((field) => {
                const label = definition.fields[field]?.label ?? field;
                const row = rows.indexOf(field);
                const facet = facetOfField(definition, field, "", policy);
                return (
                  <tr key={field}>
                    <th scope="row">{label}</th>
                    {personas.map((persona, column) => {
                      const before = rightOf(facet, persona);
                      const edited = edits.get(`${definition.type} ${field} ${persona}`);
                      const right = edited ?? before;
                      const press = (event: KeyboardEvent): void => {
                        const move = MOVES[event.key];
                        const wanted = KEYS[event.key.toLowerCase()];
                        if (move !== undefined) {
                          event.preventDefault();
                          focus(row + move[0], column + move[1]);
                        } else if (wanted !== undefined && !readOnly && !event.ctrlKey && !event.metaKey) {
                          event.preventDefault();
                          onEdit(field, persona, wanted, before);
                        }
                      };
                      return (
                        <td key={persona}>
                          <button
                            type="button"
                            className={classes.cell}
                            data-cell={`${row}-${column}`}
                            data-right={right}
                            data-side={isInternal(persona) ? "team" : "outside"}
                            data-persona={persona}
                            data-new={edited === undefined ? undefined : true}
                            aria-disabled={readOnly}
                            aria-label={`${label}, ${labelOf(persona)}: ${right}${edited === undefined ? "" : ", new"}`}
                            onKeyDown={press}
                            onClick={() => {
                              if (!readOnly) onEdit(field, persona, NEXT[right], before);
                            }}
                          >
                            {right === "read" && <IconEye size={14} aria-hidden />}
                            {right === "write" && <IconPencil size={14} aria-hidden />}
                            {right}
                            {edited !== undefined && ", new"}
                          </button>
                        </td>
                      );
                    })}
                  </tr>
                );
              })}
            </tbody>
          ))}
        </table>
      </div>
    </>
  );
}
