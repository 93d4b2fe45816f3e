// The editor of a field, loaded when the first one is opened: calendars and lists to choose from are heavy, and reading
// needs none of them.

import { lazy, Suspense } from "react";
import type { FieldKind } from "#shared/model/field-value.ts";
import type { InputProps } from "./input-props.ts";

const load = async () => ({ default: (await import("./field-inputs.tsx")).AnyInput });
const AnyInput = lazy(load);

/** In the quiet after the first paint, so that the first edit does not wait for it. */
const QUIET_MS = 2_500;
setTimeout(() => void load(), QUIET_MS);

export const FieldInput = (props: InputProps) => (
  <Suspense fallback={null}>
    <AnyInput {...props} />
  </Suspense>
);

/** Rich text is written in its document. */
export const isEditableKind = (kind: FieldKind): boolean => kind !== "richText";
