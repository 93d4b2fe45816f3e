// One portal or group: what is in it, who is in it and as what, by which rules it fills; and the ways out of it.

import { Button, TextInput } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useData, useMembers, useObserved, useSession, useSpaces } from "#renderer/data/hooks.tsx";
import type { RecordRow, SpaceRow } from "#renderer/data/types.ts";
import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { FieldContextProvider, relatedIds, useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { rowDetail } from "#renderer/fields/row-detail.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { SpacePeople } from "#renderer/ui/space-people.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { recordTypes } from "#shared/record-types/index.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { ShareRules } from "./share-rules.tsx";
import { SharedInto } from "./shared-into.tsx";
import classes from "./spaces.module.css";

const MOST_SHOWN = 50;

export function SpacePage({ spaceId }: { readonly spaceId: string }) {
  const session = useSession();
  const spaces = useSpaces();
  const members = useMembers(spaceId) ?? [];
  const labelOf = usePersonaLabel();
  const space = spaces?.find(({ id }) => id === spaceId);
  if (spaces === undefined || session.kind !== "signedIn") return null;
  if (space === undefined) {
    return (
      <Page title="Not on this device">
        <EmptyState
          kind="notOnDevice"
          title="This space is not on this device"
          text="It comes with the next sync, or your access to it ended. Ask whoever invited you."
          action={
            <Button variant="default" renderRoot={(props) => <Link to="/spaces" {...props} />}>
              Go to your spaces
            </Button>
          }
        />
      </Page>
    );
  }
  const { me } = session;
  const manages = me.persona === "owner" || me.persona === "manager";
  return (
    <Page
      title={space.name}
      meta={space.archived === true ? "Archived: everybody still reads it, nobody changes it" : undefined}
      actions={<SpaceActions space={space} manages={manages} meId={me.id} />}
    >
      <div className={classes.columns}>
        {isInternal(me.persona) ? <SharedInto spaceId={spaceId} /> : <Contents spaceId={spaceId} />}
        {manages && <ShareRules space={space} />}
        <SpacePeople
          title="People"
          spaceId={spaceId}
          spaceName={space.name}
          members={members}
          meId={me.id}
          manages={manages}
          usual={space.kind === "portal" ? "partner" : "client"}
          explain={(persona) => whatTheySee(space.name, persona, labelOf(persona))}
        />
      </div>
    </Page>
  );
}

const whatTheySee = (space: string, persona: Persona, label: string): string =>
  isInternal(persona)
    ? "They will be part of the team, in this space and in every other one."
    : `They will see what is shared into ${space}, as ${label.toLowerCase()}, and who is in it. Nothing else.`;

function SpaceActions({
  space,
  manages,
  meId,
}: {
  readonly space: SpaceRow;
  readonly manages: boolean;
  readonly meId: string;
}) {
  const { sharing, people } = useData();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState<string | undefined>(undefined);
  const archived = space.archived === true;
  const archive = async (): Promise<void> => {
    const result = await sharing.archiveSpace(space.id, !archived);
    if (!result.ok) showProblem(result.error.message);
    else showDone(archived ? `${space.name} is back.` : `${space.name} is archived.`);
  };
  const leave = async (): Promise<void> => {
    const result = await people.removeFromSpace(space.id, meId);
    if (!result.ok) return showProblem(result.error.message);
    showDone(`You have left ${space.name}. What was in it goes from this device.`);
    await navigate({ to: "/spaces" });
  };
  const rename = async (): Promise<void> => {
    const result = await sharing.renameSpace(space.id, name ?? space.name);
    if (!result.ok) return showProblem(result.error.message);
    setName(undefined);
    showDone("Renamed, for everybody in it.");
  };
  if (manages && name !== undefined) {
    return (
      <form
        className={classes.ask}
        onSubmit={(event) => {
          event.preventDefault();
          void rename();
        }}
      >
        <TextInput
          aria-label="New name"
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" color="amber">
          Save
        </Button>
        <Button variant="subtle" onClick={() => setName(undefined)}>
          Cancel
        </Button>
      </form>
    );
  }
  if (manages) {
    return (
      <>
        <Button variant="default" onClick={() => setName(space.name)}>
          Rename
        </Button>
        <Button variant="default" onClick={() => void archive()}>
          {archived ? "Bring it back" : "Archive"}
        </Button>
      </>
    );
  }
  return asking ? (
    <span className={classes.ask} role="group" aria-label={`Leave ${space.name}?`}>
      <span>Only an invitation brings you back.</span>
      <Button variant="default" color="brick" onClick={() => void leave()}>
        Leave
      </Button>
      <Button variant="subtle" onClick={() => setAsking(false)}>
        Stay
      </Button>
    </span>
  ) : (
    <Button variant="default" onClick={() => setAsking(true)}>
      Leave this space
    </Button>
  );
}

/** What somebody from outside has through this space: exactly what is on their device. */
function Contents({ spaceId }: { readonly spaceId: string }) {
  const lists = useObserved(`space contents ${spaceId}`, async (data) => {
    const pages = await Promise.all(
      recordTypes.map(async (definition) => {
        const page = await data.query.records({ type: definition.type, space: spaceId, limit: MOST_SHOWN });
        return { definition, rows: page.rows, total: page.total };
      }),
    );
    return pages.filter(({ total }) => total > 0);
  });
  if (lists === undefined) return null;
  if (lists.length === 0) {
    return (
      <Panel title="Shared with you">
        <p className={classes.note}>Nothing yet. What is shared with you comes here by itself.</p>
      </Panel>
    );
  }
  return lists.map(({ definition, rows, total }) => (
    <Panel key={definition.type} title={`${definition.label.many} ${total}`} flush>
      <FieldContextProvider space={spaceId} ids={relatedIds(rows)}>
        <ul className={classes.rows}>
          {rows.map((row) => (
            <ContentRow key={row.id} definition={definition} row={row} />
          ))}
        </ul>
      </FieldContextProvider>
    </Panel>
  ));
}

function ContentRow({ definition, row }: { readonly definition: RecordTypeDefinition; readonly row: RecordRow }) {
  const context = useRequiredFieldContext();
  const detail = rowDetail(definition, row, definition.list.slice(1), context);
  return (
    <li className={classes.row}>
      <span className={classes.names}>
        <Link to={`/record/${row.id}`} className={classes.link}>
          {row.title === "" ? "Without a name" : row.title}
        </Link>
        <span className={classes.second}>{detail}</span>
      </span>
    </li>
  );
}
