// What people said about this document. Team-only words never leave the team's devices; others carry their audience's mark.

import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useData, useReferring } from "#renderer/data/hooks.tsx";
import type { MemberRow, RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { CommentCard } from "#renderer/ui/comment-card.tsx";
import { CommentForm } from "#renderer/ui/comment-form.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import type { Persona } from "#shared/model/personas.ts";
import classes from "./comments-column.module.css";

type Props = {
  readonly document: RecordRow;
  readonly persona: Persona;
  readonly members: readonly MemberRow[];
  readonly authorOf: (memberId: string) => { readonly name: string; readonly persona: Persona | undefined };
  /** The words selected in the text, "" when none. */
  readonly selection: string;
};

export function CommentsColumn(props: Props) {
  const { document, persona, authorOf } = props;
  const { readOnly } = useRights();
  const [view, setView] = useState("open");
  const comments = (useReferring(document.id, "comment") ?? []).toSorted((left, right) =>
    left.createdAt.localeCompare(right.createdAt),
  );
  const open = comments.filter((comment) => comment.fields["resolvedAt"] === undefined);
  const done = comments.filter((comment) => comment.fields["resolvedAt"] !== undefined);
  const shown = view === "open" ? open : done;
  return (
    <aside className={classes.column} aria-label="Comments">
      <div className={classes.head}>
        <h2 className={classes.title}>Comments</h2>
        <SegmentedControl
          size="xs"
          aria-label="Which comments"
          data={[
            { value: "open", label: `Open ${open.length}` },
            { value: "done", label: `Done ${done.length}` },
          ]}
          value={view}
          onChange={setView}
        />
      </div>
      <div className={classes.list}>
        {shown.length === 0 && (
          <p className={classes.quiet}>
            {view === "open"
              ? `No open comments.${readOnly === undefined ? " Select words in the text to point at them." : ""}`
              : "Nothing has been settled yet."}
          </p>
        )}
        {shown.map((comment) => (
          <CommentCard key={comment.id} row={comment} author={authorOf(comment.createdBy)}>
            <ResolveButton comment={comment} persona={persona} />
          </CommentCard>
        ))}
      </div>
      {readOnly === undefined && <CommentComposer {...props} />}
    </aside>
  );
}

function ResolveButton({ comment, persona }: { readonly comment: RecordRow; readonly persona: Persona }) {
  const { edit } = useData();
  const { canWrite } = useRights();
  const facet = Object.keys(comment.docs)[0] ?? "internal";
  if (!canWrite(facet, persona)) return null;
  const settled = comment.fields["resolvedAt"] !== undefined;
  const set = async (): Promise<void> => {
    const result = await edit.set(comment.id, { resolvedAt: settled ? null : new Date().toISOString() });
    if (!result.ok) showProblem(saveProblem(result.error));
    else if (!settled) showDone("Comment settled", () => void result.value.undo());
  };
  return (
    <Button size="compact-sm" variant="subtle" className={classes.resolve ?? ""} onClick={() => void set()}>
      {settled ? "Open again" : "Settle"}
    </Button>
  );
}

function CommentComposer({ document, persona, members, selection }: Props) {
  const { edit } = useData();
  const [quote, setQuote] = useState<string | undefined>(undefined);
  // The selection is taken along when writing starts; later movements in the text do not change it.
  const pointed = quote ?? selection;
  return (
    <CommentForm
      persona={persona}
      members={members}
      onStart={() => setQuote(pointed)}
      onSend={async (body, audience, mentions) => {
        const values = { body, about: document.id, mentions, ...(pointed === "" ? {} : { quote: pointed }) };
        const made = await edit.create({ type: "comment", space: document.space, values, audience });
        if (made.ok) setQuote(undefined);
        else showProblem(saveProblem(made.error));
        return made.ok;
      }}
    >
      {pointed !== "" && (
        <p className={classes.quote}>
          {pointed}
          {quote !== undefined && (
            <Button size="compact-xs" variant="subtle" onClick={() => setQuote("")}>
              Without quote
            </Button>
          )}
        </p>
      )}
    </CommentForm>
  );
}
