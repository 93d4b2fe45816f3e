// The documents of the project on this device, and a new one whose audience is chosen when it is made.

import { Button, Modal, Radio, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useData, useRecords } from "#renderer/data/hooks.tsx";
import { audienceNames, audienceOptions, defaultAudience } from "#renderer/ui/audience-choices.ts";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { useCommands } from "#renderer/ui/commands.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { when } from "#renderer/ui/when.ts";
import { document as documentType } from "#shared/record-types/index.ts";
import { audienceLabels } from "#shared/model/audience.ts";
import classes from "./documents-tab.module.css";
import { chosenFacet, textField } from "./project-view.ts";
import { documentPath } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

const kinds: Readonly<Record<string, string>> = documentType.fields.documentKind.options;
const statuses: Readonly<Record<string, string>> = documentType.fields.status.options;

export function DocumentsTab({ context }: { readonly context: ProjectContext }) {
  const [making, setMaking] = useState(false);
  const documents = useRecords({
    type: "document",
    space: context.spaceId,
    sort: { field: "updatedAt", descending: true },
    limit: 1_000,
  });
  useCommands(
    context.readOnly
      ? []
      : [{ id: "project.newDocument", title: "New document", section: "Project", run: () => setMaking(true) }],
  );
  const newDocument = context.readOnly ? undefined : (
    <Button color="amber" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      New document
    </Button>
  );
  return (
    <div className={classes.tab}>
      <div className={classes.bar}>{(documents?.total ?? 0) > 0 && newDocument}</div>
      {documents?.total === 0 && (
        <EmptyState
          kind="empty"
          title="No documents yet"
          text="Write the scope, minutes or a brief here, together or alone, online or not."
          {...(newDocument === undefined ? {} : { action: newDocument })}
        />
      )}
      {(documents?.total ?? 0) > 0 && (
        <ul className={classes.documents}>
          {documents?.rows.map((row) => {
            const status = textField(row, "status") ?? "draft";
            return (
              <li key={row.id} className={classes.document}>
                <Link className={classes.title} to={documentPath(context.spaceId, row.id)}>
                  {row.title === "" ? "Untitled" : row.title}
                </Link>
                <AudienceMark facet={chosenFacet(row)} />
                <RowGlyph row={row} />
                <span className={classes.kind}>{kinds[textField(row, "documentKind") ?? ""] ?? ""}</span>
                <StatusChip tone={status === "effective" ? "done" : status === "inReview" ? "waits" : "neutral"}>
                  {statuses[status] ?? status}
                </StatusChip>
                <span className={classes.updated}>
                  {row.updatedBy === context.meId ? "you" : context.nameOf(row.updatedBy)}, {when(row.updatedAt)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <Modal opened={making} onClose={() => setMaking(false)} title="New document">
        <NewDocument context={context} onCancel={() => setMaking(false)} />
      </Modal>
    </div>
  );
}

function NewDocument({ context, onCancel }: { readonly context: ProjectContext; readonly onCancel: () => void }) {
  const { edit } = useData();
  const save = useSave();
  const navigate = useNavigate();
  const [title, setTitle] = useState("");
  const [kind, setKind] = useState<string | null>("note");
  const [audience, setAudience] = useState(defaultAudience(context.persona));
  const options = audienceOptions(context.persona, context.members);
  const make = async (): Promise<void> => {
    const values = { title, documentKind: kind, status: "draft" };
    const made = await save(edit.create({ type: "document", space: context.spaceId, values, audience }));
    if (made !== undefined) await navigate({ to: documentPath(context.spaceId, made.id) });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() !== "") void make();
      }}
    >
      <Stack gap={14}>
        <TextInput
          label="Title"
          data-autofocus
          required
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Select
          label="Kind"
          data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
          value={kind}
          onChange={setKind}
        />
        {options.length > 1 && (
          <Radio.Group
            label="Who can read and write it"
            description="This can be chosen now only; later you can copy it for others."
            value={audience}
            onChange={(value) => setAudience(options.find((option) => option.audience === value)?.audience ?? audience)}
          >
            <Stack gap={8} mt={8}>
              {options.map((option) => (
                <Radio
                  key={option.audience}
                  value={option.audience}
                  label={audienceLabels[option.audience]}
                  description={audienceNames(option)}
                />
              ))}
            </Stack>
          </Radio.Group>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" color="amber" disabled={title.trim() === ""}>
            Make the document
          </Button>
        </div>
      </Stack>
    </form>
  );
}
