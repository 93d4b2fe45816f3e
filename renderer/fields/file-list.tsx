// Files beside a record: what is there, who sees it, and a new one, whose audience is chosen when it is attached. Attaching
// works without a network; the bytes follow.

import { ActionIcon, Button, FileButton } from "@mantine/core";
import { IconFile, IconPaperclip, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useData, useObserved, useReferring, useSession } from "#renderer/data/hooks.tsx";
import type { FileState } from "#renderer/data/file-types.ts";
import type { MemberRow, RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { audienceOptions, defaultAudience } from "#renderer/ui/audience-choices.ts";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { AudiencePicker } from "#renderer/ui/audience-picker.tsx";
import { formatBytes } from "#renderer/ui/bytes.ts";
import { download } from "#renderer/ui/download.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import classes from "./file-list.module.css";
import { saveProblem } from "./save-problem.ts";

type Props = {
  readonly row: RecordRow;
  readonly persona: Persona;
  readonly members: readonly MemberRow[];
};

const byName = (left: RecordRow, right: RecordRow): number =>
  left.title.localeCompare(right.title) || (left.id < right.id ? -1 : 1);

export function FileList({ row, persona, members }: Props) {
  const { files } = useData();
  const { readOnly } = useRights();
  const session = useSession();
  const meId = session.kind === "signedIn" ? session.me.id : "";
  const rows = (useReferring(row.id, "file") ?? []).toSorted(byName);
  const ids = rows.map((one) => one.id);
  const states = useObserved(`files ${ids.join(" ")}`, (data) => data.files.states(ids));
  const [audience, setAudience] = useState(defaultAudience(persona));
  const [busy, setBusy] = useState(false);
  const options = audienceOptions(persona, members);
  const attach = async (chosen: readonly File[]): Promise<void> => {
    setBusy(true);
    for (const file of chosen) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { name, type: mimeType } = file;
      const made = await files.attach({ about: row.id, space: row.space, audience, name, mimeType, bytes });
      if (!made.ok) showProblem(saveProblem(made.error));
    }
    setBusy(false);
  };
  return (
    <section aria-label="Files" className={classes.files}>
      {rows.length > 0 && (
        <ul className={classes.list}>
          {rows.map((one) => (
            <FileLine
              key={one.id}
              row={one}
              state={states?.get(one.id)}
              mayRemove={readOnly === undefined && (one.createdBy === meId || isInternal(persona))}
            />
          ))}
        </ul>
      )}
      {readOnly === undefined && (
        <div className={classes.add}>
          <FileButton multiple onChange={(chosen) => void attach(chosen)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                size="compact-md"
                loading={busy}
                leftSection={<IconPaperclip size={16} aria-hidden />}
              >
                Attach a file
              </Button>
            )}
          </FileButton>
          {options.length > 1 && <AudiencePicker options={options} value={audience} onChange={setAudience} />}
        </div>
      )}
    </section>
  );
}

function stateWords(state: FileState | undefined): string {
  switch (state?.kind) {
    case "waits":
      return "Waits to be sent";
    case "elsewhere":
      return "Not on this device yet";
    case "refused":
      return state.reason;
    case "here":
    case undefined:
      return "";
  }
}

type LineProps = { readonly row: RecordRow; readonly state: FileState | undefined; readonly mayRemove: boolean };

function FileLine({ row, state, mayRemove }: LineProps) {
  const { edit, files } = useData();
  const [opening, setOpening] = useState(false);
  const { size } = row.fields;
  const open = async (): Promise<void> => {
    setOpening(true);
    const opened = await files.open(row.id);
    setOpening(false);
    if (opened.ok) download(opened.value, row.title);
    else showProblem(opened.error.message);
  };
  const remove = async (): Promise<void> => {
    const removed = await edit.remove([row.id]);
    if (removed.ok) showDone(`${row.title} removed`, () => void removed.value.undo());
    else showProblem(saveProblem(removed.error));
  };
  const words = stateWords(state);
  return (
    <li className={classes.line}>
      <IconFile size={17} stroke={1.7} aria-hidden />
      <Button
        variant="subtle"
        size="compact-md"
        className={classes.name ?? ""}
        loading={opening}
        title={`Download ${row.title}`}
        onClick={() => void open()}
      >
        {row.title}
      </Button>
      <AudienceMark facet={Object.keys(row.docs)[0] ?? "internal"} />
      <span className={classes.facts}>
        {typeof size === "number" ? formatBytes(size) : ""}
        {words === "" ? "" : `, ${words}`}
      </span>
      {mayRemove && (
        <ActionIcon variant="subtle" size={30} aria-label={`Remove ${row.title}`} onClick={() => void remove()}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}
