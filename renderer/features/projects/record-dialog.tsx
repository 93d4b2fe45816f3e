// One milestone or task with all its fields this reader holds, edited in place, and what was said about it.

import { facetOf } from "#renderer/fields/facet-of.ts";
import { Button, Drawer, MultiSelect } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useData, useRecords, useReferring, usePolicy } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { ApprovalStanding } from "#renderer/fields/approval-standing.tsx";
import { EditableField } from "#renderer/fields/editable-field.tsx";
import { FileList } from "#renderer/fields/file-list.tsx";
import { CommentCard } from "#renderer/ui/comment-card.tsx";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { canReadFacet } from "#shared/model/facets.ts";
import { findRecordType, milestone as milestoneType } from "#shared/record-types/index.ts";
import { Composer } from "./composer.tsx";
import { chosenFacet, mayChangeTask, textField } from "./project-view.ts";
import { documentPath } from "./project-words.ts";
import classes from "./record-dialog.module.css";
import { wouldCircle } from "./schedule.ts";
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
  const policy = usePolicy();
  const { canWrite } = useRights();
  const definition = findRecordType(row.type);
  const comments = useReferring(row.id, "comment") ?? [];
  const readOnly = row.type === "task" && !mayChangeTask({ assignee: textField(row, "assignee") }, context);
  /** What is empty and not the reader's to fill in says nothing; nor that a task of this project is about it. */
  const shows = (field: string): boolean => {
    const facet = facetOf(row, field, policy);
    if (!canReadFacet(facet, context.persona)) return false;
    if (field === "about" && row.fields["about"] === context.spaceId) return false;
    return row.fields[field] !== undefined || (!readOnly && canWrite(facet, context.persona));
  };
  const sections = (definition?.form ?? []).map((section) => ({
    ...section,
    fields: section.fields.filter(shows),
  }));
  return (
    <div className={classes.details}>
      {row.type === "milestone" && (
        <ApprovalStanding space={context.spaceId} recordId={row.id} mayAsk={context.plans} />
      )}
      {sections
        .filter((section) => section.fields.length > 0)
        .map((section) => (
          <section key={section.section} aria-label={section.section}>
            <h3 className={classes.section}>{section.section}</h3>
            {section.fields.map((field) =>
              field === "dependsOn" && context.plans ? (
                <DependsOn key={field} row={row} context={context} />
              ) : field === "deliverables" ? (
                <Deliverables key={field} row={row} context={context} />
              ) : (
                <EditableField key={field} row={row} field={field} readOnly={readOnly} />
              ),
            )}
          </section>
        ))}
      <h3 className={classes.section}>Files</h3>
      <FileList row={row} persona={context.persona} members={context.members} />
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
      {context.plans && (
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

/** Only milestones of this project, never the milestone itself, and none that waits for it already. */
function DependsOn({ row, context }: { readonly row: RecordRow; readonly context: ProjectContext }) {
  const closed = wouldCircle(context.milestones, row.id);
  const options = context.milestones
    .filter((one) => one.id !== row.id)
    .map((one) => {
      const waits = closed.has(one.id);
      return { value: one.id, label: waits ? `${one.title} (waits for this one)` : one.title, disabled: waits };
    });
  return <Chosen row={row} field="dependsOn" placeholder="Starts on its own" options={options} />;
}

function Deliverables({ row, context }: { readonly row: RecordRow; readonly context: ProjectContext }) {
  const documents = useRecords({ type: "document", space: context.spaceId, limit: 1_000 })?.rows ?? [];
  const chosen = row.fields["deliverables"];
  const links = documents.filter((one) => Array.isArray(chosen) && chosen.includes(one.id));
  return (
    <>
      {context.plans ? (
        <Chosen
          row={row}
          field="deliverables"
          placeholder="Documents to hand over"
          options={documents.map((one) => ({ value: one.id, label: one.title }))}
        />
      ) : (
        <p className={classes.label}>Deliverables</p>
      )}
      {links.length > 0 && (
        <ul className={classes.links}>
          {links.map((one) => (
            <li key={one.id}>
              <Link to={documentPath(context.spaceId, one.id)}>{one.title === "" ? "Untitled" : one.title}</Link>{" "}
              <AudienceMark facet={chosenFacet(one)} />
            </li>
          ))}
        </ul>
      )}
      {links.length === 0 && !context.plans && <p className={classes.quiet}>None yet</p>}
    </>
  );
}

type ChosenProps = {
  readonly row: RecordRow;
  readonly field: "dependsOn" | "deliverables";
  readonly placeholder: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly disabled?: boolean }[];
};

/** Several records picked from those of the project; saved with every pick. */
function Chosen({ row, field, placeholder, options }: ChosenProps) {
  const { edit } = useData();
  const save = useSave();
  const spec = milestoneType.fields[field];
  const policy = usePolicy();
  const value = row.fields[field];
  const ids = Array.isArray(value) ? value : [];
  // What is not on this device stays chosen: it may come with the next sync.
  const unknown = ids.filter((id) => !options.some((option) => option.value === id));
  return (
    <div className={classes.depends}>
      <MultiSelect
        label={
          <span className={classes.label}>
            {spec.label} <AudienceMark facet={facetOf(row, field, policy)} />
          </span>
        }
        placeholder={ids.length > 0 ? "" : placeholder}
        searchable={options.length > 7}
        data={[...options, ...unknown.map((id) => ({ value: id, label: "Not on this device" }))]}
        value={[...ids]}
        onChange={(next) => void save(edit.set(row.id, { [field]: next }))}
      />
    </div>
  );
}
