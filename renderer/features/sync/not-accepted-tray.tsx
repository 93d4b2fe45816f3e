// Changes the relay did not accept, each with its reason and its values. They stay until somebody decides, for 90 days.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { findRecordType } from "#shared/record-types/index.ts";
import { useData } from "#renderer/data/hooks.tsx";
import type { RefusedChange } from "#renderer/data/types.ts";
import { useRecordAddress } from "#renderer/ui/record-address.ts";
import { NotAcceptedGlyph } from "#renderer/ui/row-glyph.tsx";
import { download } from "#renderer/ui/download.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { when } from "#renderer/ui/when.ts";
import { ChangeWords } from "./change-words.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import classes from "./not-accepted-tray.module.css";

const valuesAsText = (change: RefusedChange): string =>
  [
    change.title,
    ...change.fields.map(
      (field) => `${field.label}: ${typeof field.to === "string" ? field.to : JSON.stringify(field.to ?? "")}`,
    ),
    ...(change.words === undefined ? [] : [change.words]),
  ].join("\n");

export const NotAcceptedTray = ({ refused }: { readonly refused: readonly RefusedChange[] }) => (
  <section className={classes.tray} aria-labelledby="not-accepted">
    <h2 id="not-accepted" className={classes.title}>
      <NotAcceptedGlyph />
      Needs you <span className={classes.aside}>{refused.length}, not accepted by the server</span>
    </h2>
    {refused.map((change) => (
      <NotAcceptedChange key={change.id} change={change} />
    ))}
  </section>
);

function NotAcceptedChange({ change }: { readonly change: RefusedChange }) {
  const { sync, files } = useData();
  const address = useRecordAddress(change.recordId);
  const [asking, setAsking] = useState(false);
  const retry = async (): Promise<void> => {
    await sync.retryRefused(change.id);
    showDone(`${change.title}: the change is offered again.`);
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(valuesAsText(change));
      showDone("The values are copied.");
    } catch {
      showProblem("This browser did not allow copying. Select the values and copy them by hand.");
    }
  };
  const save = async (): Promise<void> => {
    const opened = await files.open(change.recordId);
    if (opened.ok) download(opened.value, change.title);
    else showProblem(opened.error.message);
  };
  const discard = async (): Promise<void> => {
    await sync.discardRefused(change.id);
    showDone(`${change.title}: the change is dropped.`);
  };
  return (
    <article className={classes.change} aria-label={change.title}>
      <div className={classes.what}>
        <p className={classes.record}>
          <Link to={address}>{change.title}</Link>
          <span>{findRecordType(change.type)?.label.one ?? change.type}</span>
        </p>
        {change.fields.map((field) => (
          <ChangeWords key={`${field.field} ${field.at}`} type={change.type} change={field} />
        ))}
        {change.words !== undefined && <blockquote className={classes.words}>{change.words}</blockquote>}
        <p className={classes.reason}>
          {change.reason} Changed {when(change.since)} on this device
          {change.refusedAt === undefined ? "" : `, not accepted ${when(change.refusedAt)}`}. Your values are kept here
          until you decide{change.keptUntil === undefined ? "" : `, at most until ${when(change.keptUntil)}`}.
        </p>
      </div>
      <div className={classes.ways}>
        <Button
          variant="default"
          onClick={() => void retry().catch(() => showProblem("That did not work. Reload the page and try again."))}
        >
          Try again
        </Button>
        {change.file === true ? (
          <Button variant="default" onClick={() => void save()}>
            Save a copy
          </Button>
        ) : (
          <Button variant="default" onClick={() => void copy()}>
            Copy the values
          </Button>
        )}
        <Button variant="subtle" color="brick" onClick={() => setAsking(true)}>
          Discard
        </Button>
      </div>
      {asking && (
        <ConfirmDialog
          title={`Drop the change of ${change.title}?`}
          text={
            change.file === true
              ? "The file leaves this device and cannot come back. Save a copy first if somebody may still need it."
              : "Its values leave this device and cannot come back. Copy them first if somebody may still need them."
          }
          confirm="Drop the change"
          onConfirm={discard}
          onClose={() => setAsking(false)}
        />
      )}
    </article>
  );
}
