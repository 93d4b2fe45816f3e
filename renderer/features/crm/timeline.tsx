// What was said and done about a record, newest first: words by people are cards, changes are one line.

import { UnstyledButton } from "@mantine/core";
import { IconArrowsRightLeft, IconCheckbox, IconPencil } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { ChangeRow, RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { clockTime, exactTime } from "#renderer/fields/times.ts";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { sinceWhen } from "#renderer/ui/when.ts";
import { outsideReaders } from "#shared/model/facets.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { Composer } from "./composer.tsx";
import { HistoryBar } from "./history-bar.tsx";
import { choiceWords } from "./record-words.ts";
import classes from "./record.module.css";
import {
  passes,
  timelineFilters,
  toEntries,
  withReceipts,
  type Entry,
  type TimelineFilter,
} from "./timeline-entries.ts";
import { useReceipts } from "./use-receipts.ts";

type Props = {
  readonly row: RecordRow;
  readonly definition: RecordTypeDefinition;
  readonly referring: readonly RecordRow[];
  readonly changes: readonly ChangeRow[] | undefined;
};

const PORTION = 30;

export function Timeline({ row, definition, referring, changes }: Props) {
  const context = useRequiredFieldContext();
  const { readOnly } = useRights();
  const [filter, setFilter] = useState<TimelineFilter>("All");
  const [portion, setPortion] = useState(PORTION);
  const entries = useMemo(
    () => toEntries(row, definition, referring, changes ?? [], context),
    [row, definition, referring, changes, context],
  );
  const received = useReceipts(row.id, filter === "Changes");
  const passing = withReceipts(
    entries.filter((entry) => passes(entry, filter)),
    received,
  );
  const shown = passing.slice(0, portion);
  const writable = readOnly === undefined && row.state !== "deleted" && row.type !== "activity";
  return (
    <Panel flush>
      {writable ? <Composer row={row} /> : null}
      <div className={classes.timeline}>
        <h2 className={classes.hiddenTitle}>Timeline</h2>
        <div className={classes.timelineFilters} role="group" aria-label="Show in the timeline">
          {timelineFilters.map((name) => (
            <UnstyledButton
              key={name}
              className={classes.timelineFilter}
              aria-pressed={name === filter}
              onClick={() => setFilter(name)}
            >
              {name}
            </UnstyledButton>
          ))}
        </div>
        {filter === "Changes" && readOnly === undefined ? <HistoryBar recordId={row.id} /> : null}
        {changes !== undefined && shown.length === 0 ? <p className={classes.nothing}>Nothing here yet</p> : null}
        <ol className={classes.entries}>
          {shown.map((entry) => (
            <TimelineEntry key={entry.id} entry={entry} isHistory={filter === "Changes"} />
          ))}
        </ol>
        {passing.length > shown.length ? (
          <button type="button" className={classes.showAll} onClick={() => setPortion(portion + PORTION)}>
            Show older, {passing.length - shown.length} more
          </button>
        ) : null}
      </div>
    </Panel>
  );
}

const MINUTE = 60_000;

/** When the clock of the author and the relay's differ by more than a minute, the change was made offline. */
function EntryTime({ entry }: { readonly entry: Entry }) {
  const late = entry.receivedAt !== undefined && Date.parse(entry.receivedAt) - Date.parse(entry.at) > MINUTE;
  const sameDay = entry.receivedAt?.slice(0, 10) === entry.at.slice(0, 10);
  const synced =
    entry.receivedAt === undefined ? "" : sameDay ? clockTime(entry.receivedAt) : sinceWhen(entry.receivedAt);
  const made = sinceWhen(entry.at);
  return (
    <time className={classes.entryTime} dateTime={entry.at} title={exactTime(entry.at)}>
      {late ? `offline ${made}, synced ${synced}` : made}
    </time>
  );
}

/** By both clocks, and on which device: what a history is asked for. */
function Origin({ entry }: { readonly entry: Entry }) {
  const { personName } = useRequiredFieldContext();
  const { at, receivedAt, device, by, sentBy, acceptedBy, acceptedAt } = entry;
  const sender = sentBy === undefined || sentBy === by ? "" : `, sent by ${personName?.(sentBy) ?? "somebody else"}`;
  return (
    <span className={classes.entryOrigin}>
      {exactTime(at)}
      {device === undefined ? "" : `, on ${device}`}
      {receivedAt === undefined ? "" : `; received ${exactTime(receivedAt)}`}
      {sender}
      {acceptedAt === undefined || acceptedBy === undefined
        ? ""
        : `; came late, accepted by ${personName?.(acceptedBy) ?? "somebody of the team"} ${exactTime(acceptedAt)}`}
    </span>
  );
}

type TimelineEntryProps = { readonly entry: Entry; readonly isHistory: boolean };

function TimelineEntry({ entry, isHistory }: TimelineEntryProps) {
  const { me, personName, members } = useRequiredFieldContext();
  const name = personName?.(entry.by) ?? "Someone";
  const persona = members.find((member) => member.id === entry.by)?.persona;
  const { row } = entry;
  const facet = row === undefined || row.type === "task" ? "internal" : (Object.keys(row.docs)[0] ?? "internal");
  const spoken = entry.kind === "activity" || entry.kind === "comment";
  return (
    <li className={classes.entry} data-kind={entry.kind}>
      <span className={classes.entryIcon}>
        {spoken ? (
          <PersonAvatar name={name} size={26} decorative {...(persona === undefined ? {} : { persona })} />
        ) : (
          <span className={classes.entryDot}>
            {entry.kind === "stage" ? (
              <IconArrowsRightLeft size={14} aria-hidden />
            ) : entry.kind === "task" ? (
              <IconCheckbox size={14} aria-hidden />
            ) : (
              <IconPencil size={14} aria-hidden />
            )}
          </span>
        )}
      </span>
      <div className={classes.entryBody}>
        <div className={classes.entryLine}>
          <span className={classes.entryWords}>
            <strong>{entry.by === me ? "You" : name}</strong> {entry.verb}{" "}
            {entry.kind === "task" && row !== undefined ? (
              <Link to="/record/$id" params={{ id: row.id }} className={classes.relatedTitle}>
                {entry.object}
              </Link>
            ) : entry.object === undefined ? null : (
              <strong>{entry.object}</strong>
            )}
            {entry.tail}
            {entry.kind === "task" && row !== undefined
              ? `, ${choiceWords(row, "status").toLowerCase() || "open"}`
              : null}{" "}
            <AudienceMark facet={facet} />
            {row === undefined ? null : <RowGlyph row={row} />}
          </span>
          <EntryTime entry={entry} />
        </div>
        {isHistory ? <Origin entry={entry} /> : null}
        {spoken && row !== undefined ? <Words row={row} facet={facet} /> : null}
      </div>
    </li>
  );
}

/** A card has the colour of one audience. */
function audienceOf(facet: string): string | undefined {
  const [first] = outsideReaders(facet);
  return first === undefined || ["client", "partner", "everyone"].includes(first) ? first : "client";
}

function Words({ row, facet }: { readonly row: RecordRow; readonly facet: string }) {
  const body = row.fields["body"];
  const subject = row.fields["subject"];
  const text = typeof body === "string" ? body : "";
  const title = typeof subject === "string" && !text.startsWith(subject) ? subject : "";
  if (text === "" && title === "") return null;
  return (
    <div className={classes.words} data-audience={audienceOf(facet)}>
      {title === "" ? null : row.type === "activity" ? (
        <Link to="/record/$id" params={{ id: row.id }} className={classes.relatedTitle}>
          {title}
        </Link>
      ) : (
        <strong>{title}</strong>
      )}
      {text === "" ? null : <p>{text}</p>}
    </div>
  );
}
