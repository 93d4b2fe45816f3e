// An edit that came after its author's right to make it had ended, as owners and managers get to see it.

import type { FieldValue } from "./field-value.ts";

export type LateEdit = {
  readonly id: string;
  readonly author: string;
  readonly authorName: string;
  readonly recordId: string;
  readonly type: string;
  /** There is nothing of the record yet: it would begin with this. */
  readonly isNew: boolean;
  /** ms since 1970 */
  readonly receivedAt: number;
  /** What it would change; empty for text that only its document can show. */
  readonly changes: readonly {
    readonly field: string;
    readonly from: FieldValue | null;
    readonly to: FieldValue | null;
  }[];
};
