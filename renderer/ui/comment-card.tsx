// One comment: grey and quiet when it is team only, with the edge and mark of its audience when outsiders see it.

import type { ReactNode } from "react";
import type { RecordRow } from "#renderer/data/types.ts";
import type { Persona } from "#shared/model/personas.ts";
import { AudienceMark } from "./audience-mark.tsx";
import classes from "./comment-card.module.css";
import { PersonAvatar } from "./person-avatar.tsx";
import { RowGlyph } from "./row-glyph.tsx";
import { when } from "./when.ts";

type Props = {
  readonly row: RecordRow;
  readonly author: { readonly name: string; readonly persona?: Persona | undefined };
  /** Title of what it is about, where that is not plain from the place. */
  readonly about?: string | undefined;
  readonly children?: ReactNode;
};

const words = (row: RecordRow, field: string): string | undefined => {
  const value = row.fields[field];
  return typeof value === "string" && value !== "" ? value : undefined;
};

export function CommentCard({ row, author, about, children }: Props) {
  const facet = Object.keys(row.docs)[0] ?? "internal";
  const quote = words(row, "quote");
  return (
    <article className={classes.card} data-facet={facet}>
      <header className={classes.head}>
        <PersonAvatar
          name={author.name}
          size={24}
          decorative
          {...(author.persona === undefined ? {} : { persona: author.persona })}
        />
        <span className={classes.name}>{author.name}</span>
        {about !== undefined && <span className={classes.about}>on {about}</span>}
        <AudienceMark facet={facet} />
        <RowGlyph row={row} />
        <time className={classes.time} dateTime={row.createdAt}>
          {when(row.createdAt)}
        </time>
      </header>
      {quote !== undefined && <blockquote className={classes.quote}>{quote}</blockquote>}
      <p className={classes.body}>{words(row, "body") ?? words(row, "subject")}</p>
      {children}
    </article>
  );
}
