// Four things for the thumb: call, write, find the way, note down. From the record itself, or from its contact and company.

import { IconMail, IconNote, IconPhone, IconRoute } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useObserved } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { formatField } from "#shared/model/field-kinds.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { useRights } from "#renderer/data/rights.ts";
import classes from "./record.module.css";

type Props = { readonly row: RecordRow; readonly onNote: () => void };

export function ContactActions({ row, onNote }: Props) {
  const { readOnly } = useRights();
  const relatedIds = ["pointOfContact", "contact", "company"].flatMap((field) => {
    const id = row.fields[field];
    return typeof id === "string" ? [id] : [];
  });
  const related = useObserved(`reach ${relatedIds.join(" ")}`, (data) => data.query.byIds(relatedIds));
  const sources = [row, ...(related ?? []).filter((one) => one !== undefined)];
  const first = (fields: readonly string[]): FieldValue | undefined =>
    sources.flatMap((source) => fields.map((field) => source.fields[field])).find((value) => value !== undefined);
  // Whoever asked not to be called or written to is not offered to be: their own record says so, not a company's.
  const asked = (mark: string): boolean =>
    sources.some((source) => source.type === "contact" && source.fields[mark] === true);
  const phone = asked("callOptOut") ? undefined : first(["mobilePhone", "phone"]);
  const email = asked("emailOptOut") ? undefined : first(["email"]);
  const address = first(["address", "shippingAddress", "billingAddress"]);
  const place =
    address === undefined ? "" : formatField(address, { kind: "address", label: "Address" }, { locale: "en-GB" });
  return (
    <div className={classes.reach}>
      {typeof phone === "string" ? (
        <Reach href={`tel:${phone.replace(/[^+\d]/g, "")}`} icon={<IconPhone size={20} aria-hidden />} words="Call" />
      ) : null}
      {typeof email === "string" ? (
        <Reach href={`mailto:${email}`} icon={<IconMail size={20} aria-hidden />} words="Mail" />
      ) : null}
      {place === "" ? null : (
        <Reach
          href={`https://www.openstreetmap.org/search?query=${encodeURIComponent(place)}`}
          icon={<IconRoute size={20} aria-hidden />}
          words="Route"
        />
      )}
      {readOnly === undefined && (
        <button type="button" className={classes.reachButton} onClick={onNote}>
          <IconNote size={20} aria-hidden />
          Note
        </button>
      )}
    </div>
  );
}

const Reach = ({ href, icon, words }: { readonly href: string; readonly icon: ReactNode; readonly words: string }) => (
  <a
    className={classes.reachButton}
    href={href}
    {...(href.startsWith("https:") ? { target: "_blank", rel: "noreferrer noopener" } : {})}
  >
    {icon}
    {words}
  </a>
);
