// The page of any record: what it is at the top, its facts on the left, what happened on the right. Three tabs on a phone.

import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useChanges, useRecord, useReferring, useSession, useSyncStatus } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { ChangedByBothChoice } from "#renderer/fields/changed-by-both.tsx";
import { FieldContextProvider, relatedIds, useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { FileList } from "#renderer/fields/file-list.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { isInternal } from "#shared/model/personas.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { ContactActions } from "./contact-actions.tsx";
import { DealStrip } from "./deal-strip.tsx";
import { FactPanels } from "./fact-panels.tsx";
import { RecordActions } from "./record-actions.tsx";
import { Breadcrumb, RecordMeta } from "./record-header.tsx";
import classes from "./record.module.css";
import { RelatedPanels } from "./related-panels.tsx";
import { SharedIntoPanel } from "./shared-into-panel.tsx";
import { StartProject } from "./start-project.tsx";
import { StateBanner } from "./state-banner.tsx";
import { Timeline } from "./timeline.tsx";
import { idsInChanges } from "./timeline-entries.ts";
import { titleOrWords } from "./record-words.ts";

export function RecordPage({ id }: { readonly id: string }) {
  const row = useRecord(id);
  const status = useSyncStatus();
  if (row === undefined) return null;
  const definition = row === "missing" ? undefined : findRecordType(row.type);
  if (row === "missing" || definition === undefined) {
    const known = row !== "missing";
    return (
      <Page title={known ? "From a newer version" : "Not on this device"}>
        <EmptyState
          kind="notOnDevice"
          title={known ? "This record is of a kind this version does not know" : "This record is not on this device"}
          text={
            known
              ? "It is kept and synced. Reload to get the newest version."
              : status.state === "offline" || status.state === "unreachable"
                ? "It may come with the next sync. Go online, or look at what is here."
                : "It was removed, or it is not shared with you. Ask whoever sent you the link."
          }
          action={
            <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
              Go home
            </Button>
          }
        />
      </Page>
    );
  }
  return <KnownRecord key={id} row={row} definition={definition} />;
}

/** Plans and photographs, beside the record they are about. */
const HAS_FILES: ReadonlySet<string> = new Set(["company", "contact", "deal"]);

function Files({ row }: { readonly row: RecordRow }) {
  const { persona, members } = useRequiredFieldContext();
  return (
    <Panel title="Files">
      <FileList row={row} persona={persona} members={members} />
    </Panel>
  );
}

const TABS = ["Facts", "Timeline", "Related"] as const;

function KnownRecord({ row, definition }: { readonly row: RecordRow; readonly definition: RecordTypeDefinition }) {
  const referring = useReferring(row.id) ?? [];
  const changes = useChanges(row.id);
  const phone = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const [tab, setTab] = useState<(typeof TABS)[number]>("Facts");
  const [later, setLater] = useState<readonly string[]>([]);
  const marks = Object.keys(row.changedByBoth).filter(
    (field) => !later.includes(field) && definition.fields[field] !== undefined,
  );
  const ids = [
    ...new Set([...relatedIds([row]), ...relatedIds(referring), ...idsInChanges(changes ?? [], definition)]),
  ].sort();

  const banners = (
    <>
      <StateBanner row={row} />
      {marks.map((field) => (
        <ChangedByBothChoice key={field} row={row} field={field} onLater={() => setLater([...later, field])} />
      ))}
    </>
  );
  const facts = <FactPanels row={row} definition={definition} />;
  const session = useSession();
  const related = (
    <>
      <RelatedPanels row={row} definition={definition} referring={referring} />
      {HAS_FILES.has(definition.type) && <Files row={row} />}
      {session.kind === "signedIn" && isInternal(session.me.persona) && (
        <SharedIntoPanel row={row} definition={definition} />
      )}
    </>
  );
  const timeline = <Timeline row={row} definition={definition} referring={referring} changes={changes} />;

  return (
    <FieldContextProvider space={row.space} ids={ids}>
      <Page
        title={titleOrWords(row)}
        breadcrumb={<Breadcrumb row={row} definition={definition} referring={referring} />}
        meta={<RecordMeta row={row} definition={definition} />}
        actions={
          <>
            {definition.type === "deal" && <StartProject deal={row} referring={referring} />}
            <RecordActions row={row} definition={definition} />
          </>
        }
        {...(definition.type === "deal" ? { tabs: <DealStrip row={row} /> } : {})}
      >
        {phone ? (
          <div className={classes.stack}>
            {banners}
            <ContactActions row={row} onNote={() => setTab("Timeline")} />
            <div role="tablist" aria-label="Parts of this record" className={classes.tabs}>
              {TABS.map((name) => (
                <button
                  key={name}
                  type="button"
                  role="tab"
                  id={`tab-${name}`}
                  aria-selected={tab === name}
                  aria-controls="record-part"
                  className={classes.tab}
                  onClick={() => setTab(name)}
                >
                  {name}
                </button>
              ))}
            </div>
            <div role="tabpanel" id="record-part" aria-labelledby={`tab-${tab}`} className={classes.stack}>
              {tab === "Facts" ? facts : tab === "Timeline" ? timeline : related}
            </div>
          </div>
        ) : (
          <div className={classes.columns}>
            <div className={classes.stack}>
              {banners}
              {facts}
              {related}
            </div>
            <div className={classes.stack}>{timeline}</div>
          </div>
        )}
      </Page>
    </FieldContextProvider>
  );
}
