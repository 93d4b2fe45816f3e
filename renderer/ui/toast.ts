// Short words after a deed, with the way back. The last undo stays reachable by Ctrl+Z after the toast has gone.

import { notifications } from "@mantine/notifications";
import { createElement } from "react";
import { ToastWords } from "./toast-words.tsx";

const closeButtonProps = { "aria-label": "Close" };

let lastUndo: (() => void) | undefined;

/** "Done" with an optional way back, offered on the toast and by Ctrl+Z. */
export function showDone(message: string, undo?: () => void): void {
  if (undo === undefined) {
    notifications.show({ closeButtonProps, message: createElement(ToastWords, { message }), autoClose: 4_000 });
    return;
  }
  const once = (): void => {
    if (lastUndo === once) lastUndo = undefined;
    notifications.hide(id);
    undo();
  };
  lastUndo = once;
  const id = notifications.show({
    closeButtonProps,
    message: createElement(ToastWords, { message, action: { label: "Undo", run: once } }),
    autoClose: 8_000,
  });
}

/** A sentence that says what did not work and what to do next. Stays until it is read. */
export function showProblem(message: string): void {
  notifications.show({
    closeButtonProps,
    message: createElement(ToastWords, { message, problem: true }),
    autoClose: 12_000,
  });
}

/** A toast that waits for one press, such as "Update ready". */
export function showOffer(message: string, label: string, run: () => void): void {
  notifications.show({
    closeButtonProps,
    message: createElement(ToastWords, { message, action: { label, run } }),
    autoClose: false,
  });
}

/** Takes the last deed back, when there is one. */
export function undoLast(): boolean {
  const undo = lastUndo;
  undo?.();
  return undo !== undefined;
}
