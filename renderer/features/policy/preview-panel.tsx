// What a decision would share or take away, before it counts: people by name, records by number, and the way to see it
// through the lens.

import { Button } from "@mantine/core";
import { Asking } from "#renderer/ui/asking.tsx";
import { Link } from "@tanstack/react-router";
import { Panel } from "#renderer/ui/panel.tsx";
import type { PolicyPreview, Sharing } from "#shared/model/policy-report.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { Problem } from "#renderer/ui/problem.tsx";
import classes from "./policy-page.module.css";

type Props = {
  readonly preview: PolicyPreview | undefined;
  readonly problem: string | undefined;
  readonly count: number;
  readonly busy: boolean;
  readonly onDecide: () => void;
  readonly onUndo: () => void;
};

const people = (count: number): string => (count === 1 ? "1 person" : `${count} people`);

export function PreviewPanel({ preview, problem, count, busy, onDecide, onUndo }: Props) {
  const words = preview?.problems[0] ?? problem;
  return (
    <Panel title="What this would share" aside={count === 1 ? "1 change" : `${count} changes`}>
      <div className={classes.list} aria-live="polite">
        {preview === undefined && problem === undefined && <Asking />}
        <Problem message={words} />
        {preview?.gains.map((one) => (
          <SharingCard key={keyOf(one)} sharing={one} loses={false} />
        ))}
        {preview?.losses.map((one) => (
          <SharingCard key={keyOf(one)} sharing={one} loses />
        ))}
        {preview !== undefined && preview.gains.length === 0 && (
          <p className={classes.quiet}>Nobody newly sees a value that is there today.</p>
        )}
        {preview !== undefined && preview.losses.length === 0 && <p className={classes.quiet}>Nobody loses a value.</p>}
        {preview?.warnings.map((warning) => (
          <p key={warning} className={classes.quiet}>
            {warning}
          </p>
        ))}
        {preview?.moves.map((move) => (
          <p key={`${move.type} ${move.field}`} className={classes.quiet}>
            {findRecordType(move.type)?.fields[move.field]?.label ?? move.field} moves out of {move.documents}{" "}
            {move.documents === 1 ? "document" : "documents"}.
          </p>
        ))}
        {preview !== undefined && words === undefined && (
          <Button color="amber" loading={busy} onClick={onDecide}>
            {preview.gaining > 0
              ? `Share with ${people(preview.gaining)}`
              : preview.losing > 0
                ? `Take away from ${people(preview.losing)}`
                : "Decide"}
          </Button>
        )}
        <Button variant="default" onClick={onUndo}>
          {count === 1 ? "Undo the change" : "Undo the changes"}
        </Button>
        <p className={classes.quiet}>
          {preview !== undefined && preview.holdSeconds > 0
            ? `What opens counts after ${preview.holdSeconds === 1 ? "1 second" : `${preview.holdSeconds} seconds`} and can be taken back until then. `
            : ""}
          Cannot be unseen: what a device has read stays read. Taking it back removes it at the next sync.
        </p>
      </div>
    </Panel>
  );
}

const keyOf = ({ space, type, fields, people: who }: Sharing): string =>
  [space.id, type, ...fields, ...who.map((person) => person.id)].join(" ");

function SharingCard({ sharing, loses }: { readonly sharing: Sharing; readonly loses: boolean }) {
  const definition = findRecordType(sharing.type);
  const fields = sharing.fields.map((field) => definition?.fields[field]?.label ?? field).join(", ");
  const one = (definition?.label.one ?? sharing.type).toLowerCase();
  const records =
    sharing.records === 1 ? `1 ${one}` : `${sharing.records} ${definition?.label.many.toLowerCase() ?? ""}`;
  const [first] = sharing.people;
  return (
    <div className={classes.card} data-loss={loses || undefined}>
      <p>
        <strong>
          {people(sharing.people.length)} in {sharing.space.name}
        </strong>{" "}
        {loses ? (sharing.people.length === 1 ? "loses" : "lose") : "will newly see"} <strong>{fields}</strong> of{" "}
        {records}
        {loses ? "; their copies go at the next sync." : "."}
      </p>
      <p className={classes.quiet}>{sharing.people.map((person) => person.name).join(", ")}</p>
      {sharing.example !== undefined && first !== undefined && (
        <Link
          to="/record/$id"
          params={{ id: sharing.example.recordId }}
          search={{ as: first.id, in: sharing.space.id, proposed: true }}
          className={classes.quiet}
        >
          See {sharing.example.title} as {first.name} would
        </Link>
      )}
    </div>
  );
}
