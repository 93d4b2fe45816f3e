// A checklist with its boxes: points are ticked, rewritten, added and taken away where they stand.

import { Checkbox, CloseButton, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { checklistItems, checklistText, type ChecklistItem } from "#shared/model/checklist.ts";
import classes from "./checklist-field.module.css";

type Props = {
  readonly label: string;
  readonly text: string;
  readonly mayWrite: boolean;
  readonly onSave: (text: string) => void;
};

export function ChecklistField({ label, text, mayWrite, onSave }: Props) {
  const items = checklistItems(text);
  const save = (next: readonly ChecklistItem[]): void => onSave(checklistText(next));
  const change = (index: number, part: Partial<ChecklistItem>): void =>
    save(items.map((item, at) => (at === index ? { ...item, ...part } : item)));
  if (items.length === 0 && !mayWrite) return <span className={classes.none}>empty</span>;
  return (
    <div className={classes.list} role="group" aria-label={label}>
      {items.length > 0 && (
        <ul className={classes.items}>
          {items.map((item, index) => (
            // The place is all that tells two equal points apart.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={`${index} ${item.text}`} className={classes.item}>
              <Checkbox
                size="sm"
                aria-label={item.text}
                checked={item.done}
                disabled={!mayWrite}
                onChange={(event) => change(index, { done: event.currentTarget.checked })}
              />
              {mayWrite ? (
                <Words item={item} onSave={(words) => change(index, { text: words })} />
              ) : (
                <span className={classes.words} data-done={item.done || undefined}>
                  {item.text}
                </span>
              )}
              {mayWrite && (
                <CloseButton
                  size="sm"
                  aria-label={`Take away ${item.text}`}
                  onClick={() => save(items.filter((_one, at) => at !== index))}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {mayWrite && <AddPoint label={label} onAdd={(words) => save([...items, { text: words, done: false }])} />}
    </div>
  );
}

function Words({ item, onSave }: { readonly item: ChecklistItem; readonly onSave: (words: string) => void }) {
  const [words, setWords] = useState(item.text);
  const done = (): void => {
    const next = words.trim();
    if (next === "" || next === item.text) setWords(item.text);
    else onSave(next);
  };
  return (
    <Textarea
      size="xs"
      variant="unstyled"
      autosize
      minRows={1}
      className={classes.edit ?? ""}
      aria-label={`Words of ${item.text}`}
      data-done={item.done || undefined}
      value={words}
      onChange={(event) => setWords(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          event.preventDefault();
          event.currentTarget.blur();
        }
        if (event.key !== "Escape") return;
        event.stopPropagation();
        setWords(item.text);
      }}
    />
  );
}

function AddPoint({ label, onAdd }: { readonly label: string; readonly onAdd: (words: string) => void }) {
  const [words, setWords] = useState("");
  const add = (): void => {
    if (words.trim() === "") return;
    onAdd(words.trim());
    setWords("");
  };
  return (
    <TextInput
      size="xs"
      aria-label={`Add to ${label}`}
      placeholder="Add a point, Enter saves it"
      value={words}
      onChange={(event) => setWords(event.currentTarget.value)}
      onBlur={add}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        add();
      }}
    />
  );
}
