// Where a comment is written. Team only until the author picks another audience; empty again once it is kept.

import { Button, Textarea } from "@mantine/core";
import { useRef, useState, type ReactNode } from "react";
import type { MemberRow } from "#renderer/data/types.ts";
import { facetOfAudience, type AudienceChoice } from "#shared/model/audience.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import type { Persona } from "#shared/model/personas.ts";
import { audienceOptions, defaultAudience } from "./audience-choices.ts";
import { AudiencePicker } from "./audience-picker.tsx";
import classes from "./comment-form.module.css";
import { membersLike, mentionBefore, mentionsIn, withMention } from "./mentions.ts";

type Props = {
  readonly label?: string;
  readonly persona: Persona;
  readonly members: readonly MemberRow[];
  /** Stands above the words, such as what they point at. */
  readonly children?: ReactNode;
  /** The first letter was typed. */
  readonly onStart?: () => void;
  /** Keeps the comment; false leaves the words where they are. */
  readonly onSend: (body: string, audience: AudienceChoice, mentions: readonly string[]) => Promise<boolean>;
};

export function CommentForm({ label = "Write a comment", persona, members, children, onStart, onSend }: Props) {
  const [body, setBody] = useState("");
  const [audience, setAudience] = useState(defaultAudience(persona));
  const [saving, setSaving] = useState(false);
  const [typing, setTyping] = useState<string | undefined>(undefined);
  const area = useRef<HTMLTextAreaElement>(null);
  const options = audienceOptions(persona, members);
  const found = typing === undefined ? [] : membersLike(typing, members);
  const mentioned = mentionsIn(body, members);
  const unseen = members.filter(
    (member) => mentioned.includes(member.id) && !canReadFacet(facetOfAudience[audience], member.persona),
  );
  const pick = (member: MemberRow | undefined): void => {
    const { current } = area;
    if (member === undefined || current === null) return;
    setBody(withMention(body, current.selectionStart, member.name));
    setTyping(undefined);
    current.focus();
  };
  const send = async (): Promise<void> => {
    if (body.trim() === "" || saving) return;
    setSaving(true);
    const kept = await onSend(body, audience, mentionsIn(body, members));
    setSaving(false);
    if (!kept) return;
    // What was typed while it was being saved is the next comment.
    setBody((now) => (now === body ? "" : now));
    setAudience((now) => (now === audience ? defaultAudience(persona) : now));
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
        ref={area}
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
          setTyping(mentionBefore(event.currentTarget.value, event.currentTarget.selectionStart));
        }}
        onBlur={() => setTyping(undefined)}
        onKeyDown={(event) => {
          if (found.length > 0 && (event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            pick(found[0]);
            return;
          }
          if (event.key === "Escape" && found.length > 0) {
            event.stopPropagation();
            setTyping(undefined);
          }
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      {found.length > 0 && (
        <ul className={classes.people} aria-label="People to mention">
          {found.map((member) => (
            <li key={member.id}>
              <button
                type="button"
                className={classes.personName}
                // Before the blur of the text, which would take the list away.
                onMouseDown={(event) => {
                  event.preventDefault();
                  pick(member);
                }}
              >
                @{member.name}
              </button>
            </li>
          ))}
        </ul>
      )}
      {unseen.length > 0 && (
        <p className={classes.unseen} role="status">
          {unseen.map((member) => member.name).join(", ")} will not see this. Choose who can, or leave the name out.
        </p>
      )}
      <div className={classes.bar}>
        {options.length > 1 && <AudiencePicker options={options} value={audience} onChange={setAudience} />}
        <Button type="submit" variant="default" size="compact-sm" disabled={body.trim() === ""} loading={saving}>
          Comment
        </Button>
      </div>
    </form>
  );
}
