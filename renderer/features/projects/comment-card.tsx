// One comment: grey and quiet when it is team only, with the edge and mark of its audience when outsiders see it.

import type { RecordRow } from "#renderer/data/types.ts";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { RowGlyph } from "#renderer/ui/row-glyph.tsx";
import { when } from "#renderer/ui/when.ts";
import classes from "./comment-card.module.css";
import { chosenFacet, textField } from "./project-view.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly row: RecordRow; readonly context: ProjectContext; readonly about?: string };

export function CommentCard({ row, context, about }: Props) {
  const facet = chosenFacet(row);
  const name = context.nameOf(row.createdBy);
  const persona = context.personaOf(row.createdBy);
  return (
    <article className={classes.card} data-facet={facet}>
      <header className={classes.head}>
        <PersonAvatar name={name} size={24} decorative {...(persona === undefined ? {} : { persona })} />
        <span className={classes.name}>{name}</span>
        {about !== undefined && <span className={classes.about}>on {about}</span>}
        <AudienceMark facet={facet} />
        <RowGlyph row={row} />
        <time className={classes.time} dateTime={row.createdAt}>
          {when(row.createdAt)}
        </time>
      </header>
      {textField(row, "quote") !== undefined && <blockquote className={classes.quote}>{textField(row, "quote")}</blockquote>}
      <p className={classes.body}>{textField(row, "body") ?? textField(row, "subject")}</p>
    </article>
  );
}
