// The spaces a record is in, and sharing it into another one: who would see which fields is said by name and number first.

import { Alert, Button, Modal, Select, Stack } from "@mantine/core";
import { IconShare } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { facetOf } from "#renderer/fields/facet-of.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { useData, usePolicy, useSpaces } from "#renderer/data/hooks.tsx";
import type { RecordPlace, SharePreview } from "#renderer/data/sharing-types.ts";
import type { RecordRow } from "#renderer/data/types.ts";
import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { useRights } from "#renderer/data/rights.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import classes from "./shared-into.module.css";

type Props = { readonly row: RecordRow; readonly definition: RecordTypeDefinition };

export function SharedIntoPanel({ row, definition }: Props) {
  const { sharing } = useData();
  const { readOnly } = useRights();
  const [places, setPlaces] = useState<readonly RecordPlace[]>([]);
  const [round, setRound] = useState(0);
  const [choosing, setChoosing] = useState(false);
  useEffect(() => {
    let current = true;
    void sharing.placesOf(row.id).then((result) => {
      if (current && result.ok) setPlaces(result.value);
    });
    return () => {
      current = false;
    };
  }, [sharing, row.id, round]);
  const linked = places.filter(({ isHome }) => !isHome);
  const again = (): void => setRound((before) => before + 1);
  const unshare = async ({ id, name }: RecordPlace): Promise<void> => {
    const result = await sharing.unshare(row.id, id);
    again();
    if (result.ok) showDone(`No longer shared into ${name}. Copies go at the next contact.`);
    else showProblem(result.error.message);
  };
  // Where the relay was not reached there is nothing true to say.
  if (places.length === 0) return null;
  return (
    <Panel
      title="Shared into"
      aside={
        readOnly === undefined && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconShare size={15} aria-hidden />}
            onClick={() => setChoosing(true)}
          >
            Share into...
          </Button>
        )
      }
    >
      {linked.length === 0 && <p className={classes.note}>Only the people of its own space have it.</p>}
      <ul className={classes.places}>
        {linked.map((place) => (
          <li key={place.id}>
            <Link to={`/spaces/${place.id}`}>{place.name}</Link>
            {place.sources.includes("hand") && readOnly === undefined ? (
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={`Stop sharing into ${place.name}`}
                onClick={() => void unshare(place)}
              >
                Stop
              </Button>
            ) : place.sources.includes("hand") ? null : (
              <span className={classes.note}>by a rule</span>
            )}
          </li>
        ))}
      </ul>
      <Modal opened={choosing} onClose={() => setChoosing(false)} title="Share into a space">
        <ShareForm
          row={row}
          definition={definition}
          taken={places.map(({ id }) => id)}
          onShared={() => {
            setChoosing(false);
            again();
          }}
        />
      </Modal>
    </Panel>
  );
}

type FormProps = Props & { readonly taken: readonly string[]; readonly onShared: () => void };

function ShareForm({ row, definition, taken, onShared }: FormProps) {
  const { sharing } = useData();
  const spaces = useSpaces() ?? [];
  const policy = usePolicy();
  const [spaceId, setSpaceId] = useState<string | null>(null);
  const [preview, setPreview] = useState<SharePreview | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const choices = spaces.filter(({ id, kind, archived }) => kind !== "crm" && archived !== true && !taken.includes(id));

  const choose = async (id: string | null): Promise<void> => {
    setSpaceId(id);
    setPreview(undefined);
    if (id === null) return;
    const result = await sharing.previewShare(row.id, id);
    if (result.ok) setPreview(result.value);
    else showProblem(result.error.message);
  };
  const share = async (): Promise<void> => {
    if (spaceId === null) return;
    setBusy(true);
    const result = await sharing.share(row.id, spaceId);
    setBusy(false);
    if (!result.ok) return showProblem(result.error.message);
    showDone(`Shared into ${spaces.find(({ id }) => id === spaceId)?.name ?? "the space"}.`);
    onShared();
  };
  const labelOf = usePersonaLabel();
  const fieldsIn = (facets: readonly string[]): string =>
    Object.entries(definition.fields)
      .filter(([name, { hidden }]) => hidden !== true && facets.includes(facetOf(row, name, policy)))
      .map(([, { label }]) => label)
      .join(", ");

  return (
    <Stack gap={14}>
      <Select
        label="Space"
        searchable
        nothingFoundMessage="No other space. Make a portal or a group under Spaces."
        data={choices.map(({ id, name }) => ({ value: id, label: name }))}
        value={spaceId}
        onChange={(id) => void choose(id)}
      />
      {preview !== undefined && (
        <Alert color={preview.refusal === "" ? "slate" : "amber"} variant="light" role="status" p="sm">
          {preview.refusal !== ""
            ? preview.refusal
            : preview.readers.length === 0
              ? "Nobody from outside is in this space yet. Whoever is invited later sees the record too."
              : `${preview.readers.length} from outside will see it:`}
          {preview.refusal === "" && (
            <ul className={classes.readers}>
              {preview.readers.map(({ id, name, persona, facets }) => (
                <li key={id}>
                  <strong>{name}</strong>, {labelOf(persona).toLowerCase()}: {fieldsIn(facets) || "nothing of it"}
                </li>
              ))}
            </ul>
          )}
        </Alert>
      )}
      <Button
        color="amber"
        loading={busy}
        disabled={preview === undefined || preview.refusal !== ""}
        onClick={() => void share()}
      >
        Share
      </Button>
    </Stack>
  );
}
