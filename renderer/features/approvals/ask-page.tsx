// Putting something up for approval: who is asked, how many are needed, by when, and what belongs to it.

import { Button, MultiSelect, NumberInput, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import {
  useData,
  useMembers,
  usePolicy,
  useRecord,
  useRecords,
  useReferring,
  useSession,
  useSpaces,
} from "#renderer/data/hooks.tsx";
import type { MemberRow, RecordRow } from "#renderer/data/types.ts";
import { FieldContextProvider } from "#renderer/fields/field-context.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { isAttachable, parseSubject, requestFacet, subjectText } from "#shared/model/approval-subject.ts";
import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import classes from "./approvals.module.css";
import { SubjectFields } from "./subject-panels.tsx";

type Props = { readonly spaceId: string; readonly recordId: string };

const ALL = 500;

export function AskPage({ spaceId, recordId }: Props) {
  const row = useRecord(recordId);
  const members = useMembers(spaceId);
  const documents = useRecords({ type: "document", space: spaceId, limit: ALL })?.rows;
  const files = useReferring(recordId, "file");
  if (row === undefined || members === undefined || documents === undefined || files === undefined)
    return <Page title="Ask for approval" />;
  if (row === "missing") {
    return (
      <Page title="Ask for approval">
        <EmptyState kind="notOnDevice" title="This is not on this device" text="It may have been deleted meanwhile." />
      </Page>
    );
  }
  return (
    <FieldContextProvider space={spaceId} ids={[spaceId]}>
      <Form row={row} members={members} documents={documents} files={files} />
    </FieldContextProvider>
  );
}

type FormProps = {
  readonly row: RecordRow;
  readonly members: readonly MemberRow[];
  readonly documents: readonly RecordRow[];
  /** Attached to what is asked about: they belong to it, unless somebody takes them out. */
  readonly files: readonly RecordRow[];
};

function Form({ row, members, documents, files }: FormProps) {
  const { approvals } = useData();
  const navigate = useNavigate();
  const session = useSession();
  const space = useSpaces()?.find((one) => one.id === row.space);
  const meId = session.kind === "signedIn" ? session.me.id : "";
  const clients = members.filter((member) => member.persona === "client").map((member) => member.id);
  const [approvers, setApprovers] = useState<readonly string[]>(clients.slice(0, 1));
  const labelOf = usePersonaLabel();
  const policy = usePolicy();
  const [required, setRequired] = useState(1);
  const [order, setOrder] = useState<"together" | "inOrder">("together");
  const [dueDate, setDueDate] = useState("");
  const [message, setMessage] = useState("");
  const deliverables = row.fields["deliverables"];
  const [attached, setAttached] = useState<readonly string[]>([
    ...(Array.isArray(deliverables) ? deliverables : []),
    ...files.map((one) => one.id),
  ]);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const asked = members.filter((member) => approvers.includes(member.id));
  const facet = requestFacet(asked.map((member) => member.persona)) ?? "shared";
  const attachable = [...documents, ...files].filter((one) => one.id !== row.id && isAttachable(one, facet));
  const chosen = attachable.filter((one) => attached.includes(one.id));
  const preview = subjectText({
    record: row,
    facet,
    attachments: chosen,
    salt: "0".repeat(32),
    policy,
  });
  const subject = parseSubject(preview);
  const ask = async (): Promise<void> => {
    if (approvers.length === 0) {
      setProblem("Choose who has to approve.");
      return;
    }
    setBusy(true);
    const made = await approvals.request({
      about: row.id,
      approvers,
      required: Math.min(required, approvers.length),
      order,
      attachments: chosen.map((one) => one.id),
      ...(dueDate === "" ? {} : { dueDate }),
      ...(message === "" ? {} : { message }),
    });
    setBusy(false);
    if (made.ok) await navigate({ to: `/projects/${row.space}/approvals/${made.value.id}`, replace: true });
    else setProblem(saveProblem(made.error));
  };
  return (
    <Page
      title="Ask for approval"
      breadcrumb={
        <>
          <Link to="/projects">Projects</Link> <span aria-hidden="true">/</span>{" "}
          <Link to={`/projects/${row.space}`}>{space?.name ?? "Project"}</Link> <span aria-hidden="true">/</span>{" "}
          <Link to={`/projects/${row.space}/approvals`}>Approvals</Link>
        </>
      }
      meta={row.title}
    >
      <form
        className={classes.ask}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <Panel title="Who decides">
          <div className={classes.form}>
            <MultiSelect
              label="Approvers"
              data={members
                .filter((member) => member.id !== meId)
                .map((member) => ({ value: member.id, label: `${member.name}, ${labelOf(member.persona)}` }))}
              value={[...approvers]}
              onChange={(ids) => {
                setApprovers(ids);
                setProblem(undefined);
              }}
              error={problem}
              searchable
            />
            {approvers.length > 1 && (
              <>
                <NumberInput
                  label="Approvals needed"
                  min={1}
                  max={approvers.length}
                  value={Math.min(required, approvers.length)}
                  onChange={(value) => setRequired(typeof value === "number" ? value : 1)}
                />
                <SegmentedControl
                  aria-label="Order"
                  data={[
                    { value: "together", label: "All at once" },
                    { value: "inOrder", label: "One after the other" },
                  ]}
                  value={order}
                  onChange={(value) => setOrder(value === "inOrder" ? "inOrder" : "together")}
                />
              </>
            )}
            <TextInput
              label="Due"
              type="date"
              value={dueDate}
              onChange={(event) => setDueDate(event.currentTarget.value)}
            />
            <Textarea
              label="Message"
              autosize
              minRows={2}
              maxRows={6}
              value={message}
              onChange={(event) => setMessage(event.currentTarget.value)}
            />
            <MultiSelect
              label="Documents and files that belong to it"
              description="Their content is bound by its hash: a later change shows."
              data={attachable.map((one) => ({ value: one.id, label: one.title === "" ? "Untitled" : one.title }))}
              value={attached.filter((id) => attachable.some((one) => one.id === id))}
              onChange={setAttached}
            />
          </div>
        </Panel>
        <Panel title="Exactly this is put up for approval">
          {subject === undefined || Object.keys(subject.fields).length === 0 ? (
            <p className={classes.quiet}>The people you ask cannot see any of it. Share it with them first.</p>
          ) : (
            <SubjectFields subject={subject} contentHash="made when you ask" />
          )}
        </Panel>
        <div className={classes.buttons}>
          <Button component={Link} to={`/projects/${row.space}/approvals`} variant="default">
            Cancel
          </Button>
          <Button type="submit" color="amber" loading={busy}>
            Ask and sign
          </Button>
        </div>
      </form>
    </Page>
  );
}
