// Words about a record: a comment whose audience is fixed when it is written. Team only until the author picks another.

import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { audienceOptions, defaultAudience } from "#renderer/ui/audience-choices.ts";
import { AudiencePicker } from "#renderer/ui/audience-picker.tsx";
import classes from "./composer.module.css";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

type Props = { readonly context: ProjectContext; readonly about: string; readonly label?: string };

export function Composer({ context, about, label = "Write a comment" }: Props) {
  const { edit } = useData();
  const save = useSave();
  const [body, setBody] = useState("");
  const [audience, setAudience] = useState(defaultAudience(context.persona));
  const [saving, setSaving] = useState(false);
  const options = audienceOptions(context.persona, context.members);
  const send = async (): Promise<void> => {
    if (body.trim() === "" || saving) return;
    setSaving(true);
    const made = await save(
      edit.create({ type: "comment", space: context.spaceId, values: { body, about }, audience }),
    );
    setSaving(false);
    if (made === undefined) return;
    setBody("");
    setAudience(defaultAudience(context.persona));
  };
  return (
    <form
      className={classes.composer}
      data-audience={audience}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        aria-label={label}
        placeholder={label}
        variant="unstyled"
        classNames={{ input: classes.words ?? "" }}
        autosize
        minRows={2}
        maxRows={10}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      <div className={classes.bar}>
        {options.length > 1 && <AudiencePicker options={options} value={audience} onChange={setAudience} />}
        <Button type="submit" variant="default" size="compact-sm" disabled={body.trim() === ""} loading={saving}>
          Comment
        </Button>
      </div>
    </form>
  );
}
