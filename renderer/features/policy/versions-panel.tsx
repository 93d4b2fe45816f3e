// Every decision about who sees what, newest first: who decided, when, and what changed for whom.

import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { sinceWhen } from "#renderer/ui/when.ts";
import type { PolicyVersion } from "#shared/model/policy-report.ts";
import { personaLabel, type PersonaLabel } from "#shared/model/personas.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import classes from "./policy-page.module.css";

const SHOWN = 20;

export function VersionsPanel({
  version,
  personas,
}: {
  readonly version: number;
  readonly personas: readonly PersonaLabel[];
}) {
  const { policy } = useData();
  const [versions, setVersions] = useState<readonly PolicyVersion[]>([]);
  useEffect(() => {
    let shown = true;
    void policy.versions().then((answer) => {
      if (shown && answer.ok) setVersions(answer.value);
    });
    return () => {
      shown = false;
    };
  }, [policy, version]);
  return (
    <Panel title="Decisions" flush>
      {versions.length === 0 && <p className={classes.add}>Nothing was decided yet: everything is as it ships.</p>}
      {versions.slice(0, SHOWN).map((one) => (
        <div key={one.version} className={classes.row}>
          <span className={classes.name}>
            {[
              ...one.personaChanges,
              ...one.changes.map(
                (change) =>
                  `${findRecordType(change.type)?.fields[change.field]?.label ?? change.field}, ${personaLabel(change.persona, personas)}: ${change.from} to ${change.to}`,
              ),
            ]
              .slice(0, 6)
              .join("; ") || "No difference"}
          </span>
          <span className={classes.quiet}>
            {one.byName}, {sinceWhen(one.at)}
            {one.isLive ? "" : ", not yet counting"}
          </span>
        </div>
      ))}
    </Panel>
  );
}
