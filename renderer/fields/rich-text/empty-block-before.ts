// Enter before the first letter of a block puts an empty one above it. Splitting looks the same, but reaches the shared
// document as the block deleted and made anew: what others write into it meanwhile would be deleted with it.

import { defaultBlockAt, Extension } from "@tiptap/core";
import type { Command, EditorState } from "@tiptap/pm/state";
import type { Node } from "@tiptap/pm/model";

/** What is put where; undefined where the caret stands elsewhere, or Enter means something else. */
function blockBefore({ selection }: EditorState): { readonly at: number; readonly block: Node } | undefined {
  const { $from, empty } = selection;
  const { parent } = $from;
  if (!empty || !parent.isTextblock || parent.type.spec.code === true) return undefined;
  if ($from.depth === 0 || $from.parentOffset > 0 || parent.content.size === 0) return undefined;
  const around = $from.node(-1);
  // Of a list item's first line: another item.
  const isItem = around.type.name === "listItem";
  if (isItem && $from.index(-1) > 0) return undefined;
  const depth = isItem ? $from.depth - 1 : $from.depth;
  const index = $from.index(depth - 1);
  const container = $from.node(depth - 1);
  const type = isItem ? around.type : defaultBlockAt(container.contentMatchAt(index));
  if (type === null || !container.canReplaceWith(index, index, type)) return undefined;
  const block = type.createAndFill(isItem ? around.attrs : null);
  return block === null ? undefined : { at: $from.before(depth), block };
}

export const insertEmptyBlockBefore: Command = (state, dispatch) => {
  const before = blockBefore(state);
  if (before === undefined) return false;
  dispatch?.(state.tr.insert(before.at, before.block).setStoredMarks(state.storedMarks).scrollIntoView());
  return true;
};

export const EmptyBlockBefore = Extension.create({
  name: "emptyBlockBefore",
  // Before the lists' own Enter (100).
  priority: 200,
  addKeyboardShortcuts: () => ({
    Enter: ({ editor }) => insertEmptyBlockBefore(editor.state, editor.view.dispatch),
  }),
});
