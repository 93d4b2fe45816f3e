// Records that name this one: people, deals, projects, tasks, each a short list with a way to add the next.

import { ActionIcon } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { shortMoney, toMoney } from "#renderer/fields/deal-money.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { shortDate } from "#renderer/fields/times.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { isInternal } from "#shared/model/personas.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { CreateDialog } from "./create-dialog.tsx";
import { choiceWords, titleOrWords } from "./record-words.ts";
import classes from "./record.module.css";

type Props = {
  readonly row: RecordRow;
  readonly definition: RecordTypeDefinition;
  readonly referring: readonly RecordRow[];
};

/** Which relation of the other type names a record of this type. */
const addable: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  company: [
    ["contact", "company"],
    ["deal", "company"],
    ["task", "about"],
  ],
  contact: [
    ["deal", "pointOfContact"],
    ["task", "about"],
  ],
  deal: [["task", "about"]],
};

/** In the timeline, and as files. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(["activity", "comment", "file"]);

const SHOWN = 8;

export function RelatedPanels({ row, definition, referring }: Props) {
  const { persona } = useRequiredFieldContext();
  const { readOnly } = useRights();
  const [creating, setCreating] = useState<readonly [string, string] | undefined>(undefined);
  const adds =
    readOnly === undefined && isInternal(persona) && row.state !== "deleted" ? (addable[definition.type] ?? []) : [];
  const live = referring.filter((other) => other.state !== "deleted" && !SHOWN_ELSEWHERE.has(other.type));
  const types = [...new Set([...adds.map(([type]) => type), ...live.map((other) => other.type)])];
  const target = creating === undefined ? undefined : findRecordType(creating[0]);
  const company = row.fields["company"];
  return (
    <>
      {types.map((type) => {
        const other = findRecordType(type);
        if (other === undefined) return null;
        const add = adds.find(([one]) => one === type);
        return (
          <RelatedPanel
            key={type}
            definition={other}
            rows={live.filter((one) => one.type === type)}
            onAdd={add === undefined ? undefined : () => setCreating(add)}
          />
        );
      })}
      {target === undefined || creating === undefined ? null : (
        <CreateDialog
          definition={target}
          space={row.space}
          opened
          initial={{
            [creating[1]]: row.id,
            ...(creating[0] === "deal" && typeof company === "string" ? { company } : {}),
          }}
          onClose={() => setCreating(undefined)}
        />
      )}
    </>
  );
}

type PanelProps = {
  readonly definition: RecordTypeDefinition;
  readonly rows: readonly RecordRow[];
  readonly onAdd: (() => void) | undefined;
};

function RelatedPanel({ definition, rows, onAdd }: PanelProps) {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, SHOWN);
  const one = definition.label.one.toLowerCase();
  return (
    <Panel
      title={
        <>
          {definition.label.many} <span className={classes.teamOnly}>{rows.length}</span>
        </>
      }
      aside={
        onAdd === undefined ? undefined : (
          <ActionIcon variant="subtle" color="ink" className={classes.add} aria-label={`New ${one}`} onClick={onAdd}>
            <IconPlus size={17} aria-hidden />
          </ActionIcon>
        )
      }
    >
      {rows.length === 0 ? <p className={classes.nothing}>No {definition.label.many.toLowerCase()} yet</p> : null}
      <ul className={classes.related}>
        {shown.map((row) => (
          <li key={row.id} className={classes.relatedRow}>
            <RelatedLink row={row} />
            <span className={classes.relatedWords}>{detailOf(row)}</span>
            <RowGlyph row={row} />
          </li>
        ))}
      </ul>
      {rows.length > shown.length ? (
        <button type="button" className={classes.showAll} onClick={() => setAll(true)}>
          Show all {rows.length}
        </button>
      ) : null}
    </Panel>
  );
}

const RelatedLink = ({ row }: { readonly row: RecordRow }) =>
  row.type === "project" ? (
    <Link to="/projects/$spaceId" params={{ spaceId: row.id }} className={classes.relatedTitle}>
      {titleOrWords(row)}
    </Link>
  ) : (
    <Link to="/record/$id" params={{ id: row.id }} className={classes.relatedTitle}>
      {titleOrWords(row)}
    </Link>
  );

function detailOf(row: RecordRow): string {
  const amount = toMoney(row.fields["amount"]);
  const job = row.fields["jobTitle"];
  const due = row.fields["dueDate"] ?? row.fields["targetDate"];
  const parts = [
    choiceWords(row, "stage") || choiceWords(row, "status"),
    amount === undefined ? "" : shortMoney(amount),
    typeof job === "string" ? job : "",
    typeof due === "string" ? shortDate(due) : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
