// What every editor of a kind gets. The draft is raw input; whoever holds it parses it with parseField.

import type { FieldSpec } from "#shared/model/field-value.ts";

export type InputProps = {
  readonly spec: FieldSpec;
  readonly label: string;
  readonly draft: unknown;
  readonly onDraft: (draft: unknown) => void;
  /** Done with this value: on Enter, on leaving, or at once when it was picked from a list. */
  readonly onCommit: (draft: unknown) => void;
  readonly onCancel: () => void;
  readonly autoFocus: boolean;
  readonly invalid: boolean;
  /** Id of the sentence shown beside the field, when there is one. */
  readonly describedBy?: string | undefined;
  /** Inline editors open their list at once; forms wait for the arrow key or a click. */
  readonly inline: boolean;
  /** Inside a popover: lists open within it, so that a pick does not count as a click outside. */
  readonly floating?: boolean;
};

export const draftText = (draft: unknown): string => (typeof draft === "string" ? draft : "");
export const draftList = (draft: unknown): readonly string[] =>
  Array.isArray(draft) ? draft.filter((item): item is string => typeof item === "string") : [];
