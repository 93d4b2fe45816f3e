// The one thing to do: what will be recorded, one primary button, and the two ways to say no, each with its reason.

import { Button, Select, Textarea } from "@mantine/core";
import { IconSignature } from "@tabler/icons-react";
import { useState } from "react";
import { delegatesFor } from "#renderer/data/approval-delegates.ts";
import { useData, useMembers } from "#renderer/data/hooks.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { showProblem } from "#renderer/ui/toast.ts";
import type { DecisionKind } from "#shared/model/approvals.ts";
import classes from "./approvals.module.css";
import type { ApprovalContext } from "./use-approval.ts";

const today = (): string => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" }).format(new Date());

type Asking = Extract<DecisionKind, "requestChanges" | "reject" | "delegate">;

const asking: Readonly<Record<Asking, { title: string; label: string; button: string }>> = {
  requestChanges: { title: "Ask for changes", label: "What has to change?", button: "Ask for changes and sign" },
  reject: { title: "Reject", label: "Why do you reject it?", button: "Reject and sign" },
  delegate: { title: "Pass it on", label: "A word for them", button: "Pass on and sign" },
};

type BarProps = {
  readonly context: ApprovalContext;
  /** `object`: it is approved without this reader, whose no would still stop it. */
  readonly part: "decide" | "object";
};

export function DecideBar({ context, part }: BarProps) {
  const { approvals } = useData();
  const [open, setOpen] = useState<Asking | undefined>(undefined);
  const [signing, setSigning] = useState(false);
  const { request, meName } = context;
  const decide = async (decision: DecisionKind, more: { reason?: string; delegate?: string } = {}): Promise<void> => {
    setSigning(true);
    const signed = await approvals.decide({ request: request.id, decision, ...more });
    setSigning(false);
    if (signed.ok) setOpen(undefined);
    else showProblem(saveProblem(signed.error));
  };
  if (open !== undefined)
    return (
      <ReasonForm
        key={open}
        kind={open}
        context={context}
        busy={signing}
        onCancel={() => setOpen(undefined)}
        onSign={(more) => void decide(open, more)}
      />
    );
  return (
    <section className={classes.bar} aria-label="Your decision">
      {part === "object" ? (
        <p className={classes.records}>Approved without you: enough others did. If something is wrong, say so.</p>
      ) : (
        <>
          <p className={classes.records}>
            You approve revision {request.revision} as <strong>{meName}</strong>, {today()}, signed on this device.
          </p>
          <Button
            color="amber"
            size="lg"
            fullWidth
            loading={signing}
            leftSection={<IconSignature size={20} aria-hidden />}
            onClick={() => void decide("approve")}
          >
            Approve and sign
          </Button>
        </>
      )}
      <div className={classes.two}>
        <Button variant="default" size="md" onClick={() => setOpen("requestChanges")}>
          Ask for changes
        </Button>
        <Button variant="default" size="md" className={classes.reject ?? ""} onClick={() => setOpen("reject")}>
          Reject
        </Button>
      </div>
      {part === "decide" && (
        <Button variant="subtle" size="sm" onClick={() => setOpen("delegate")}>
          Somebody else should decide
        </Button>
      )}
    </section>
  );
}

type FormProps = {
  readonly kind: Asking;
  readonly context: ApprovalContext;
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly onSign: (more: { reason?: string; delegate?: string }) => void;
};

function ReasonForm({ kind, context, busy, onCancel, onSign }: FormProps) {
  const members = useMembers(context.view.space) ?? [];
  const [reason, setReason] = useState("");
  const [delegate, setDelegate] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const { title, label, button } = asking[kind];
  const { request, status, facet } = context.view;
  const others = delegatesFor(request, status.slots, facet, members);
  const submit = (): void => {
    if (kind === "delegate" && delegate === null) setProblem("Choose who decides instead.");
    else if (kind !== "delegate" && reason.trim() === "") setProblem("Say why: the others need a reason to act on.");
    else onSign({ reason, ...(delegate === null ? {} : { delegate }) });
  };
  return (
    <form
      className={classes.bar}
      aria-label={title}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {kind === "delegate" && (
        <Select
          label="Who decides instead"
          data={others.map((member) => ({ value: member.id, label: member.name }))}
          value={delegate}
          onChange={setDelegate}
          error={problem}
        />
      )}
      <Textarea
        label={label}
        data-autofocus
        autosize
        minRows={2}
        maxRows={6}
        value={reason}
        onChange={(event) => {
          setReason(event.currentTarget.value);
          setProblem(undefined);
        }}
        error={kind === "delegate" ? undefined : problem}
      />
      <div className={classes.two}>
        <Button variant="default" size="md" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" color="amber" size="md" loading={busy}>
          {button}
        </Button>
      </div>
    </form>
  );
}
