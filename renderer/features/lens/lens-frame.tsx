// "View as": a page as somebody else's device shows it, in a coloured frame that says whose eyes these are. Opening it is
// recorded in the audit first, so it needs the server. Esc leaves.

import { Alert, Button, Loader, Select } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { DataProvider, useData, useMembers, usePolicy, useRecord } from "#renderer/data/hooks.tsx";
import { throughLens } from "#renderer/data/lens.ts";
import type { RecordRow } from "#renderer/data/types.ts";
import { usePersonaChoices, usePersonaLabel } from "#renderer/data/use-personas.ts";
import { facetOf } from "#renderer/fields/facet-of.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import classes from "./lens-frame.module.css";

type Props = {
  readonly recordId: string;
  /** A persona, or a member of the record's space. */
  readonly as: string;
  readonly onAs: (as: string | undefined) => void;
  readonly children: ReactNode;
};

export function LensFrame({ recordId, as, onAs, children }: Props) {
  const row = useRecord(recordId);
  const members = useMembers(row === undefined || row === "missing" ? undefined : row.space);
  if (row === undefined || members === undefined) return null;
  const member = members.find((one) => one.id === as);
  const persona = isPersona(as) ? as : member?.persona;
  if (row === "missing" || persona === undefined)
    return (
      <div className={classes.wait}>
        <Alert color="amber">Somebody who is not in this space is shown nothing of it.</Alert>
        <Button mt="md" variant="default" onClick={() => onAs(undefined)}>
          Leave the lens
        </Button>
      </div>
    );
  return (
    <Looking key={`${recordId} ${as}`} row={row} as={as} name={member?.name} persona={persona} onAs={onAs}>
      {children}
    </Looking>
  );
}

type LookingProps = {
  readonly row: RecordRow;
  readonly as: string;
  readonly name: string | undefined;
  readonly persona: Persona;
  readonly onAs: (as: string | undefined) => void;
  readonly children: ReactNode;
};

function Looking({ row, as, name, persona, onAs, children }: LookingProps) {
  const data = useData();
  const labelOf = usePersonaLabel();
  const choices = usePersonaChoices();
  const members = useMembers(row.space) ?? [];
  const [recorded, setRecorded] = useState<true | string | undefined>(undefined);
  const { id, space } = row;
  const lensed = useMemo(() => throughLens(data, { persona, space }), [data, persona, space]);
  useEffect(() => {
    let shown = true;
    void Promise.all([data.trust.report("lens.opened", id, { as }), data.lens.prepare()]).then(
      ([answer]) => {
        if (shown) setRecorded(answer.ok ? true : answer.error.message);
      },
      () => {
        if (shown) setRecorded("The lens could not be loaded. Reload the page.");
      },
    );
    return () => {
      shown = false;
    };
  }, [data, id, as]);
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) onAs(undefined);
    };
    document.addEventListener("keydown", leave);
    return () => document.removeEventListener("keydown", leave);
  }, [onAs]);
  const facets = Object.keys(row.docs);
  const held = facets.filter((facet) => canReadFacet(facet, persona));
  const who = name ?? `a ${labelOf(persona).toLowerCase()}`;
  return (
    <div
      className={classes.frame}
      data-audience={isInternal(persona) ? "team" : persona === "partner" ? "partner" : "client"}
    >
      <div className={classes.bar} role="status">
        <span className={classes.words}>
          <strong>You see what {who} sees.</strong> Built from {held.length} of the {facets.length} facets of this
          record. Read-only.
        </span>
        <Select
          aria-label="View as"
          size="xs"
          allowDeselect={false}
          data={[
            { group: "Personas", items: choices.map(({ value, label }) => ({ value: value as string, label })) },
            { group: "People", items: members.map((one) => ({ value: one.id, label: one.name })) },
          ]}
          value={as}
          onChange={(value) => onAs(value ?? undefined)}
        />
        <Button size="xs" variant="white" onClick={() => onAs(undefined)}>
          Leave
        </Button>
      </div>
      {recorded === undefined && (
        <div className={classes.wait}>
          <Loader size="sm" aria-label="Recording that the lens is used" />
        </div>
      )}
      {typeof recorded === "string" && (
        <div className={classes.wait}>
          <Alert color="amber">{recorded} Using the lens is recorded, so it needs the server.</Alert>
        </div>
      )}
      {recorded === true && (
        <>
          <DataProvider data={lensed}>{children}</DataProvider>
          <NotHeld row={row} persona={persona} who={who} />
        </>
      )}
    </div>
  );
}

/** Ours, outside of what is looked at: how much never left the server, without a value of it. */
function NotHeld({ row, persona, who }: { readonly row: RecordRow; readonly persona: Persona; readonly who: string }) {
  const policy = usePolicy();
  const definition = findRecordType(row.type);
  const hidden = Object.keys(row.fields).filter((field) => !canReadFacet(facetOf(row, field, policy), persona));
  if (hidden.length === 0) return null;
  const labels = hidden.map((field) => definition?.fields[field]?.label ?? field);
  return (
    <section className={classes.hidden} aria-label={`What ${who} does not hold`}>
      <p>
        <strong>What {who} does not hold:</strong> {hidden.length === 1 ? "1 field" : `${hidden.length} fields`} of this
        record ({labels.slice(0, 5).join(", ")}
        {labels.length > 5 ? `, ${labels.length - 5} more` : ""}). <Link to="/settings/policy">Open the policy</Link>
      </p>
    </section>
  );
}
