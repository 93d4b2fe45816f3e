// Write down what happened. Team only until another audience is picked, and the picker names who that is.

import { Button, Textarea, UnstyledButton } from "@mantine/core";
import { IconCalendarEvent, IconMail, IconMapPin, IconNote, IconPhone } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { audienceOptions, defaultAudience } from "#renderer/ui/audience-choices.ts";
import { AudiencePicker } from "#renderer/ui/audience-picker.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import type { AudienceChoice } from "#shared/model/audience.ts";
import classes from "./record.module.css";

const channels = [
  { id: "note", label: "Note", icon: IconNote, ask: "Write a note", add: "Add note" },
  { id: "call", label: "Call", icon: IconPhone, ask: "What was said on the phone?", add: "Log call" },
  { id: "meeting", label: "Meeting", icon: IconCalendarEvent, ask: "What was agreed?", add: "Log meeting" },
  { id: "email", label: "E-mail", icon: IconMail, ask: "What was written?", add: "Log e-mail" },
  { id: "visit", label: "Visit", icon: IconMapPin, ask: "What did you see and agree?", add: "Log visit" },
] as const;

type Channel = (typeof channels)[number]["id"];

const MAX_SUBJECT = 80;

const subjectOf = (text: string): string => {
  const line = text.trim().split("\n")[0] ?? "";
  return line.length > MAX_SUBJECT ? `${line.slice(0, MAX_SUBJECT - 3)}...` : line;
};

export function Composer({ row }: { readonly row: RecordRow }) {
  const { edit } = useData();
  const { me, members, persona } = useRequiredFieldContext();
  const draftKey = `composer ${row.id}`;
  const [channel, setChannel] = useState<Channel>("note");
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey) ?? "");
  const [audience, setAudience] = useState<AudienceChoice | undefined>(undefined);
  const [saving, setSaving] = useState(false);
  const chosen = channels.find((one) => one.id === channel) ?? channels[0];
  const readers = audience ?? defaultAudience(persona);

  // What is being written survives a change of page: only adding it, or emptying it, ends it.
  useEffect(() => {
    if (text === "") sessionStorage.removeItem(draftKey);
    else sessionStorage.setItem(draftKey, text);
  }, [draftKey, text]);

  const add = async () => {
    if (text.trim() === "" || saving) return;
    setSaving(true);
    const result = await edit.create({
      type: "activity",
      space: row.space,
      audience: readers,
      values: {
        channel,
        subject: subjectOf(text),
        body: text,
        status: "held",
        startAt: new Date().toISOString(),
        about: row.id,
        owner: me,
        ...(row.type === "contact" ? { contact: row.id } : {}),
      },
    });
    setSaving(false);
    if (!result.ok) return showProblem(saveProblem(result.error));
    setText("");
    setAudience(undefined);
    showDone(`${chosen.label} added. Saved on this device.`, () => void result.value.undo());
  };

  return (
    <form
      className={classes.composer}
      aria-label="Add to the timeline"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className={classes.channels} role="group" aria-label="Kind">
        {channels.map(({ id, label, icon: Icon }) => (
          <UnstyledButton
            key={id}
            className={classes.channel}
            aria-pressed={id === channel}
            onClick={() => setChannel(id)}
          >
            <Icon size={16} aria-hidden /> {label}
          </UnstyledButton>
        ))}
      </div>
      <Textarea
        aria-label={chosen.ask}
        placeholder={chosen.ask}
        autosize
        minRows={2}
        maxRows={10}
        variant="unstyled"
        classNames={{ input: classes.composerInput ?? "" }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void add();
        }}
      />
      <div className={classes.composerFoot}>
        <AudiencePicker options={audienceOptions(persona, members)} value={readers} onChange={setAudience} />
        <Button
          type="submit"
          size="compact-md"
          className={classes.addNote}
          disabled={text.trim() === ""}
          loading={saving}
        >
          {chosen.add}
        </Button>
      </div>
    </form>
  );
}
