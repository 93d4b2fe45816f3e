// What is approved, shown from the signed subject itself and from nothing else: fields, what differs from what was approved
// before, and documents by name and hash.

import { Button } from "@mantine/core";
import { IconFile } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useData, useRecord } from "#renderer/data/hooks.tsx";
import { FieldCell } from "#renderer/fields/field-views.tsx";
import { shortHash } from "#renderer/fields/approval-words.ts";
import { formatBytes } from "#renderer/ui/bytes.ts";
import { download } from "#renderer/ui/download.ts";
import { showProblem } from "#renderer/ui/toast.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import {
  attachmentOf,
  compareSubjects,
  parseSubject,
  subjectFields,
  type Attachment,
  type Subject,
} from "#shared/model/approval-subject.ts";
import type { FieldSpec, FieldValue } from "#shared/model/field-value.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import classes from "./approvals.module.css";

const specOf = (subject: Subject, field: string): FieldSpec => {
  const type = subject.schema.split(".")[1] ?? "";
  return findRecordType(type)?.fields[field] ?? { kind: "text", label: field };
};

/** As the record's own form has them; the title stands above anyway. */
function inFormOrder(subject: Subject): readonly (readonly [string, FieldValue])[] {
  const definition = findRecordType(subject.schema.split(".")[1] ?? "");
  const names = definition?.form.flatMap((section) => section.fields) ?? [];
  const place = (field: string): number => (names.includes(field) ? names.indexOf(field) : names.length);
  return Object.entries(subjectFields(subject))
    .filter(([field]) => field !== definition?.title)
    .toSorted(([left], [right]) => place(left) - place(right));
}

const LONG_KINDS: ReadonlySet<string> = new Set(["longText", "richText"]);

export function SubjectFields({
  subject,
  contentHash,
}: {
  readonly subject: Subject;
  readonly contentHash: string | undefined;
}) {
  const fields = inFormOrder(subject).map(([field, value]) => ({ field, value, spec: specOf(subject, field) }));
  const long = fields.filter(({ spec }) => LONG_KINDS.has(spec.kind));
  const short = fields.filter(({ spec }) => !LONG_KINDS.has(spec.kind));
  return (
    <>
      <dl className={classes.facts}>
        {short.map(({ field, value, spec }) => (
          <div key={field} className={classes.fact}>
            <dt>{field === "billingAmount" ? "You pay on approval" : spec.label}</dt>
            <dd>
              <Value subject={subject} field={field} value={value} />
            </dd>
          </div>
        ))}
        {contentHash !== undefined && (
          <div className={classes.fact}>
            <dt>Content hash</dt>
            <dd>
              <code title={contentHash}>{shortHash(contentHash)}</code>
            </dd>
          </div>
        )}
      </dl>
      {long.map(({ field, value, spec }) => (
        <section key={field} className={classes.long} aria-label={spec.label}>
          <p className={classes.longLabel}>{spec.label}</p>
          <p>{typeof value === "string" ? value : ""}</p>
        </section>
      ))}
    </>
  );
}

type DifferenceProps = {
  readonly before: string;
  readonly after: string;
  readonly title: string;
  readonly aside?: string;
};

/** Nothing at all when the two say the same. */
export function Difference({ before, after, title, aside }: DifferenceProps) {
  const [old, now] = [parseSubject(before), parseSubject(after)];
  const differences = old === undefined || now === undefined ? [] : compareSubjects(old, now);
  if (now === undefined || differences.length === 0) return null;
  return (
    <Panel title={title} aside={aside} flush>
      <ul className={classes.differences}>
        {differences.map(({ field, title: attached, formatOnly, before: was, after: is }) => (
          <li key={field}>
            <span className={classes.differing}>{attached ?? specOf(now, field).label}</span>
            <span className={classes.values}>
              {was !== undefined && (
                <del>
                  <Value subject={now} field={field} value={was} />
                </del>
              )}
              {formatOnly === true ? (
                <ins>Formatting or a link changed; the words are the same</ins>
              ) : is === undefined ? (
                <ins className={classes.gone}>removed</ins>
              ) : (
                <ins>
                  <Value subject={now} field={field} value={is} />
                </ins>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Value({ subject, field, value }: { subject: Subject; field: string; value: FieldValue }) {
  if (field.startsWith("attachment/")) return <code>{typeof value === "string" ? value : ""}</code>;
  const spec = specOf(subject, field);
  if (spec.kind !== "relations" || !Array.isArray(value)) return <FieldCell spec={spec} value={value} />;
  // By the name that is signed, where the subject has it.
  const named = subject.attachments.filter(({ id }) => value.includes(id));
  const others = value.filter((id) => !named.some((one) => one.id === id));
  return (
    <>
      {named.map(({ title }) => title).join(", ")}
      {named.length > 0 && others.length > 0 && ", "}
      {others.length > 0 && <FieldCell spec={spec} value={others} />}
    </>
  );
}

type FingerprintProps = { readonly subject: Subject | undefined; readonly contentHash: string };

/** For whoever wants to compare: closed until then. */
export const Fingerprints = ({ subject, contentHash }: FingerprintProps) => (
  <details className={classes.fingerprints}>
    <summary>Fingerprints, to compare with the certificate</summary>
    <dl>
      <dt>What you are asked about</dt>
      <dd>
        <code>{contentHash}</code>
      </dd>
      {subject?.attachments.map(({ id, title, sha256 }) => (
        <div key={id}>
          <dt>{title}</dt>
          <dd>
            <code>{sha256}</code>
          </dd>
        </div>
      ))}
    </dl>
  </details>
);

type AttachmentsProps = { readonly subject: Subject; readonly hashes: boolean };

export function Attachments({ subject, hashes }: AttachmentsProps) {
  if (subject.attachments.length === 0) return null;
  return (
    <Panel
      title="Documents and files"
      aside={hashes ? `${subject.attachments.length}, by name and hash` : String(subject.attachments.length)}
      flush
    >
      <ul className={classes.attachments}>
        {subject.attachments.map((one) => (
          <li key={one.id}>
            <IconFile size={18} stroke={1.7} aria-hidden />
            <span className={classes.attachment}>
              <AttachmentName subject={subject} signed={one} />
              {hashes && <code title={one.sha256}>{shortHash(one.sha256)}</code>}
            </span>
            <span className={classes.size}>{formatBytes(one.size)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type NameProps = { readonly subject: Subject; readonly signed: Attachment };

/** Opens what is attached, where it is on this device; a file only while it is the one that was put up for approval. */
function AttachmentName({ subject: { space, v }, signed: { id, title, sha256, format } }: NameProps) {
  const { files } = useData();
  const row = useRecord(id);
  if (row === undefined || row === "missing") return <strong>{title}</strong>;
  if (row.type !== "file") {
    const now = attachmentOf(row, v);
    const isChanged = now.sha256 !== sha256 || (row.formats !== undefined && v > 1 && now.format !== format);
    return (
      <strong>
        <Link to={`/projects/${space}/documents/${id}`}>{title}</Link>
        {isChanged && <span className={classes.bad}> (changed since it was put up for approval)</span>}
      </strong>
    );
  }
  const open = async (): Promise<void> => {
    if (row.fields["sha256"] !== sha256) showProblem(`${title} is another file now than the one you are asked about.`);
    else {
      const opened = await files.open(id);
      if (opened.ok) download(opened.value, title);
      else showProblem(opened.error.message);
    }
  };
  return (
    <Button variant="subtle" size="compact-md" onClick={() => void open()}>
      {title}
    </Button>
  );
}
