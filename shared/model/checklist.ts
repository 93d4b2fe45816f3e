// A checklist is plain text, one point a line, ticked ones with "[x]" before them: so it merges letter by letter like every
// long text, two people ticking different points both keep theirs, and old free text reads as points not ticked yet.

export type ChecklistItem = { readonly text: string; readonly done: boolean };

// Two people who tick the same point at once leave two letters between the brackets.
const LINE = /^\s*(?:[-*]\s+)?(?:\[([ xX]{0,8})\]\s*)?(.*?)\s*$/;

/** The points of a checklist; empty lines are none. */
export function checklistItems(text: string): readonly ChecklistItem[] {
  return text.split("\n").flatMap((line) => {
    const [, mark, words = ""] = LINE.exec(line) ?? [];
    return words === "" ? [] : [{ text: words, done: mark !== undefined && mark.trim() !== "" }];
  });
}

export const checklistText = (items: readonly ChecklistItem[]): string =>
  items.map(({ text, done }) => `[${done ? "x" : " "}] ${text}`).join("\n");

/** The checklist with one point ticked, or not ticked any more. */
export const tickItem = (text: string, index: number, done: boolean): string =>
  checklistText(checklistItems(text).map((item, at) => (at === index ? { ...item, done } : item)));

/** All points as not ticked: how a repeated task begins again. */
export const untickAll = (text: string): string =>
  checklistText(checklistItems(text).map((item) => ({ ...item, done: false })));
