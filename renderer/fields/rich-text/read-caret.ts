// The browser moves the caret at once and says so in a task of its own, which on a busy machine runs after the keys and the
// words of others that wait already. Until then the editor would act where the caret was: Enter would split another
// paragraph, and a stroke of somebody else would put the caret back. So it is read before either.

import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { yCursorPluginKey } from "@tiptap/y-tiptap";
import type { LiveDocument } from "#renderer/data/types.ts";

/** The editor reads the caret when it hears of it; hearing twice of the same changes nothing. */
function readCaret(view: EditorView): void {
  if (view.composing || !view.hasFocus()) return;
  view.dom.ownerDocument.dispatchEvent(new Event("selectionchange"));
}

export const ReadCaret = Extension.create<Partial<Pick<LiveDocument, "fragment">>, { dispatching: boolean }>({
  name: "readCaret",
  // Before the extension that binds the document (1000): it takes the caret down when a change of others begins.
  priority: 1100,

  addStorage: () => ({ dispatching: false }),

  // Their carets are drawn by a transaction that was begun before the caret is read.
  dispatchTransaction({ transaction, next }) {
    const { editor } = this;
    // What was put off until after the editor has gone comes here too.
    if (!editor.isDestroyed && transaction.getMeta(yCursorPluginKey) !== undefined && !transaction.selectionSet) {
      const { view } = editor;
      readCaret(view);
      if (transaction.doc === view.state.doc && !transaction.selection.eq(view.state.selection))
        transaction.setSelection(view.state.selection);
    }
    const outer = this.storage.dispatching;
    this.storage.dispatching = true;
    try {
      next(transaction);
    } finally {
      this.storage.dispatching = outer;
    }
  },

  addProseMirrorPlugins() {
    const { storage } = this;
    const doc = this.options.fragment?.doc;
    return [
      new Plugin({
        props: {
          handleDOMEvents: {
            keydown: (view) => {
              readCaret(view);
              return false;
            },
          },
        },
        view: (view) => {
          const onChange = (): void => {
            // What is typed here was read from the page with its caret.
            if (!storage.dispatching) readCaret(view);
          };
          doc?.on("beforeAllTransactions", onChange);
          return { destroy: () => doc?.off("beforeAllTransactions", onChange) };
        },
      }),
    ];
  },
});
