// The small mark on everything an outsider can see: colour, a different icon per audience, and words. Team-only things
// carry none: the quiet state is the private one.

import { IconHeartHandshake, IconUser } from "@tabler/icons-react";
import { facets, isKnownFacet, outsideReaders } from "#shared/model/facets.ts";
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
  const [audience] = outsideReaders(facet);
  if (audience === undefined || !isKnownFacet(facet)) return null;
  const words = facets[facet].label;
  return (
    <span className={classes.mark} role="img" aria-label={words} title={words}>
      {audience !== "partner" && <Client />}
      {audience !== "client" && <Partner />}
    </span>
  );
}
