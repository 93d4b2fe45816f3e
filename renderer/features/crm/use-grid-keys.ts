// The keyboard of a list. Keys belong to the list while nothing else wants them: not in inputs, dialogs or menus.

import { useEffect, useRef, type RefObject } from "react";
import { singleKeysEnabled } from "#renderer/ui/single-keys.ts";

type GridKeys = {
  readonly box: RefObject<HTMLElement | null>;
  /** False while a cell is being edited. */
  readonly active: boolean;
  readonly selected: boolean;
  readonly onMove: (rows: number, columns: number) => void;
  readonly onEdge: (end: boolean) => void;
  readonly onAct: () => void;
  readonly onOpen: () => void;
  readonly onSelect: (extend: boolean) => void;
  readonly onExtend: (by: number) => void;
  readonly onAll: () => void;
  readonly onEscape: () => void;
};

const wantsKeys = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    "input:not([type=checkbox]), textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox], [role=alertdialog]",
  ) !== null;

/** True when the key was ours. */
function run(event: KeyboardEvent, keys: GridKeys, inGrid: boolean): boolean {
  const step = event.shiftKey ? keys.onExtend : (by: number) => keys.onMove(by, 0);
  switch (event.key) {
    case "j":
    case "J":
      step(1);
      return true;
    case "k":
    case "K":
      step(-1);
      return true;
    case "x":
    case "X":
      keys.onSelect(event.shiftKey);
      return true;
    case "Escape":
      if (!keys.selected) return false;
      keys.onEscape();
      return true;
    default:
      return inGrid && runInGrid(event, keys, step);
  }
}

/** Keys that scroll or press elsewhere on the page are ours only with the focus in the grid. */
function runInGrid(event: KeyboardEvent, keys: GridKeys, step: (by: number) => void): boolean {
  switch (event.key) {
    case "ArrowDown":
      step(1);
      return true;
    case "ArrowUp":
      step(-1);
      return true;
    case "ArrowRight":
      keys.onMove(0, 1);
      return true;
    case "ArrowLeft":
      keys.onMove(0, -1);
      return true;
    case "PageDown":
      keys.onMove(15, 0);
      return true;
    case "PageUp":
      keys.onMove(-15, 0);
      return true;
    case "Home":
      keys.onEdge(false);
      return true;
    case "End":
      keys.onEdge(true);
      return true;
    case "Enter":
      keys.onAct();
      return true;
    case "o":
      keys.onOpen();
      return true;
    case " ":
      keys.onSelect(event.shiftKey);
      return true;
    default:
      return false;
  }
}

export function useGridKeys(keys: GridKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { active, box, onAll } = latest.current;
      if (!active || event.defaultPrevented || event.isComposing || wantsKeys(event.target)) return;
      if (event.altKey) return;
      // Letters only where they are wanted; arrows, Home and Enter stay.
      if (/^[a-z]$/i.test(event.key) && !event.ctrlKey && !event.metaKey && !singleKeysEnabled()) return;
      const focused = document.activeElement;
      const inGrid = focused === box.current;
      if (event.ctrlKey || event.metaKey) {
        if (event.key.toLowerCase() !== "a") return;
        event.preventDefault();
        onAll();
        return;
      }
      // A first J or K brings the keyboard into the list.
      if (run(event, latest.current, inGrid)) {
        event.preventDefault();
        if (!inGrid && event.key !== "Escape") box.current?.focus({ preventScroll: true });
      }
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
