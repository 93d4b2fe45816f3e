// Names after an "@": whom a text mentions, and whom it is about to.

import type { MemberRow } from "#renderer/data/types.ts";

type Named = Pick<MemberRow, "id" | "name">;

const MOST = 5;
const isWordEnd = (text: string, at: number): boolean => !/[\p{L}\p{N}]/u.test(text.charAt(at));

/** Ids of the members whose full name stands after an "@". */
export function mentionsIn(text: string, members: readonly Named[]): readonly string[] {
  const lower = text.toLowerCase();
  return members
    .filter(({ name }) => {
      const wanted = `@${name.toLowerCase()}`;
      for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + 1))
        if (isWordEnd(lower, at + wanted.length)) return true;
      return false;
    })
    .map(({ id }) => id);
}

/** What stands between an "@" and the caret, when somebody is being named; else undefined. */
export function mentionBefore(text: string, caret: number): string | undefined {
  const [, name] = /(?:^|\s)@([\p{L}\p{N}.'-]{0,30}(?: [\p{L}\p{N}.'-]{0,30})?)$/u.exec(text.slice(0, caret)) ?? [];
  return name;
}

/** Members of whose name a word begins like this; none once the name is whole. */
export function membersLike<Member extends Named>(typed: string, members: readonly Member[]): readonly Member[] {
  const wanted = typed.toLowerCase();
  return members
    .filter(({ name }) => {
      const lower = name.toLowerCase();
      return lower !== wanted && (lower.startsWith(wanted) || lower.split(" ").some((word) => word.startsWith(wanted)));
    })
    .slice(0, MOST);
}

/** The text with the name that was begun before the caret written out. */
export function withMention(text: string, caret: number, name: string): string {
  const typed = mentionBefore(text, caret) ?? "";
  return `${text.slice(0, caret - typed.length)}${name} ${text.slice(caret).replace(/^ /, "")}`;
}
