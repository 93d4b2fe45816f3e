// The rows of the palette, grouped by section.

import type { RefObject } from "react";
import { shortcutKeys } from "#renderer/ui/shortcut-words.ts";
import { Highlight, termsOf } from "./highlight.tsx";
import classes from "./palette.module.css";
import type { PaletteItem } from "./palette-items.ts";
import { ResultIcon } from "./result-icon.tsx";

type PaletteListProps = {
  readonly items: readonly PaletteItem[];
  readonly current: number;
  readonly text: string;
  readonly listRef: RefObject<HTMLDivElement | null>;
  readonly onChoose: (item: PaletteItem, beside: boolean) => void;
  readonly onMark: (index: number) => void;
};

export const optionId = (index: number): string => `palette-option-${index}`;

export function PaletteList({ items, current, text, listRef, onChoose, onMark }: PaletteListProps) {
  const terms = termsOf(text);
  const sections = [
    ...Map.groupBy(
      items.map((item, index) => ({ item, index })),
      ({ item }) => item.section,
    ),
  ];
  return (
    <div id="palette-list" ref={listRef} className={classes.list} role="listbox" aria-label="Results" tabIndex={-1}>
      {sections.map(([section, entries]) => (
        <div key={section} role="group" aria-label={section}>
          <div className={classes.section} aria-hidden>
            {section}
          </div>
          {entries.map(({ item, index }) => (
            <div
              key={item.id}
              id={optionId(index)}
              role="option"
              aria-selected={index === current}
              tabIndex={-1}
              className={classes.option}
              onClick={(event) => onChoose(item, event.ctrlKey || event.metaKey)}
              onKeyDown={(event) => event.key === "Enter" && onChoose(item, event.ctrlKey || event.metaKey)}
              onMouseMove={() => onMark(index)}
            >
              <ResultIcon kind={item.kind} />
              <span className={classes.title}>
                <Highlight text={item.title} terms={terms} />
              </span>
              {item.detail !== undefined && <span className={classes.detail}>{item.detail}</span>}
              {item.shortcut !== undefined && (
                <span className={classes.keys} aria-hidden>
                  {shortcutKeys(item.shortcut).map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </span>
              )}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
