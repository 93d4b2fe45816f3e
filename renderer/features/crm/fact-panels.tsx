// The facts of a record by section of its form. A section nobody outside sees says so once, instead of a mark per field.

import { usePolicy } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { EditableField } from "#renderer/fields/editable-field.tsx";
import { facetOf } from "#renderer/fields/facet-of.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { canReadFacet, outsideReaders } from "#shared/model/facets.ts";
import { isInternal } from "#shared/model/personas.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import classes from "./record.module.css";

export function FactPanels({
  row,
  definition,
}: {
  readonly row: RecordRow;
  readonly definition: RecordTypeDefinition;
}) {
  const { persona } = useRequiredFieldContext();
  const policy = usePolicy();
  return definition.form.map(({ section, fields }) => {
    const readable = fields.filter((field) => canReadFacet(facetOf(row, field, policy), persona));
    if (readable.length === 0) return null;
    const teamOnly =
      isInternal(persona) && readable.every((field) => outsideReaders(facetOf(row, field, policy)).length === 0);
    return (
      <Panel
        key={section}
        title={
          <>
            {section}
            {teamOnly ? <span className={classes.teamOnly}> team only</span> : null}
          </>
        }
      >
        {readable.map((field) => (
          <EditableField key={field} row={row} field={field} />
        ))}
      </Panel>
    );
  });
}
