// Where the approval of a record stands, on the record's own page, with the way to it, or the way to ask for one.

import { Button } from "@mantine/core";
import { IconSignature } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useApprovals } from "#renderer/data/hooks.tsx";
import { useRights } from "#renderer/data/rights.ts";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { approvalPath, askPath } from "./approval-paths.ts";
import { nextRevision, outcomeTone, outcomeWords } from "./approval-words.ts";
import classes from "./approval-standing.module.css";

type Props = { readonly space: string; readonly recordId: string; readonly mayAsk: boolean };

export function ApprovalStanding({ space, recordId, mayAsk }: Props) {
  const { readOnly } = useRights();
  const view = useApprovals(space)?.find((one) => one.request.about === recordId);
  const asks = mayAsk && readOnly === undefined;
  if (view === undefined && !asks) return null;
  const isOpen = view !== undefined && view.status.outcome === "pending" && !view.isStale;
  return (
    <div className={classes.standing}>
      {view !== undefined && (
        <>
          <StatusChip tone={outcomeTone(view)}>{outcomeWords(view)}</StatusChip>
          <Link to={approvalPath(view)}>
            {view.needsMe && readOnly === undefined ? "Decide now" : `Revision ${view.request.revision}`}
          </Link>
        </>
      )}
      {asks && !isOpen && (
        <Button
          component={Link}
          to={askPath(space, recordId)}
          variant="default"
          size="sm"
          leftSection={<IconSignature size={16} aria-hidden />}
        >
          {view === undefined ? "Ask for approval" : `Ask again for revision ${nextRevision(view)}`}
        </Button>
      )}
    </div>
  );
}
