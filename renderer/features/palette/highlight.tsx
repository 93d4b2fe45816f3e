// The typed part of a result, in bold and underlined with amber.

import { fold } from "#shared/model/field-value.ts";
import classes from "./highlight.module.css";

/** Start and end of the first word of `text` that begins with one of the terms. */
function findMatch(text: string, terms: readonly string[]): readonly [number, number] | undefined {
  for (const word of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    const folded = fold(word[0]);
    const term = terms
      .filter((candidate) => candidate !== "" && folded.startsWith(candidate))
      .sort((a, b) => b.length - a.length)[0];
    if (term !== undefined) return [word.index, word.index + Math.min(term.length, word[0].length)];
  }
  return undefined;
}

export function Highlight({ text, terms }: { readonly text: string; readonly terms: readonly string[] }) {
  const match = findMatch(text, terms);
  if (match === undefined) return <>{text}</>;
  const [from, to] = match;
  return (
    <>
      {text.slice(0, from)}
      <mark className={classes.mark}>{text.slice(from, to)}</mark>
      {text.slice(to)}
    </>
  );
}

export const termsOf = (text: string): readonly string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((term) => term !== "");
