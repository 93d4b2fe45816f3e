// A record to be: what a generator makes and fill-log.ts writes. Plain data, so that tests and benches can use it too.

import type { Stamp } from "#shared/doc/facet-content.ts";
import type { AudienceChoice } from "#shared/model/audience.ts";
import type { FieldValue } from "#shared/model/field-value.ts";

export type Values = Readonly<Record<string, FieldValue>>;

export type DemoRecord = {
  readonly id: string;
  readonly type: string;
  readonly space: string;
  readonly values: Values;
  /** For record types with chosen placement; team only when omitted. */
  readonly audience?: AudienceChoice;
  readonly created: Stamp;
  /** Later changes, so that timelines have something to tell. */
  readonly edits?: readonly (Stamp & { readonly values: Values })[];
};

/** The people and places a generator writes about. */
export type DemoCast = {
  readonly crmSpace: string;
  readonly ana: string;
  readonly igor: string;
  readonly olga: string;
  readonly carla: string;
  readonly cem: string;
  readonly pia: string;
};
