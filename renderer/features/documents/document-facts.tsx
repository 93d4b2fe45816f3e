// What a document is: kind and status as controls, who can read and write it in words, and its name edited in place.

import { ActionIcon, Select } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { MemberRow, RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { FieldEditor } from "#renderer/fields/field-views.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { showProblem } from "#renderer/ui/toast.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { document as documentType } from "#shared/record-types/index.ts";
import classes from "./document-facts.module.css";

type Props = { readonly row: RecordRow; readonly persona: Persona };

const facetOf = (row: RecordRow): string => Object.keys(row.docs)[0] ?? "internal";

function useSet(row: RecordRow): (field: string, value: unknown) => void {
  const { edit } = useData();
  return (field, value) => {
    void edit.set(row.id, { [field]: value }).then((result) => {
      if (!result.ok) showProblem(saveProblem(result.error, field));
    });
  };
}

export function DocumentTitle({ row, persona }: Props) {
  const set = useSet(row);
  const { canWrite } = useRights();
  const [renaming, setRenaming] = useState(false);
  const mayWrite = canWrite(facetOf(row), persona);
  return (
    <span className={classes.title}>
      <AudienceMark facet={facetOf(row)} />
      <RowGlyph row={row} />
      {mayWrite && !renaming && (
        <ActionIcon
          variant="subtle"
          size={28}
          className={classes.rename ?? ""}
          aria-label="Rename"
          onClick={() => setRenaming(true)}
        >
          <IconPencil size={16} stroke={1.7} aria-hidden />
        </ActionIcon>
      )}
      {renaming && (
        <FieldEditor
          spec={documentType.fields.title}
          value={row.fields["title"]}
          autoFocus
          onCancel={() => setRenaming(false)}
          onSave={(value) => {
            setRenaming(false);
            set("title", value);
          }}
        />
      )}
    </span>
  );
}

const choices = (options: Readonly<Record<string, string>>) =>
  Object.entries(options).map(([value, label]) => ({ value, label }));

/** The outsiders who can read and write this, by name. */
function audienceWords(row: RecordRow, members: readonly MemberRow[]): string | undefined {
  const facet = facetOf(row);
  const names = members
    .filter((member) => !isInternal(member.persona) && canReadFacet(facet, member.persona))
    .map((member) => member.name.split(" ")[0] ?? member.name);
  if (names.length === 0)
    return facet === "internal" ? "Team only" : "Everyone in this project; nobody from outside is here yet";
  return `${names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`} can read and write`;
}

export function DocumentFacts({ row, persona, members }: Props & { readonly members: readonly MemberRow[] }) {
  const set = useSet(row);
  const { canWrite } = useRights();
  const { documentKind, status } = row.fields;
  const readOnly = !canWrite(facetOf(row), persona);
  return (
    <div className={classes.facts}>
      <Select
        aria-label="Kind"
        size="xs"
        w={140}
        data={choices(documentType.fields.documentKind.options)}
        value={typeof documentKind === "string" ? documentKind : null}
        placeholder="Kind"
        readOnly={readOnly}
        onChange={(value) => set("documentKind", value)}
      />
      <Select
        aria-label="Status"
        size="xs"
        w={120}
        data={choices(documentType.fields.status.options)}
        value={typeof status === "string" ? status : "draft"}
        allowDeselect={false}
        readOnly={readOnly}
        onChange={(value) => set("status", value)}
      />
      <span className={classes.audience} data-facet={facetOf(row)}>
        {audienceWords(row, members)}
      </span>
    </div>
  );
}
