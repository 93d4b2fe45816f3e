// Per record what waits: each field with its old and new value, since when, and the way to take it all back.

import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowBackUp, IconDots, IconExternalLink } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { PendingChange } from "#renderer/data/types.ts";
import { useRecordAddress } from "#renderer/ui/record-address.ts";
import { PendingGlyph } from "#renderer/ui/row-glyph.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { ago, sinceWhen } from "#renderer/ui/when.ts";
import { ChangeWords } from "./change-words.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import classes from "./waiting-table.module.css";

const FIELDS_SHOWN = 4;

export function WaitingTable({ pending }: { readonly pending: readonly PendingChange[] }) {
  const [asked, setAsked] = useState<PendingChange | undefined>(undefined);
  return (
    <>
      <ul className={classes.rows}>
        {pending.map((change) => (
          <WaitingRow key={change.recordId} change={change} onDiscard={() => setAsked(change)} />
        ))}
      </ul>
      {asked !== undefined && <DiscardDialog change={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function WaitingRow({ change, onDiscard }: { readonly change: PendingChange; readonly onDiscard: () => void }) {
  const navigate = useNavigate();
  const address = useRecordAddress(change.recordId);
  const [all, setAll] = useState(false);
  const shown = all ? change.fields : change.fields.slice(0, FIELDS_SHOWN);
  const hidden = change.fields.length - shown.length;
  return (
    <li className={classes.row}>
      <PendingGlyph />
      <Link to={address} className={classes.record}>
        {change.title}
      </Link>
      <div className={classes.changes}>
        {shown.map((field) => (
          <ChangeWords key={`${field.field} ${field.at}`} type={change.type} change={field} />
        ))}
        {change.fields.length === 0 && <span className={classes.quiet}>Text typed in a document</span>}
        {hidden > 0 && (
          <button type="button" className={classes.more} onClick={() => setAll(true)}>
            {hidden} more
          </button>
        )}
      </div>
      <span className={classes.since}>
        {sinceWhen(change.since)}, {ago(change.since)}
      </span>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" size={30} aria-label={`More for ${change.title}`}>
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconExternalLink size={17} stroke={1.7} aria-hidden />}
            onClick={() => void navigate({ to: address })}
          >
            Open the record
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowBackUp size={17} stroke={1.7} aria-hidden />}
            c="var(--danger)"
            onClick={onDiscard}
          >
            Take these changes back
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

function DiscardDialog({ change, onClose }: { readonly change: PendingChange; readonly onClose: () => void }) {
  const data = useData();
  const discard = async (): Promise<void> => {
    await data.sync.discardPending(change.recordId);
    onClose();
    const putBack = async (): Promise<void> => {
      const result = await data.edit.set(
        change.recordId,
        Object.fromEntries(change.fields.map((field) => [field.field, field.to ?? null])),
      );
      if (!result.ok) showProblem("The values could not be put back. They are in the file if you exported one.");
    };
    // A record that was made here and never synced is gone with its changes: nothing is left to put values into.
    const still = await data.query.record(change.recordId);
    const undoable = still !== undefined && change.fields.length > 0;
    showDone(`${change.title}: the waiting changes are taken back.`, undoable ? () => void putBack() : undefined);
  };
  return (
    <ConfirmDialog
      title={`Take back what waits for ${change.title}?`}
      text="The record goes back to what the server has confirmed. A record that was made on this device and never synced disappears."
      confirm="Take the changes back"
      onConfirm={discard}
      onClose={onClose}
    />
  );
}
