// The tools of the editor, as one group of buttons. Each has its shortcut in its title.

import { ActionIcon, Button, Popover, TextInput } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBlockquote,
  IconBold,
  IconH1,
  IconH2,
  IconH3,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
} from "@tabler/icons-react";
import type { Editor } from "@tiptap/core";
import { useEditorState } from "@tiptap/react";
import { useState, type ComponentType } from "react";
import classes from "./editor-toolbar.module.css";
import { toSafeLink } from "./safe-link.ts";

type Props = { readonly editor: Editor; readonly words: number };

type Tool = {
  readonly label: string;
  readonly keys: string;
  readonly icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
  readonly isOn?: (editor: Editor) => boolean;
  readonly run: (editor: Editor) => void;
};

const heading = (level: 1 | 2 | 3, icon: Tool["icon"]): Tool => ({
  label: `Heading ${level}`,
  keys: `Ctrl+Alt+${level}`,
  icon,
  isOn: (editor) => editor.isActive("heading", { level }),
  run: (editor) => editor.chain().focus().toggleHeading({ level }).run(),
});

const groups: readonly (readonly Tool[])[] = [
  [heading(1, IconH1), heading(2, IconH2), heading(3, IconH3)],
  [
    {
      label: "Bold",
      keys: "Ctrl+B",
      icon: IconBold,
      isOn: (editor) => editor.isActive("bold"),
      run: (editor) => editor.chain().focus().toggleBold().run(),
    },
    {
      label: "Italic",
      keys: "Ctrl+I",
      icon: IconItalic,
      isOn: (editor) => editor.isActive("italic"),
      run: (editor) => editor.chain().focus().toggleItalic().run(),
    },
  ],
  [
    {
      label: "Bullet list",
      keys: "Ctrl+Shift+8",
      icon: IconList,
      isOn: (editor) => editor.isActive("bulletList"),
      run: (editor) => editor.chain().focus().toggleBulletList().run(),
    },
    {
      label: "Numbered list",
      keys: "Ctrl+Shift+7",
      icon: IconListNumbers,
      isOn: (editor) => editor.isActive("orderedList"),
      run: (editor) => editor.chain().focus().toggleOrderedList().run(),
    },
    {
      label: "Quote",
      keys: "Ctrl+Shift+B",
      icon: IconBlockquote,
      isOn: (editor) => editor.isActive("blockquote"),
      run: (editor) => editor.chain().focus().toggleBlockquote().run(),
    },
  ],
];

const history: readonly Tool[] = [
  { label: "Undo", keys: "Ctrl+Z", icon: IconArrowBackUp, run: (editor) => editor.chain().focus().undo().run() },
  {
    label: "Redo",
    keys: "Ctrl+Shift+Z",
    icon: IconArrowForwardUp,
    run: (editor) => editor.chain().focus().redo().run(),
  },
];

export function EditorToolbar({ editor, words }: Props) {
  const on = useEditorState({
    editor,
    selector: ({ editor: current }) =>
      groups
        .flat()
        .filter((tool) => tool.isOn?.(current) === true)
        .map((tool) => tool.label)
        .join(" "),
  });
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Formatting">
      {groups.map((group) => (
        <div key={group[0]?.label} className={classes.group}>
          {group.map((tool) => (
            <ToolButton key={tool.label} tool={tool} editor={editor} pressed={on.includes(tool.label)} />
          ))}
        </div>
      ))}
      <div className={classes.group}>
        <LinkTool editor={editor} />
      </div>
      <div className={classes.group}>
        {history.map((tool) => (
          <ToolButton key={tool.label} tool={tool} editor={editor} />
        ))}
      </div>
      <span className={classes.words}>
        {words} {words === 1 ? "word" : "words"}
      </span>
    </div>
  );
}

function ToolButton({
  tool,
  editor,
  pressed,
}: {
  readonly tool: Tool;
  readonly editor: Editor;
  readonly pressed?: boolean;
}) {
  const Icon = tool.icon;
  return (
    <ActionIcon
      variant={pressed === true ? "light" : "subtle"}
      size={32}
      className={classes.tool ?? ""}
      aria-label={tool.label}
      aria-pressed={pressed}
      title={`${tool.label} (${tool.keys})`}
      // Keeps the selection in the text while the button is pressed.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => tool.run(editor)}
    >
      <Icon size={18} stroke={1.7} aria-hidden />
    </ActionIcon>
  );
}

function LinkTool({ editor }: { readonly editor: Editor }) {
  const [opened, setOpened] = useState(false);
  const [address, setAddress] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const open = (): void => {
    const current: unknown = editor.getAttributes("link")["href"];
    setAddress(typeof current === "string" ? current : "");
    setProblem(undefined);
    setOpened(true);
  };
  const put = (): void => {
    if (address.trim() === "") editor.chain().focus().extendMarkRange("link").unsetLink().run();
    else {
      const href = toSafeLink(address);
      if (href === undefined) {
        setProblem("Enter a web address or an e-mail address, for example https://harborclinic.example.");
        return;
      }
      const { empty } = editor.state.selection;
      if (empty && !editor.isActive("link")) {
        editor
          .chain()
          .focus()
          .insertContent({ type: "text", text: address.trim(), marks: [{ type: "link", attrs: { href } }] })
          .run();
      } else editor.chain().focus().extendMarkRange("link").setLink({ href }).run();
    }
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus withinPortal position="bottom-start">
      <Popover.Target>
        <ActionIcon
          variant={editor.isActive("link") ? "light" : "subtle"}
          size={32}
          className={classes.tool ?? ""}
          aria-label="Link"
          title="Link"
          onClick={open}
        >
          <IconLink size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Link">
        <form
          className={classes.link}
          onSubmit={(event) => {
            event.preventDefault();
            put();
          }}
        >
          <TextInput
            label="Address"
            data-autofocus
            value={address}
            error={problem}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {address.trim() === "" ? "Remove link" : "Link"}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
