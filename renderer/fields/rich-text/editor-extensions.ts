// What the document editor is made of. Undo is the document's own (it takes back only one's own typing), and nothing is
// written by merely opening a text.

import type { Extensions } from "@tiptap/core";
import { Collaboration } from "@tiptap/extension-collaboration";
import { CollaborationCaret } from "@tiptap/extension-collaboration-caret";
import { StarterKit } from "@tiptap/starter-kit";
import type { LiveDocument } from "#renderer/data/types.ts";
import { isInternal, isPersona } from "#shared/model/personas.ts";
import { EmptyBlockBefore } from "./empty-block-before.ts";
import { ReadCaret } from "./read-caret.ts";
import { isSafeLink } from "./safe-link.ts";

const isText = (value: unknown): value is string => typeof value === "string";

/** Name and audience of a caret come from another device: written as text, never as markup. */
function renderCaret(user: Readonly<Record<string, unknown>>): HTMLElement {
  const persona = user["persona"];
  const caret = document.createElement("span");
  caret.className = "document-caret";
  caret.dataset["audience"] = isText(persona) && isPersona(persona) && !isInternal(persona) ? persona : "team";
  const label = document.createElement("span");
  label.className = "document-caret-name";
  label.textContent = isText(user["name"]) ? (user["name"].split(" ")[0] ?? "") : "Someone";
  caret.append(label);
  return caret;
}

const renderSelection = (): { readonly class: string } => ({ class: "document-selection" });

export function editorExtensions(live: LiveDocument): Extensions {
  // The pipe has put name and persona here, and the relay stamps them; the caret extension must not overwrite them.
  const user: unknown = live.awareness.getLocalState()?.["user"];
  return [
    StarterKit.configure({
      undoRedo: false,
      trailingNode: false,
      heading: { levels: [1, 2, 3] },
      link: {
        openOnClick: false,
        isAllowedUri: (address) => isSafeLink(address),
        HTMLAttributes: { rel: "noopener noreferrer nofollow", target: "_blank" },
      },
    }),
    EmptyBlockBefore,
    ReadCaret.configure({ fragment: live.fragment }),
    Collaboration.configure({ fragment: live.fragment }),
    CollaborationCaret.configure({
      provider: { awareness: live.awareness },
      user: typeof user === "object" && user !== null ? { ...user } : {},
      render: renderCaret,
      selectionRender: renderSelection,
    }),
  ];
}
