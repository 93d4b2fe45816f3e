// The small mark on everything an outsider can see: colour, a different icon per audience, and words. Team-only things
// carry none: the quiet state is the private one. It is for the team, who may have made it for somebody else's eyes: whoever
// is from outside sees only what is theirs to see anyway.

import { IconHeartHandshake, IconUser } from "@tabler/icons-react";
import { usePolicy, useSession } from "#renderer/data/hooks.tsx";
import { outsideReaders, outsideWords } from "#shared/model/facets.ts";
import { isInternal, personaLabel } from "#shared/model/personas.ts";
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
  const readers = outsideReaders(facet);
  if (readers.length === 0 || session.kind !== "signedIn" || !isInternal(session.me.persona)) return null;
  const words = outsideWords(facet, (persona) => personaLabel(persona, personas));
  return (
    <span className={classes.mark} role="img" aria-label={words} title={words}>
      {readers.some((reader) => reader !== "partner") && <Client />}
      {readers.some((reader) => reader === "partner" || reader === "everyone") && <Partner />}
    </span>
  );
}
