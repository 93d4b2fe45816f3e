// The list of one record type: views, filters, and rows one can work in. Deals can be looked at as a board as well.

import { Button, SegmentedControl } from "@mantine/core";
import { IconColumns3, IconList, IconPlus, IconUpload } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState, type ReactNode } from "react";
import { useCount, useSession, useSpaces } from "#renderer/data/hooks.tsx";
import { useCommands } from "#renderer/ui/commands.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { ColumnsMenu } from "./columns-menu.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { useColumnChoice } from "./list-columns.ts";
import { toFilters, useListSearch } from "./list-search.ts";
import classes from "./list.module.css";
import { RecordList } from "./record-list.tsx";
import { ViewTabs } from "./view-tabs.tsx";

/** Dragging is for those who look at the board. */
const DealBoard = lazy(async () => ({ default: (await import("./deal-board.tsx")).DealBoard }));
/** Forms are heavy, and reading a list needs none. */
const CreateDialog = lazy(async () => ({ default: (await import("./create-dialog.tsx")).CreateDialog }));

export function ListPage({ type }: { readonly type: string }) {
  const definition = findRecordType(type);
  if (definition === undefined) {
    return (
      <Page title="Unknown list">
        <EmptyState kind="noMatch" title="There is no such list" text="Choose one from the navigation." />
      </Page>
    );
  }
  return <TypeList key={type} definition={definition} />;
}

function TypeList({ definition }: { readonly definition: RecordTypeDefinition }) {
  const session = useSession();
  const spaces = useSpaces();
  const navigate = useNavigate();
  const { search, change } = useListSearch();
  const [choice, setChoice] = useColumnChoice(definition);
  const [creating, setCreating] = useState(false);
  const [adding, setAdding] = useState(false);
  const all = useCount({ type: definition.type });
  const me = session.kind === "signedIn" ? session.me.id : "";
  const crmSpace = spaces?.find((space) => space.kind === "crm")?.id;
  const one = definition.label.one.toLowerCase();
  const board = definition.type === "deal" && search.view === "board";
  const filters = useMemo(() => toFilters(search.f, definition, me), [search.f, definition, me]);
  const [shown, setShown] = useState<number | undefined>(undefined);
  const open = creating || search.new !== undefined;

  useCommands([
    {
      id: `new-${definition.type}`,
      title: `New ${one}`,
      section: definition.label.many,
      shortcut: "n",
      run: () => setCreating(true),
    },
    {
      id: `filter-${definition.type}`,
      title: `Filter ${definition.label.many.toLowerCase()}`,
      section: definition.label.many,
      shortcut: "f",
      run: () => setAdding(true),
    },
  ]);

  if (spaces !== undefined && crmSpace === undefined) {
    return (
      <Page title={definition.label.many}>
        <EmptyState
          kind="noPermission"
          title="Not yours to see"
          text={`${definition.label.many} are for the team. What is shared with you is in your projects.`}
          action={
            <Button variant="default" renderRoot={(props) => <Link to="/projects" {...props} />}>
              Open projects
            </Button>
          }
        />
      </Page>
    );
  }

  return (
    <Page
      title={definition.label.many}
      actions={
        <>
          {definition.type === "deal" ? (
            <SegmentedControl
              aria-label="Shown as"
              value={board ? "board" : "list"}
              onChange={(view) => change({ view: view === "board" ? "board" : undefined })}
              data={[
                { value: "list", label: <ViewLabel icon={<IconList size={16} aria-hidden />} words="List" /> },
                { value: "board", label: <ViewLabel icon={<IconColumns3 size={16} aria-hidden />} words="Board" /> },
              ]}
            />
          ) : null}
          <Button
            variant="default"
            className={classes.import}
            leftSection={<IconUpload size={17} aria-hidden />}
            renderRoot={(props) => <Link to="/import" {...props} />}
          >
            Import
          </Button>
          <Button color="amber" leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setCreating(true)}>
            New {one}
          </Button>
        </>
      }
      tabs={<ViewTabs definition={definition} search={search} onChange={change} />}
    >
      <div className={classes.toolbar}>
        <FilterBar
          definition={definition}
          space={crmSpace}
          filters={search.f ?? []}
          adding={adding}
          onAdding={setAdding}
          onChange={(f) => change({ f })}
        />
        <span className={classes.status} role="status">
          {shown === undefined || all === undefined ? (
            "Reading this device"
          ) : (
            <>
              <strong>{shown.toLocaleString("en-GB")}</strong> of {all.toLocaleString("en-GB")}, all on this device
            </>
          )}
        </span>
        {board ? null : <ColumnsMenu definition={definition} choice={choice} onChange={setChoice} />}
      </div>
      {board ? (
        <Suspense fallback={null}>
          <DealBoard filters={filters} onCount={setShown} onNew={() => setCreating(true)} />
        </Suspense>
      ) : (
        <RecordList
          definition={definition}
          space={crmSpace}
          filters={filters}
          sort={search.s}
          all={all}
          choice={choice}
          onChoice={setChoice}
          onSort={(s) => change({ s })}
          onCount={setShown}
          onNew={() => setCreating(true)}
          onClear={() => change({ f: undefined, v: undefined })}
        />
      )}
      {open && (
        <Suspense fallback={null}>
          <CreateDialog
            definition={definition}
            space={crmSpace}
            opened={open}
            onClose={() => {
              setCreating(false);
              if (search.new !== undefined) change({ new: undefined });
            }}
            onCreated={(id) => void navigate({ to: "/record/$id", params: { id } })}
          />
        </Suspense>
      )}
    </Page>
  );
}

const ViewLabel = ({ icon, words }: { readonly icon: ReactNode; readonly words: string }) => (
  <span className={classes.viewLabel}>
    {icon}
    {words}
  </span>
);
