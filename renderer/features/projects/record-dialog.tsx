// One milestone or task with all its fields this reader holds, edited in place, and what was said about it.

import { Button, Drawer, MultiSelect } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useData, useReferring } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { EditableField } from "#renderer/fields/editable-field.tsx";
import { CommentCard } from "#renderer/ui/comment-card.tsx";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { canReadFacet } from "#shared/model/facets.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { Composer } from "./composer.tsx";
import classes from "./record-dialog.module.css";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

type Props = { readonly context: ProjectContext; readonly id: string | undefined; readonly onClose: () => void };

export function RecordDialog({ context, id, onClose }: Props) {
  const row = [...context.milestones, ...context.tasks].find((one) => one.id === id)?.row;
  return (
    <Drawer opened={row !== undefined} onClose={onClose} position="right" size={520} title={row?.title ?? ""}>
      {row !== undefined && <RecordDetails key={row.id} row={row} context={context} onClose={onClose} />}
    </Drawer>
  );
}

function RecordDetails({
  row,
  context,
  onClose,
}: {
  readonly row: RecordRow;
  readonly context: ProjectContext;
  readonly onClose: () => void;
}) {
  const { edit } = useData();
  const save = useSave();
  const definition = findRecordType(row.type);
  const comments = useReferring(row.id, "comment") ?? [];
  const sections = (definition?.form ?? []).map((section) => ({
    ...section,
    fields: section.fields.filter((field) =>
      canReadFacet(definition?.fields[field]?.facet ?? "internal", context.persona),
    ),
  }));
  return (
    <div className={classes.details}>
      {sections
        .filter((section) => section.fields.length > 0)
        .map((section) => (
          <section key={section.section} aria-label={section.section}>
            <h3 className={classes.section}>{section.section}</h3>
            {section.fields.map((field) =>
              field === "dependsOn" && context.team ? (
                <DependsOn key={field} row={row} context={context} />
              ) : (
                <EditableField key={field} row={row} field={field} />
              ),
            )}
          </section>
        ))}
      <section aria-label="Comments" className={classes.comments}>
        <h3 className={classes.section}>Comments</h3>
        {comments
          .toSorted((left, right) => left.createdAt.localeCompare(right.createdAt))
          .map((comment) => (
            <CommentCard
              key={comment.id}
              row={comment}
              author={{ name: context.nameOf(comment.createdBy), persona: context.personaOf(comment.createdBy) }}
            />
          ))}
        <Composer context={context} about={row.id} />
      </section>
      {context.team && (
        <Button
          variant="subtle"
          color="brick"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => {
            onClose();
            void save(edit.remove([row.id]), `${row.title} moved to the trash`);
          }}
        >
          Delete {definition?.label.one.toLowerCase()}
        </Button>
      )}
    </div>
  );
}

/** Only milestones of this project, and never the milestone itself. */
function DependsOn({ row, context }: { readonly row: RecordRow; readonly context: ProjectContext }) {
  const { edit } = useData();
  const save = useSave();
  const chosen = row.fields["dependsOn"];
  return (
    <div className={classes.depends}>
      <MultiSelect
        label={
          <span className={classes.label}>
            Depends on <AudienceMark facet="published" />
          </span>
        }
        placeholder={Array.isArray(chosen) ? "" : "Starts on its own"}
        data={context.milestones.filter((one) => one.id !== row.id).map((one) => ({ value: one.id, label: one.title }))}
        value={Array.isArray(chosen) ? [...chosen] : []}
        onChange={(ids) => void save(edit.set(row.id, { dependsOn: ids }))}
      />
    </div>
  );
}
