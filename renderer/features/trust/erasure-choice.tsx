// What goes when somebody is erased: every record by its title, to be looked at and picked before it is gone for good. An
// address somebody typed into another one's contact makes that contact "about them": a number would hide it.

import { Checkbox, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { NamedRecord, RequestForProvider } from "#renderer/data/trust-types.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { countWords } from "#renderer/ui/count-words.ts";
import classes from "./trust.module.css";

type ErasureChoiceProps = {
  readonly request: RequestForProvider;
  /** Ids of the records that go. */
  readonly chosen: readonly string[];
  readonly onChosen: (recordIds: readonly string[]) => void;
};

export function ErasureChoice({ request, chosen, onChosen }: ErasureChoiceProps) {
  const { name, about, written, mentions, rules } = request;
  return (
    <>
      <p className={classes.text}>
        Erasing removes the account of {name}, their sessions and invitations, and the records picked here, with all
        history, from the server and from every device as it comes online. It cannot be taken back. Backups made before
        still hold the data: delete them.
      </p>
      <Records
        label={`${countWords(about.length, "contact", "contacts")} with their address`}
        description="Leave out a contact that is somebody else's: everything in it goes."
        records={about}
        chosen={chosen}
        onChosen={onChosen}
      />
      <Records
        label={`${countWords(written.length, "record", "records")} they made`}
        description="Comments, notes, tasks and documents, with what others added to them. What they signed stays, under a number."
        records={written}
        chosen={chosen}
        onChosen={onChosen}
      />
      {mentions.length > 0 ? (
        <p className={classes.text}>
          Their address, or words they wrote into what others made, also stand in{" "}
          {mentions.map((record, index) => (
            <span key={record.recordId}>
              {index > 0 ? ", " : ""}
              <RecordLink record={record} />
            </span>
          ))}
          . Look there first: these are not erased.
        </p>
      ) : null}
      {rules.length > 0 ? (
        <p className={classes.text}>
          Share rules with their address in them stay as well:{" "}
          {rules.map(({ spaceName, type }) => `${manyOf(type)} in ${spaceName}`).join(", ")}. Remove them there.
        </p>
      ) : null}
    </>
  );
}

const oneOf = (type: string): string => findRecordType(type)?.label.one ?? "Record";
const manyOf = (type: string): string => (findRecordType(type)?.label.many ?? "records").toLowerCase();

function RecordLink({ record: { recordId, type, title } }: { readonly record: NamedRecord }) {
  return (
    <Link to="/record/$id" params={{ id: recordId }}>
      {oneOf(type)}
      {title === "" ? "" : `: ${title}`}
    </Link>
  );
}

type RecordsProps = {
  readonly label: string;
  readonly description: string;
  readonly records: readonly NamedRecord[];
  readonly chosen: readonly string[];
  readonly onChosen: (recordIds: readonly string[]) => void;
};

function Records({ label, description, records, chosen, onChosen }: RecordsProps) {
  if (records.length === 0) return null;
  const ids = new Set(records.map(({ recordId }) => recordId));
  const own = chosen.filter((id) => ids.has(id));
  const others = chosen.filter((id) => !ids.has(id));
  return (
    <Stack gap={6} mt="sm">
      <Checkbox
        label={`Erase ${label}`}
        description={description}
        checked={own.length === records.length}
        indeterminate={own.length > 0 && own.length < records.length}
        onChange={(event) => onChosen(event.currentTarget.checked ? [...others, ...ids] : others)}
      />
      <Checkbox.Group value={own} onChange={(next) => onChosen([...others, ...next])} aria-label={label}>
        <div className={classes.picks}>
          {records.map((record) => (
            <Checkbox
              key={record.recordId}
              value={record.recordId}
              label={`${oneOf(record.type)}: ${record.title === "" ? "without a title" : record.title}`}
            />
          ))}
        </div>
      </Checkbox.Group>
    </Stack>
  );
}
