// Search with room: all hits of this device, by record type, with the words in the address so that it can be shared.

import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link, useNavigate, useSearch as useAddressSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { SearchHit } from "#renderer/data/types.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { useRecordAddress } from "#renderer/ui/record-address.ts";
import { findRecordType, recordTypes } from "#shared/record-types/index.ts";
import { Highlight, termsOf } from "./highlight.tsx";
import { ResultIcon } from "./result-icon.tsx";
import classes from "./search-page.module.css";
import { useSearch } from "./use-search.ts";

const LIMIT = 60;

type Address = { readonly q?: unknown; readonly type?: unknown };

/** The router reads "42" as a number. */
const wordsOf = (q: unknown): string => (typeof q === "string" ? q : typeof q === "number" ? String(q) : "");

export function SearchPage() {
  const navigate = useNavigate();
  const address: Address = useAddressSearch({ strict: false });
  const [text, setText] = useState(() => wordsOf(address.q));
  const type =
    typeof address.type === "string" && findRecordType(address.type) !== undefined ? address.type : undefined;
  const found = useSearch(text, { type, limit: LIMIT });
  const write = (q: string, nextType: string | undefined): void => {
    void navigate({
      to: "/search",
      search: { q, ...(nextType === undefined ? {} : { type: nextType }) },
      replace: true,
    });
  };
  const searched = text.trim() === found.text;
  return (
    <Page title="Search" meta="Finds what is on this device, also without a network. Small typing mistakes are fine.">
      <TextInput
        aria-label="Search for"
        placeholder="A name, a place, a word from a note"
        size="md"
        leftSection={<IconSearch size={18} stroke={1.7} aria-hidden />}
        value={text}
        autoFocus
        onChange={(event) => {
          const { value } = event.currentTarget;
          setText(value);
          write(value, type);
        }}
      />
      <div className={classes.chips} role="group" aria-label="Only">
        <TypeChip label="All" active={type === undefined} onPress={() => write(text, undefined)} />
        {recordTypes.map((definition) => (
          <TypeChip
            key={definition.type}
            label={definition.label.many}
            active={type === definition.type}
            onPress={() => write(text, definition.type)}
          />
        ))}
      </div>
      <Panel flush>
        {found.hits.length > 0 ? (
          <>
            <ul className={classes.hits}>
              {found.hits.map((hit) => (
                <Hit key={hit.id} hit={hit} terms={termsOf(text)} />
              ))}
            </ul>
            <p className={classes.count} role="status">
              {found.hits.length === LIMIT
                ? `The first ${LIMIT} results`
                : found.hits.length === 1
                  ? "1 result"
                  : `${found.hits.length} results`}{" "}
              in {found.milliseconds} ms, from this device
            </p>
          </>
        ) : text.trim() === "" ? (
          <EmptyState
            kind="empty"
            title="Nothing searched yet"
            text="Type a name, or press Ctrl K anywhere for the quick search."
          />
        ) : (
          searched && (
            <EmptyState
              kind="noMatch"
              title={`No match for “${text.trim()}”`}
              text={
                type === undefined
                  ? "Try fewer or other words. What is not shared with you cannot be found."
                  : "Only one record type is searched. Choose All to search everything."
              }
            />
          )
        )}
      </Panel>
    </Page>
  );
}

const TypeChip = ({ label, active, onPress }: { label: string; active: boolean; onPress: () => void }) => (
  <button type="button" className={classes.chip} aria-pressed={active} onClick={onPress}>
    {label}
  </button>
);

const Hit = ({ hit, terms }: { readonly hit: SearchHit; readonly terms: readonly string[] }) => (
  <li>
    <Link to={useRecordAddress(hit.id)} className={classes.hit}>
      <ResultIcon kind={hit.type} />
      <span className={classes.title}>
        <Highlight text={hit.title} terms={terms} />
      </span>
      <span className={classes.detail}>
        {[findRecordType(hit.type)?.label.one ?? hit.type, hit.detail].filter((part) => part !== "").join(", ")}
      </span>
    </Link>
  </li>
);
