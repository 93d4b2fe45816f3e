// What is special about a row: waits on this device, changed by both, not accepted. Three shapes, so colour is extra;
// nothing at all when a row is synced.

import classes from "./row-glyph.module.css";

type GlyphRow = {
  readonly pending: 0 | 1;
  readonly refused: 0 | 1;
  readonly changedByBoth: Readonly<Record<string, unknown>>;
};

export function RowGlyph({ row }: { readonly row: GlyphRow }) {
  if (row.refused === 1) return <NotAcceptedGlyph />;
  if (Object.keys(row.changedByBoth).length > 0) return <ChangedByBothGlyph />;
  return row.pending === 1 ? <PendingGlyph /> : null;
}

const glyph = (kind: string, words: string) => ({
  className: classes.glyph,
  "data-kind": kind,
  role: "img",
  "aria-label": words,
  width: 16,
  height: 16,
  viewBox: "0 0 16 16",
});

export const PendingGlyph = () => (
  <svg {...glyph("pending", "Saved on this device, waiting to sync")}>
    <title>Saved on this device, waiting to sync</title>
    <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="2.6 1.5" />
  </svg>
);

const ChangedByBothGlyph = () => (
  <svg {...glyph("both", "Changed by both, choose a value")}>
    <title>Changed by both, choose a value</title>
    <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.8" />
    <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
  </svg>
);

export const NotAcceptedGlyph = () => (
  <svg {...glyph("refused", "Not accepted, needs you")}>
    <title>Not accepted, needs you</title>
    <path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z" fill="currentColor" />
    <path d="M8 4.6v4" stroke="var(--panel)" strokeWidth="1.8" strokeLinecap="round" />
    <circle cx="8" cy="11.2" r="1.1" fill="var(--panel)" />
  </svg>
);
