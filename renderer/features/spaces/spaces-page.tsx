// Portals and groups: spaces made by hand, beside the CRM and the projects. Archived ones are out of the way, one click off.

import { Button, Modal, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useData, useSession, useSpaces } from "#renderer/data/hooks.tsx";
import type { SpaceRow } from "#renderer/data/types.ts";
import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { Problem } from "#renderer/ui/problem.tsx";
import classes from "./spaces.module.css";

const kindWords: Readonly<Record<SpaceRow["kind"], string>> = {
  crm: "CRM",
  project: "Project",
  portal: "Portal",
  group: "Group",
  personal: "Yours",
};

export function SpacesPage() {
  const session = useSession();
  const spaces = useSpaces();
  const labelOf = usePersonaLabel();
  const [making, setMaking] = useState(false);
  const [archived, setArchived] = useState(false);
  if (spaces === undefined || session.kind !== "signedIn") return null;
  const manages = session.me.persona === "owner" || session.me.persona === "manager";
  const own = spaces.filter(({ kind }) => kind === "portal" || kind === "group");
  const shown = own.filter((space) => (space.archived === true) === archived);
  const old = own.filter((space) => space.archived === true).length;
  return (
    <Page
      title="Spaces"
      meta="Portals for partners and customers, and groups: each sees what is shared into it, and nothing else."
      actions={
        <>
          {old > 0 && (
            <Button variant="default" onClick={() => setArchived(!archived)}>
              {archived ? "Show active ones" : `Show archived (${old})`}
            </Button>
          )}
          {manages && (
            <Button color="amber" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
              New space
            </Button>
          )}
        </>
      }
    >
      <Panel flush>
        {shown.length === 0 ? (
          <EmptyState
            kind="empty"
            title={archived ? "No archived space" : "No portal or group yet"}
            text="A portal shows somebody from outside the records that you share into it, by hand or by a rule."
          />
        ) : (
          <ul className={classes.rows}>
            {shown.map((space) => (
              <li key={space.id} className={classes.row}>
                <Link to={`/spaces/${space.id}`} className={classes.link}>
                  {space.name}
                </Link>
                <span className={classes.second}>
                  {kindWords[space.kind]}, you are {labelOf(space.persona).toLowerCase()}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Modal opened={making} onClose={() => setMaking(false)} title="New space">
        <NewSpace />
      </Modal>
    </Page>
  );
}

function NewSpace() {
  const { sharing } = useData();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<"portal" | "group">("portal");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const make = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const made = await sharing.makeSpace({ kind, name });
    setBusy(false);
    if (made.ok) await navigate({ to: `/spaces/${made.value.id}` });
    else setProblem(made.error.message);
  };
  return (
    <form onSubmit={(event) => void make(event)}>
      <Stack gap={14}>
        <SegmentedControl
          aria-label="Kind"
          data={[
            { value: "portal", label: "Portal" },
            { value: "group", label: "Group" },
          ]}
          value={kind}
          onChange={(value) => setKind(value === "group" ? "group" : "portal")}
        />
        <TextInput
          label="Name"
          placeholder="Delta Supply"
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <p className={classes.note}>The whole team is in it. Nobody from outside is, until you invite them.</p>
        <Problem message={problem} />
        <Button type="submit" color="amber" loading={busy}>
          Make the space
        </Button>
      </Stack>
    </form>
  );
}
