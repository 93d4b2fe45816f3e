// The text itself. Several people write at once; what is typed is saved on this device by the pipe, keystroke by keystroke.

import { EditorContent, useEditor } from "@tiptap/react";
import { useEffect, useState } from "react";
import type { LiveDocument } from "#renderer/data/types.ts";
import classes from "./rich-text-editor.module.css";
import { EditorToolbar } from "./editor-toolbar.tsx";
import { editorExtensions } from "./editor-extensions.ts";

type Props = {
  readonly live: LiveDocument;
  readonly title: string;
  /** The words that are selected, for a comment to point at. */
  readonly onSelect?: (words: string) => void;
  /** One field among others, not a page of its own. */
  readonly compact?: boolean;
};

const MAX_QUOTE = 300;

export function RichTextEditor({ live, title, onSelect, compact = false }: Props) {
  const [words, setWords] = useState(0);
  const editor = useEditor(
    {
      extensions: editorExtensions(live),
      editable: live.canWrite,
      editorProps: {
        attributes: {
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": live.canWrite ? `Text of ${title}` : `Text of ${title}, read only`,
          "aria-readonly": String(!live.canWrite),
          class: classes.text ?? "",
        },
      },
      onSelectionUpdate: ({ editor: current }) => {
        const { from, to } = current.state.selection;
        onSelect?.(current.state.doc.textBetween(from, to, " ").trim().slice(0, MAX_QUOTE));
      },
    },
    [live],
  );
  useEffect(() => {
    const count = (): void =>
      setWords(
        editor
          .getText()
          .split(/\s+/)
          .filter((word) => word !== "").length,
      );
    count();
    editor.on("update", count);
    return () => {
      editor.off("update", count);
    };
  }, [editor]);
  return (
    <div className={classes.editor} data-compact={compact || undefined}>
      {live.canWrite && <EditorToolbar editor={editor} words={words} />}
      <EditorContent editor={editor} className={classes.sheet} />
    </div>
  );
}
