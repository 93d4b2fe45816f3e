// Typing as an editor does it: into the first paragraph of a live document's text.

import * as Y from "yjs";
import type { LiveDocument } from "#renderer/data/types.ts";

export function wordsOf(document: LiveDocument): Y.XmlText {
  const paragraph = document.fragment.get(0);
  if (!(paragraph instanceof Y.XmlElement)) throw new Error("there is no paragraph yet");
  return paragraph.get(0) as Y.XmlText;
}

export function typeInto(document: LiveDocument, at: number, text: string): void {
  const { fragment } = document;
  fragment.doc?.transact(() => {
    if (fragment.length === 0) {
      const paragraph = new Y.XmlElement("paragraph");
      paragraph.insert(0, [new Y.XmlText()]);
      fragment.insert(0, [paragraph]);
    }
    wordsOf(document).insert(at, text);
  });
}

export const shownIn = (document: LiveDocument): string =>
  document.fragment.length === 0 ? "" : wordsOf(document).toJSON();
