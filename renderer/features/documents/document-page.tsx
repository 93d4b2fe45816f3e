// One document: its text, written together or alone, online or not, and what was said about it.

import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useData, useMembers, useRecord, useSession, useSpaces, useTitles } from "#renderer/data/hooks.tsx";
import { useRights } from "#renderer/data/rights.ts";
import type { LiveDocument, MemberRow, RecordRow } from "#renderer/data/types.ts";
import { ApprovalStanding } from "#renderer/fields/approval-standing.tsx";
import { FieldContextProvider } from "#renderer/fields/field-context.tsx";
import { FileList } from "#renderer/fields/file-list.tsx";
import { RichTextEditor } from "#renderer/fields/rich-text/rich-text-editor.tsx";
import { useLiveText } from "#renderer/fields/rich-text/use-live-text.ts";
import { connectionWords, useTogether } from "#renderer/fields/rich-text/use-together.ts";
import { ViewAsButton } from "#renderer/fields/view-as-items.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { CommentsColumn } from "./comments-column.tsx";
import { DocumentFacts, DocumentTitle } from "./document-facts.tsx";
import classes from "./document-page.module.css";

type Props = { readonly spaceId: string; readonly recordId: string };

export function DocumentPage({ spaceId, recordId }: Props) {
  const row = useRecord(recordId);
  if (row === undefined) return <Page title="Document" />;
  if (row === "missing" || row.type !== "document") {
    return (
      <Page title="Document">
        <EmptyState
          kind="notOnDevice"
          title="This document is not on this device"
          text="Either it has not arrived yet, or it is not shared with you."
          action={<Link to={`/projects/${spaceId}/documents`}>Documents of the project</Link>}
        />
      </Page>
    );
  }
  return (
    <FieldContextProvider space={spaceId} ids={[spaceId]}>
      <Opened spaceId={spaceId} row={row} />
    </FieldContextProvider>
  );
}

/** Whoever has a document open is in its project; which document is told only inside it. */
function usePresentIn(spaceId: string): void {
  const { live } = useData();
  useEffect(() => {
    const presence = live.joinSpace(spaceId, "documents");
    return () => presence.leave();
  }, [live, spaceId]);
}

function Opened({ spaceId, row }: { readonly spaceId: string; readonly row: RecordRow }) {
  const session = useSession();
  const { readOnly } = useRights();
  const space = useSpaces()?.find((one) => one.id === spaceId);
  const members = useMembers(spaceId) ?? [];
  const projectTitle = useTitles([spaceId])?.get(spaceId);
  const opened = useLiveText(row.id, "body");
  usePresentIn(spaceId);
  const [selection, setSelection] = useState("");
  const me = session.kind === "signedIn" ? session.me : undefined;
  const persona = space?.persona ?? me?.persona ?? "customer";
  const title = row.title === "" ? "Untitled" : row.title;
  const breadcrumb = (
    <>
      <Link to="/projects">Projects</Link> <span aria-hidden="true">/</span>{" "}
      <Link to={`/projects/${spaceId}`}>{projectTitle ?? "Project"}</Link> <span aria-hidden="true">/</span>{" "}
      <Link to={`/projects/${spaceId}/documents`}>Documents</Link>
    </>
  );
  return (
    <Page
      title={title}
      breadcrumb={breadcrumb}
      meta={<DocumentTitle row={row} persona={persona} />}
      actions={<ViewAsButton space={spaceId} persona={persona} />}
    >
      <div className={classes.facts}>
        <ApprovalStanding space={spaceId} recordId={row.id} mayAsk={isInternal(persona)} />
        <DocumentFacts row={row} persona={persona} members={members} />
        {opened.kind === "open" && readOnly === undefined && <Together live={opened.live} meId={me?.id ?? ""} />}
      </div>
      <FileList row={row} persona={persona} members={members} />
      <div className={classes.columns}>
        {opened.kind === "closed" && (
          <EmptyState kind="notOnDevice" title="The text is not on this device" text={opened.message} />
        )}
        {opened.kind === "opening" && <div className={classes.opening} />}
        {opened.kind === "open" && (
          <RichTextEditor key={row.id} live={opened.live} title={title} onSelect={setSelection} />
        )}
        <CommentsColumn
          document={row}
          persona={persona}
          members={members}
          selection={selection}
          authorOf={(id) => authorOf(id, members, me)}
        />
      </div>
    </Page>
  );
}

function authorOf(
  id: string,
  members: readonly MemberRow[],
  me: { readonly id: string; readonly name: string; readonly persona: Persona } | undefined,
) {
  const member = members.find((one) => one.id === id) ?? (me?.id === id ? me : undefined);
  return { name: member?.name ?? "Someone", persona: member?.persona };
}

/** Said politely: a change of the connection is no alarm, the words are safe either way. */
function Together({ live, meId }: { readonly live: LiveDocument; readonly meId: string }) {
  const { connection, readers } = useTogether(live, meId);
  return (
    <div className={classes.together}>
      {connection === "live" &&
        readers.map((reader) => (
          <PersonAvatar
            key={reader.memberId}
            name={reader.name}
            size={24}
            decorative
            {...(reader.persona === undefined ? {} : { persona: reader.persona })}
          />
        ))}
      <span role="status">{connectionWords(connection, readers)}</span>
      {!live.canWrite && <span>You can read this, others write it.</span>}
    </div>
  );
}
