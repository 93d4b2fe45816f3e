// Edits that came after their author's right to make them had ended: what each would change, and the decision on it.

import { Alert, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { LOCALE } from "#renderer/fields/field-context.tsx";
import { useData, useTitles } from "#renderer/data/hooks.tsx";
import type { LateEdit } from "#shared/model/late-edit.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { when } from "#renderer/ui/when.ts";
import { formatField } from "#shared/model/field-kinds.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { file as fileType, findRecordType } from "#shared/record-types/index.ts";
import classes from "./spaces.module.css";

export function LateEditsPage() {
  const { sharing } = useData();
  const [edits, setEdits] = useState<readonly LateEdit[] | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [round, setRound] = useState(0);
  const titles = useTitles((edits ?? []).map(({ recordId }) => recordId));
  useEffect(() => {
    let current = true;
    void sharing.lateEdits().then((result) => {
      if (!current) return;
      if (result.ok) setEdits(result.value);
      else setProblem(result.error.message);
    });
    return () => {
      current = false;
    };
  }, [sharing, round]);
  const decide = async (edit: LateEdit, accepted: boolean): Promise<void> => {
    const result = accepted ? await sharing.acceptLateEdit(edit.id) : await sharing.dismissLateEdit(edit.id);
    setRound((before) => before + 1);
    if (!result.ok) showProblem(result.error.message);
    else
      showDone(
        accepted ? "Accepted. It stands in its author's name; its history says that you accepted it." : "Dropped.",
      );
  };
  return (
    <Page
      title="Late edits"
      meta="Made by people whose access had ended before the server had them. Nothing of it is applied until you accept it; kept 30 days."
    >
      {problem !== undefined && (
        <Alert color="amber" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      {edits !== undefined && (
        <Panel flush>
          {edits.length === 0 && (
            <EmptyState kind="nothingToDo" title="No late edits" text="There is nothing to decide." />
          )}
          <ul className={classes.rows}>
            {edits.map((edit) => (
              <li key={edit.id} className={classes.row}>
                <span className={classes.names}>
                  {edit.isNew ? (
                    <span className={classes.name}>New: {labelOf(edit)}</span>
                  ) : (
                    <Link to={`/record/${edit.recordId}`} className={classes.name}>
                      {titles?.get(edit.recordId) ?? labelOf(edit)}
                    </Link>
                  )}
                  <span className={classes.note}>
                    {edit.authorName}, received {when(new Date(edit.receivedAt).toISOString())}
                  </span>
                  <Changes edit={edit} />
                </span>
                <Button size="compact-sm" variant="default" onClick={() => void decide(edit, true)}>
                  Accept
                </Button>
                <Button size="compact-sm" variant="subtle" onClick={() => void decide(edit, false)}>
                  Drop
                </Button>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Page>
  );
}

const labelOf = ({ type }: LateEdit): string => findRecordType(type)?.label.one ?? "A record";

function Changes({ edit }: { readonly edit: LateEdit }) {
  const specs = findRecordType(edit.type)?.fields ?? {};
  const words = (field: string, value: FieldValue | null): string => {
    const spec = specs[field];
    if (value === null) return "empty";
    return spec === undefined ? "a value" : formatField(value, spec, { locale: LOCALE });
  };
  if (edit.type === fileType.type && edit.changes.length > 0)
    return (
      <span className={classes.note}>
        Attached {words("name", edit.changes.find(({ field }) => field === "name")?.to ?? null)}. The file itself is
        still on {edit.authorName}’s device, which may not send it any more: ask for it and attach it yourself.
      </span>
    );
  if (edit.changes.length === 0)
    return <span className={classes.note}>Written text, or nothing that still applies.</span>;
  return edit.changes.map(({ field, from, to }) => (
    <span key={field} className={classes.note}>
      {specs[field]?.label ?? field}: {words(field, from)} → {words(field, to)}
    </span>
  ));
}
