// How a value of each kind looks when it is only read. The map is exhaustive: a new kind does not compile without its cell.

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatField } from "#shared/model/field-kinds.ts";
import type { FieldKind, FieldSpec, FieldValue } from "#shared/model/field-value.ts";
import { EnsureFieldContext, idsIn, useRequiredFieldContext, type FieldContextValue } from "./field-context.tsx";
import classes from "./fields.module.css";

type Cell = (value: FieldValue, spec: FieldSpec, context: FieldContextValue) => ReactNode;

const words: Cell = (value, spec, context) => formatField(value, spec, context);

/** A share is read to two places; the editor has all of them. */
const number: Cell = (value, spec, context) =>
  words(
    typeof value === "number" && spec.kind === "number" && spec.unit === "percent"
      ? Math.round(value * 100) / 100
      : value,
    spec,
    context,
  );

const outside =
  (toHref: (text: string) => string, newTab = false): Cell =>
  (value, spec, context) => {
    if (typeof value !== "string") return words(value, spec, context);
    return (
      <a
        className={classes.link}
        href={toHref(value)}
        {...(newTab ? { target: "_blank", rel: "noreferrer noopener" } : {})}
      >
        {formatField(value, spec, context)}
      </a>
    );
  };

const records: Cell = (value, _spec, context) => {
  const ids = idsIn(value);
  return ids.map((id, index) => {
    const title = context.recordTitle?.(id);
    const separator = index < ids.length - 1 ? ", " : "";
    if (title === undefined) return context.titlesReady ? `Not on this device${separator}` : "";
    return (
      <span key={id}>
        <Link className={classes.link} to="/record/$id" params={{ id }}>
          {title === "" ? "Untitled" : title}
        </Link>
        {separator}
      </span>
    );
  });
};

// Only web addresses become links: a value can come from an import or from outside the team.
const webAddress = (text: string): string => (/^https?:\/\//i.test(text) ? text : `https://${text}`);

export const cells: Readonly<Record<FieldKind, Cell>> = {
  text: words,
  longText: (value, spec, context) => <span className={classes.longWords}>{words(value, spec, context)}</span>,
  richText: (value, spec, context) => <span className={classes.longWords}>{words(value, spec, context)}</span>,
  checklist: (value, spec, context) => <span className={classes.longWords}>{words(value, spec, context)}</span>,
  number,
  money: words,
  date: words,
  dateTime: words,
  choice: words,
  multiChoice: words,
  yesNo: words,
  email: outside((text) => `mailto:${encodeURIComponent(text).replace("%40", "@")}`),
  phone: outside((text) => `tel:${text.replace(/[^+\d]/g, "")}`),
  link: outside(webAddress, true),
  address: words,
  person: words,
  people: words,
  relation: records,
  relations: records,
};

type FieldCellProps = { readonly spec: FieldSpec; readonly value: FieldValue | null | undefined };

/** A value as words, with links where a value can be opened, called or written to. Nothing for an empty value. */
export function FieldCell({ spec, value }: FieldCellProps) {
  if (value === null || value === undefined || value === "") return null;
  const ids = spec.kind === "relation" || spec.kind === "relations" ? idsIn(value) : [];
  return (
    <EnsureFieldContext ids={ids}>
      <CellInContext spec={spec} value={value} />
    </EnsureFieldContext>
  );
}

function CellInContext({ spec, value }: { readonly spec: FieldSpec; readonly value: FieldValue }) {
  return cells[spec.kind](value, spec, useRequiredFieldContext());
}
