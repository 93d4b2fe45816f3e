// Enter before the first letter of a block, while somebody else writes into that block: their words stay where they are.

import { getSchema } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { EditorState, TextSelection } from "@tiptap/pm/state";
import { StarterKit } from "@tiptap/starter-kit";
import { initProseMirrorDoc, prosemirrorToYXmlFragment, updateYFragment } from "@tiptap/y-tiptap";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { insertEmptyBlockBefore } from "#renderer/fields/rich-text/empty-block-before.ts";

const schema = getSchema([StarterKit.configure({ undoRedo: false, trailingNode: false })]);

const of = (type: string, ...content: readonly (Node | string)[]): Node =>
  schema.node(
    type,
    type === "heading" ? { level: 2 } : null,
    content.flatMap((one) => (one === "" ? [] : typeof one === "string" ? schema.text(one) : one)),
  );

/** A text of these blocks, and two that nobody touches. */
const textOf = (...blocks: readonly Node[]): Node =>
  of("doc", ...blocks, of("paragraph", "one"), of("paragraph", "two"));

type Writer = { readonly shared: Y.Doc; readonly write: (change: (state: EditorState) => EditorState) => boolean };

/** Somebody with the text open, as the editor has it: what changes there goes into the shared document. */
function open(stored: Uint8Array, clientId: number): Writer {
  const shared = new Y.Doc();
  Y.applyUpdate(shared, stored);
  shared.clientID = clientId;
  const fragment = shared.getXmlFragment("text");
  const { doc, mapping } = initProseMirrorDoc(fragment, schema);
  let state = EditorState.create({ schema, doc });
  return {
    shared,
    write: (change) => {
      const before = state;
      state = change(state);
      if (state.doc.eq(before.doc)) return false;
      updateYFragment(shared, fragment, state.doc, { mapping, isOMark: new Map() });
      return true;
    },
  };
}

const caretBefore =
  (words: string) =>
  (state: EditorState): EditorState => {
    let at = -1;
    state.doc.descendants((node, position) => {
      if (node.isText && node.text?.includes(words) === true) at = position + node.text.indexOf(words);
    });
    return state.apply(state.tr.setSelection(TextSelection.create(state.doc, at)));
  };

function pressEnter(state: EditorState): EditorState {
  let after = state;
  insertEmptyBlockBefore(state, (transaction) => {
    after = state.apply(transaction);
  });
  return after;
}

const type =
  (words: string) =>
  (state: EditorState): EditorState =>
    state.apply(state.tr.insertText(words));

/** One presses Enter before these words and writes on, the other writes before them; undefined where Enter is left alone. */
function meet(text: Node, words: string): string | undefined {
  const first = new Y.Doc();
  prosemirrorToYXmlFragment(text, first.getXmlFragment("text"));
  const stored = Y.encodeStateAsUpdate(first);
  const [igor, carla] = [open(stored, 2), open(stored, 3)];
  igor.write(caretBefore(words));
  if (!igor.write(pressEnter)) return undefined;
  igor.write(type("I "));
  carla.write(caretBefore(words));
  carla.write(type("C "));
  for (const [from, to] of [
    [igor, carla],
    [carla, igor],
  ] as const)
    Y.applyUpdate(to.shared, Y.encodeStateAsUpdate(from.shared));
  const [atIgor, atCarla] = [igor, carla].map(({ shared }) => shared.getXmlFragment("text").toJSON());
  expect(atIgor).toBe(atCarla);
  return atIgor?.replace("<paragraph>one</paragraph><paragraph>two</paragraph>", "");
}

describe("Enter before the first letter", () => {
  test("of a heading", () => {
    expect(meet(textOf(of("heading", "Roof")), "Roof")).toBe(
      '<paragraph></paragraph><heading level="2">I C Roof</heading>',
    );
  });

  test("of a paragraph between others", () => {
    expect(meet(textOf(of("heading", "Roof"), of("paragraph", "Steel")), "Steel")).toBe(
      '<heading level="2">Roof</heading><paragraph></paragraph><paragraph>I C Steel</paragraph>',
    );
  });

  test("of a quoted paragraph", () => {
    expect(meet(textOf(of("blockquote", of("paragraph", "Steel"))), "Steel")).toBe(
      "<blockquote><paragraph></paragraph><paragraph>I C Steel</paragraph></blockquote>",
    );
  });

  test("of a list item: an item above it", () => {
    const list = of("bulletList", of("listItem", of("paragraph", "Steel")), of("listItem", of("paragraph", "Glass")));
    expect(meet(textOf(list), "Glass")).toBe(
      "<bulletlist><listitem><paragraph>Steel</paragraph></listitem><listitem><paragraph></paragraph></listitem><listitem><paragraph>I C Glass</paragraph></listitem></bulletlist>",
    );
  });

  test("is nobody's business elsewhere", () => {
    const second = of("bulletList", of("listItem", of("paragraph", "Steel"), of("paragraph", "Glass")));
    expect(meet(textOf(second), "Glass")).toBeUndefined();
    expect(meet(textOf(of("codeBlock", "let roof")), "let")).toBeUndefined();
    expect(meet(textOf(of("paragraph", "Steel roof")), "roof")).toBeUndefined();
  });
});
