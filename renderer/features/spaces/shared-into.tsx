// For the team: which records are in a space because they were shared into it, why, and who from outside reads of each.

import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useData, useMembers, useTitles } from "#renderer/data/hooks.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { findRecordType } from "#shared/record-types/index.ts";
import type { SpaceContents } from "#shared/model/sharing-report.ts";
import classes from "./spaces.module.css";

const SHOWN_NAMES = 3;

const readersWords = (readers: readonly string[]): string => {
  if (readers.length === 0) return "nobody from outside reads of it";
  const more = readers.length - SHOWN_NAMES;
  return `seen by ${readers.slice(0, SHOWN_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

export function SharedInto({ spaceId }: { readonly spaceId: string }) {
  const { sharing } = useData();
  // Whoever comes or goes changes who sees what.
  const people = useMembers(spaceId)?.length ?? 0;
  const [contents, setContents] = useState<SpaceContents | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useEffect(() => {
    let current = true;
    void sharing.contentsOf(spaceId).then((answer) => {
      if (!current) return;
      if (answer.ok) setContents(answer.value);
      setProblem(answer.ok ? undefined : answer.error.message);
    });
    return () => {
      current = false;
    };
  }, [sharing, spaceId, people]);
  const titles = useTitles((contents?.records ?? []).map(({ id }) => id));
  const more = contents === undefined ? 0 : contents.total - contents.records.length;
  return (
    <Panel title={contents === undefined ? "Shared into it" : `Shared into it ${contents.total}`} flush>
      {problem !== undefined && <p className={classes.padded}>{problem}</p>}
      {contents?.total === 0 && (
        <p className={classes.padded}>
          Nothing yet. Make a rule below, or open a record and choose “Share into...” there.
        </p>
      )}
      <ul className={classes.rows} aria-label="Shared into this space">
        {contents?.records.map(({ id, type, sources, readers }) => (
          <li key={id} className={classes.row}>
            <span className={classes.names}>
              <Link to={`/record/${id}`} className={classes.name}>
                {titles?.get(id) ?? findRecordType(type)?.label.one ?? "A record"}
              </Link>
              <span className={classes.note}>
                {findRecordType(type)?.label.one ?? type}, {sources.includes("hand") ? "by hand" : "by a rule"},{" "}
                {readersWords(readers)}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className={classes.padded}>And {more} more.</p>}
    </Panel>
  );
}
