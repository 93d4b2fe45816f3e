// Search and commands in one box. Arrow keys move, Enter opens, Ctrl+Enter opens beside; works offline, and says that
// its results are from this device.

import { Modal } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useData, useSpaces } from "#renderer/data/hooks.tsx";
import { useAllCommands } from "#renderer/ui/commands.ts";
import { useDialogs } from "#renderer/ui/dialogs.ts";
import { recordAddress } from "#renderer/ui/record-address.ts";
import { modifierName } from "#renderer/ui/shortcut-words.ts";
import { useReturnFocus } from "#renderer/ui/use-return-focus.ts";
import classes from "./palette.module.css";
import { createItems, itemsFor, type PaletteItem } from "./palette-items.ts";
import { PaletteList, optionId } from "./palette-list.tsx";
import { useSearch } from "./use-search.ts";

export function Palette() {
  useReturnFocus();
  const data = useData();
  const navigate = useNavigate();
  const close = useDialogs((state) => state.close);
  const commands = useAllCommands();
  const spaces = useSpaces();
  const [text, setText] = useState("");
  const [marked, setMarked] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const found = useSearch(text, { limit: 6 });

  const open = (id: string): void => {
    void recordAddress(data, id).then((to) => navigate({ to }));
  };
  const items = itemsFor(text, commands, found.hits, open);
  const crmSpace = spaces?.find((space) => space.kind === "crm")?.id;
  const searched = text.trim() === found.text;
  const shown = items.length === 0 && searched ? createItems(text, data, crmSpace, open) : items;
  const current = Math.min(marked, shown.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [current]);

  const choose = (item: PaletteItem, beside: boolean): void => {
    close();
    if (beside && item.recordId !== undefined) {
      void recordAddress(data, item.recordId).then((to) => window.open(to, "_blank", "noopener"));
      return;
    }
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const count = shown.length;
    const item = shown[current];
    if (event.key === "ArrowDown" && count > 0) setMarked((current + 1) % count);
    else if (event.key === "ArrowUp" && count > 0) setMarked((current - 1 + count) % count);
    else if (event.key === "Enter" && item !== undefined && !event.nativeEvent.isComposing)
      choose(item, event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  };

  return (
    <Modal.Root
      opened
      onClose={close}
      size={680}
      yOffset="11vh"
      radius={12}
      classNames={{ content: classes.dialog ?? "" }}
      transitionProps={{ duration: 140, transition: "fade-down" }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label="Search or run a command">
        <div className={classes.box}>
          <IconSearch size={20} stroke={1.7} aria-hidden />
          <input
            className={classes.input}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            placeholder="Search or run a command"
            aria-label="Search or run a command"
            role="combobox"
            aria-expanded={shown.length > 0}
            aria-controls="palette-list"
            aria-autocomplete="list"
            aria-activedescendant={shown.length > 0 ? optionId(current) : undefined}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setMarked(0);
            }}
            onKeyDown={onKeyDown}
          />
          <button type="button" className={classes.close} onClick={close}>
            Esc
          </button>
        </div>
        <PaletteList items={shown} current={current} text={text} listRef={list} onChoose={choose} onMark={setMarked} />
        {shown.length === 0 && searched && text.trim() !== "" && (
          <p className={classes.nothing}>
            Nothing on this device matches “{text.trim()}”. Check the spelling, or search for fewer words.
          </p>
        )}
        <div className={classes.foot}>
          <span className={classes.hints} aria-hidden>
            <kbd>↑</kbd> <kbd>↓</kbd> move <kbd>Enter</kbd> open <kbd>{modifierName} Enter</kbd> beside <kbd>?</kbd> all
            keys
          </span>
          <span role="status" className={classes.count}>
            {found.text === ""
              ? "from this device"
              : `${found.hits.length === 1 ? "1 record" : `${found.hits.length} records`} in ${found.milliseconds} ms, from this device`}
          </span>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
