// A request about one's data and what became of it, as both sides see it.

import type { PrivacyRequest } from "#renderer/data/trust-types.ts";
import { consentCovers } from "#shared/model/consent.ts";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { when } from "#renderer/ui/when.ts";
import classes from "./trust.module.css";

const states = {
  open: { label: "Waits for an answer", tone: "waits" },
  done: { label: "Done", tone: "done" },
  declined: { label: "Declined", tone: "bad" },
} as const;

const at = (ms: number): string => when(new Date(ms).toISOString());

export function RequestAnswer({ request }: { readonly request: PrivacyRequest }) {
  const state = states[request.state];
  return (
    <div className={classes.item}>
      <div className={classes.itemHead}>
        <StatusChip tone={state.tone}>{state.label}</StatusChip>
        <span className={classes.quiet}>
          asked {at(request.at)}
          {request.state === "open" ? "" : `, answered ${at(request.answeredAt)}`}
        </span>
      </div>
      {request.covers.length === 0 ? null : (
        <p className={classes.words}>In force: {request.covers.map((cover) => consentCovers[cover]).join("; ")}.</p>
      )}
      {request.note === "" ? null : <p className={classes.words}>{request.note}</p>}
      {request.answer === "" ? null : <p className={classes.words}>Answer: {request.answer}</p>}
    </div>
  );
}
