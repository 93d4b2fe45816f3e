// A rich text among other facts: read as its words, written together in the same editor as documents, which is loaded when
// somebody first writes.

import { Button } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { usePolicy } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { canReadFacet } from "#shared/model/facets.ts";
import type { FieldSpec } from "#shared/model/field-value.ts";
import { facetOf } from "#renderer/fields/facet-of.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import classes from "./rich-text-field.module.css";

const LiveText = lazy(async () => ({ default: (await import("./live-text.tsx")).LiveText }));

type Props = {
  readonly row: RecordRow;
  readonly field: string;
  readonly spec: FieldSpec;
  readonly readOnly: boolean;
};

export function RichTextField({ row, field, spec, readOnly }: Props) {
  const { persona } = useRequiredFieldContext();
  const { canWrite } = useRights();
  const [writing, setWriting] = useState(false);
  const facet = facetOf(row, field, usePolicy());
  if (!canReadFacet(facet, persona)) return null;
  const mayWrite = !readOnly && canWrite(facet, persona) && row.state !== "deleted" && row.docs[facet] !== undefined;
  const words = row.fields[field];
  return (
    <div className={classes.field}>
      <div className={classes.head}>
        <span className={classes.label}>{spec.label}</span>
        <AudienceMark facet={facet} />
        {mayWrite && (
          <Button
            className={classes.switch ?? ""}
            variant="subtle"
            size="compact-sm"
            aria-label={writing ? `Done with ${spec.label}` : `Edit ${spec.label}`}
            leftSection={writing ? undefined : <IconPencil size={15} aria-hidden />}
            onClick={() => setWriting(!writing)}
          >
            {writing ? "Done" : "Write"}
          </Button>
        )}
      </div>
      {writing ? (
        <Suspense fallback={<p className={classes.words}>{typeof words === "string" ? words : ""}</p>}>
          <LiveText recordId={row.id} field={field} title={spec.label} />
        </Suspense>
      ) : (
        <p className={classes.words}>
          {typeof words === "string" ? (
            words
          ) : (
            <span className={classes.empty}>{mayWrite ? "Nothing yet" : "empty"}</span>
          )}
        </p>
      )}
    </div>
  );
}
