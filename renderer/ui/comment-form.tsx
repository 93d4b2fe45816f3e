// Where a comment is written. Team only until the author picks another audience; empty again once it is kept.

import { Button, Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { MemberRow } from "#renderer/data/types.ts";
import type { AudienceChoice } from "#shared/model/audience.ts";
import type { Persona } from "#shared/model/personas.ts";
import { audienceOptions, defaultAudience } from "./audience-choices.ts";
import { AudiencePicker } from "./audience-picker.tsx";
import classes from "./comment-form.module.css";

type Props = {
  readonly label?: string;
  readonly persona: Persona;
  readonly members: readonly MemberRow[];
  /** Stands above the words, such as what they point at. */
  readonly children?: ReactNode;
  /** The first letter was typed. */
  readonly onStart?: () => void;
  /** Keeps the comment; false leaves the words where they are. */
  readonly onSend: (body: string, audience: AudienceChoice) => Promise<boolean>;
};

export function CommentForm({ label = "Write a comment", persona, members, children, onStart, onSend }: Props) {
  const [body, setBody] = useState("");
  const [audience, setAudience] = useState(defaultAudience(persona));
  const [saving, setSaving] = useState(false);
  const options = audienceOptions(persona, members);
  const send = async (): Promise<void> => {
    if (body.trim() === "" || saving) return;
    setSaving(true);
    const kept = await onSend(body, audience);
    setSaving(false);
    if (!kept) return;
    setBody("");
    setAudience(defaultAudience(persona));
  };
  return (
    <form
      className={classes.form}
      data-audience={audience}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {children}
      <Textarea
        aria-label={label}
        placeholder={label}
        variant="unstyled"
        classNames={{ input: classes.words ?? "" }}
        autosize
        minRows={2}
        maxRows={10}
        value={body}
        onChange={(event) => {
          if (body === "") onStart?.();
          setBody(event.currentTarget.value);
        }}
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
