// "View as": a page as somebody else's device shows it, in a coloured frame that says whose eyes these are. Opening it is
// recorded in the audit first, so it needs the server. Esc leaves.

import { Alert, Button, Loader, Select } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { DataProvider, useData, useMembers, usePolicy, useRecord, useSpaces } from "#renderer/data/hooks.tsx";
import { throughLens } from "#renderer/data/lens.ts";
import type { MemberRow, RecordRow } from "#renderer/data/types.ts";
import { usePersonaChoices, usePersonaLabel } from "#renderer/data/use-personas.ts";
import { facetOf } from "#renderer/fields/facet-of.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import { applyEdits, type Policy } from "#shared/model/policy.ts";
import { ok } from "#shared/model/result.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { toEdits, useProposedPolicy } from "#renderer/ui/proposed-policy.ts";
import classes from "./lens-frame.module.css";

type Props = {
  readonly recordId: string;
  /** A persona, or a member of the record's space. */
  readonly as: string;
  /** The space through which they have it, where that is not the record's home. */
  readonly inSpace?: string | undefined;
  /** Under the policy that is being prepared instead of the one that counts. */
  readonly isProposed: boolean;
  readonly onAs: (as: string | undefined) => void;
  readonly children: ReactNode;
};

export function LensFrame({ recordId, as, inSpace, isProposed, onAs, children }: Props) {
  const row = useRecord(recordId);
  const place = inSpace ?? (row === undefined || row === "missing" ? undefined : row.space);
  const members = useMembers(place);
  const isCrm = useSpaces()?.some((space) => space.id === place && space.kind === "crm");
  const policy = usePolicy();
  const rights = useProposedPolicy((state) => state.rights);
  const proposed = useMemo(
    () => (isProposed && rights.size > 0 ? applyEdits(policy, toEdits(rights)) : undefined),
    [isProposed, rights, policy],
  );
  if (row === undefined || members === undefined || isCrm === undefined) return null;
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
    <Looking
      key={`${recordId} ${as} ${inSpace ?? ""}`}
      row={row}
      space={inSpace ?? row.space}
      isNobodyThere={isCrm && !isInternal(persona) && !members.some((one) => one.persona === persona)}
      as={as}
      member={member}
      persona={persona}
      members={members}
      proposed={proposed}
      onAs={onAs}
    >
      {children}
    </Looking>
  );
}

type LookingProps = {
  readonly row: RecordRow;
  /** Through which they have it. */
  readonly space: string;
  /** It is the team's own space, and nobody there has this persona: only the record itself is shown as they would see it. */
  readonly isNobodyThere: boolean;
  readonly as: string;
  readonly member: MemberRow | undefined;
  readonly persona: Persona;
  readonly members: readonly MemberRow[];
  readonly proposed: Policy | undefined;
  readonly onAs: (as: string | undefined) => void;
  readonly children: ReactNode;
};

function Looking({ row, space, isNobodyThere, as, member, persona, members, proposed, onAs, children }: LookingProps) {
  const data = useData();
  const labelOf = usePersonaLabel();
  const choices = usePersonaChoices();
  const [recorded, setRecorded] = useState<true | string | undefined>(undefined);
  const [linked, setLinked] = useState<ReadonlySet<string>>(new Set());
  const { id } = row;
  const memberId = member?.id;
  const name = member?.name;
  const lensed = useMemo(
    () =>
      throughLens(data, {
        persona,
        member: memberId === undefined || name === undefined ? undefined : { id: memberId, name },
        space,
        linked,
        isNobodyThere,
        proposed,
      }),
    [data, persona, memberId, name, space, linked, isNobodyThere, proposed],
  );
  useEffect(() => {
    let shown = true;
    void Promise.all([
      data.trust.report("lens.opened", id, { as }),
      isNobodyThere ? ok({ ids: [id] }) : data.sharing.contentsOf(space),
      data.lens.prepare(),
    ]).then(
      ([answer, contents]) => {
        if (!shown) return;
        if (contents.ok) setLinked(new Set(contents.value.ids));
        const refused = [answer, contents].find((one) => !one.ok);
        setRecorded(refused === undefined || refused.ok ? true : refused.error.message);
      },
      () => {
        if (shown) setRecorded("The lens could not be loaded. Reload the page.");
      },
    );
    return () => {
      shown = false;
    };
  }, [data, id, as, space, isNobodyThere]);
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
          {proposed === undefined ? (
            <>
              <strong>You see what {who} sees.</strong> Built from {held.length} of the {facets.length} facets of this
              record. Read-only.
            </>
          ) : (
            <>
              <strong>You see what {who} would see</strong> if what you are preparing counted. Nothing has been shared.{" "}
              <Link to="/settings/policy">Back to the decision</Link>
            </>
          )}
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
          <Loader size="sm" role="status" aria-label="Recording that the lens is used" />
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
          <NotHeld row={row} persona={persona} who={who} proposed={proposed} />
        </>
      )}
    </div>
  );
}

type NotHeldProps = {
  readonly row: RecordRow;
  readonly persona: Persona;
  readonly who: string;
  readonly proposed: Policy | undefined;
};

/** Ours, outside of what is looked at: how much never left the server, without a value of it. */
function NotHeld({ row, persona, who, proposed }: NotHeldProps) {
  const counting = usePolicy();
  const policy = { ...counting, ...proposed };
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
