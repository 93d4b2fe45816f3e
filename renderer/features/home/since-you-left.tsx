// What others did since this person was last here, grouped by record, newest first.

import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useData, useObserved } from "#renderer/data/hooks.tsx";
import type { ChangeRow, Data, RecordRow } from "#renderer/data/types.ts";
import { changeWords } from "#renderer/fields/change-words.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { exactTime } from "#renderer/fields/times.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { sinceWhen, when } from "#renderer/ui/when.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import classes from "./home.module.css";

const KEY = "home.lastVisit";
const WEEK = 7 * 86_400_000;
const SHOWN = 8;
const TYPES = ["company", "contact", "deal", "activity", "task", "milestone", "document", "comment"];

type Item = { readonly row: RecordRow; readonly change: ChangeRow | undefined; readonly more: number };

/** The last visit as it was when this page was opened; leaving the page makes now the last visit. */
function useLastVisit(): string | undefined {
  const { device } = useData();
  const [since, setSince] = useState<string | undefined>(undefined);
  useEffect(() => {
    let current = true;
    void device.getSetting<string>(KEY).then((held) => {
      if (current) setSince(held ?? new Date(Date.now() - WEEK).toISOString());
    });
    const leave = () => void device.setSetting(KEY, new Date().toISOString());
    window.addEventListener("pagehide", leave);
    return () => {
      current = false;
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [device]);
  return since;
}

async function readItems(data: Data, me: string, since: string): Promise<{ items: readonly Item[]; total: number }> {
  const pages = await Promise.all(
    TYPES.map((type) => data.query.records({ type, sort: { field: "updatedAt", descending: true }, limit: 20 })),
  );
  const changed = pages
    .flatMap((page) => page.rows)
    .filter((row) => row.updatedAt > since && row.updatedBy !== me)
    .toSorted((left, right) => (left.updatedAt < right.updatedAt ? 1 : -1));
  const items = await Promise.all(
    changed.slice(0, SHOWN).map(async (row) => {
      const changes = (await data.changes(row.id)).filter((change) => change.at > since && change.by !== me);
      const newest = changes.toSorted((left, right) => (left.at < right.at ? 1 : -1));
      const [change] = newest.filter((one) => one.field !== "position");
      return { row, change, more: Math.max(0, newest.length - 1) };
    }),
  );
  return { items, total: changed.length };
}

export function SinceYouLeft({ me }: { readonly me: string }) {
  const since = useLastVisit();
  const found = useObserved(`since ${me} ${since ?? ""}`, async (data) =>
    since === undefined ? { items: [], total: 0 } : readItems(data, me, since),
  );
  return (
    <Panel
      flush
      title={
        <>
          Since you left <span className={classes.second}>{since === undefined ? "" : sinceWhen(since)}</span>
        </>
      }
    >
      {found !== undefined && since !== undefined && found.items.length === 0 ? (
        <p className={classes.padded}>Nothing was changed by others.</p>
      ) : null}
      <ul className={classes.changes}>
        {(found?.items ?? []).map((item) => (
          <ChangeLine key={item.row.id} item={item} />
        ))}
      </ul>
      {found !== undefined && found.total > SHOWN ? (
        <p className={classes.padded}>and {found.total - SHOWN} more records</p>
      ) : null}
    </Panel>
  );
}

function ChangeLine({ item: { row, change, more } }: { readonly item: Item }) {
  const context = useRequiredFieldContext();
  const definition = findRecordType(row.type);
  const by = change?.by ?? row.updatedBy;
  const at = change?.at ?? row.updatedAt;
  const name = context.personName?.(by) ?? "Someone";
  const persona = context.members.find((member) => member.id === by)?.persona;
  const made = change?.kind === "created";
  const words =
    made || change === undefined || definition === undefined ? undefined : changeWords(change, definition, context);
  const one = definition?.label.one.toLowerCase() ?? "record";
  return (
    <li className={classes.change}>
      <PersonAvatar name={name} size={24} decorative {...(persona === undefined ? {} : { persona })} />
      <span className={classes.changeWords}>
        <strong>{name}</strong> {words?.verb ?? (made ? `added the ${one}` : `changed the ${one}`)}
        {words?.object === undefined ? null : <strong> {words.object}</strong>}
        {words?.tail}
        {words === undefined ? " " : ": "}
        <Link to="/record/$id" params={{ id: row.id }} className={classes.changeLink}>
          {row.title || definition?.label.one}
        </Link>
        {more > 0 ? <span className={classes.second}> and {more} more</span> : null}
      </span>
      <time className={classes.time} dateTime={at} title={exactTime(at)}>
        {when(at)}
      </time>
    </li>
  );
}
