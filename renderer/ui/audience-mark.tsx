// The small mark on everything an outsider can see: colour, a different icon per audience, and words. Team-only things
// carry none.

import { IconHeartHandshake, IconUser } from "@tabler/icons-react";
import { usePolicy, useSession } from "#renderer/data/hooks.tsx";
import { outsideWords } from "#shared/model/facets.ts";
import { personaLabel } from "#shared/model/personas.ts";
import { marksOf } from "./audience-of.ts";
import classes from "./audience-mark.module.css";

const Client = () => (
  <span className={classes.client}>
    <IconUser size={12} stroke={2.2} aria-hidden />
  </span>
);

const Partner = () => (
  <span className={classes.partner}>
    <IconHeartHandshake size={12} stroke={2.2} aria-hidden />
  </span>
);

export function AudienceMark({ facet }: { readonly facet: string }) {
  const { personas } = usePolicy();
  const session = useSession();
  const marks = session.kind === "signedIn" ? marksOf(facet, session.me.persona) : [];
  if (marks.length === 0) return null;
  const words = outsideWords(facet, (persona) => personaLabel(persona, personas));
  return (
    <span className={classes.mark} role="img" aria-label={words} title={words}>
      {marks.includes("client") && <Client />}
      {marks.includes("partner") && <Partner />}
    </span>
  );
}
