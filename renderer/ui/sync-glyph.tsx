// The bridge as a sync state: down, dots walking, raised, broken, a gap that needs you. Each shape tells it alone.

import classes from "./sync-glyph.module.css";

type SyncGlyphProps = {
  readonly state: "synced" | "saving" | "offline" | "unreachable" | "needsYou";
  readonly size?: number;
};

const decks: Readonly<Record<SyncGlyphProps["state"], string>> = {
  synced: "M1.5 12h19M4 3l12.5 9",
  saving: "M1.5 12h19",
  offline: "M1 12h3l7.5-10M18 12h3",
  unreachable: "M1.5 12H8M14 12h6.5M9.4 9.8l3.2 4.4M12.6 9.8l-3.2 4.4",
  needsYou: "M1.5 12h5.5M15 12h5.5",
};

export const SyncGlyph = ({ state, size = 18 }: SyncGlyphProps) => (
  <svg
    aria-hidden
    className={classes.glyph}
    width={(size * 22) / 18}
    height={size}
    viewBox="0 0 22 18"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.8"
    strokeLinecap="round"
  >
    <path d={`M4 2v14M18 8.5V16${decks[state]}`} />
    {state === "saving" && (
      <g fill="currentColor" stroke="none">
        <circle className={classes.dot} cx="8.5" cy="7.5" r="1.6" />
        <circle className={classes.dot} cx="13.5" cy="7.5" r="1.6" opacity="0.5" />
      </g>
    )}
    {state === "needsYou" && (
      <>
        <path d="M11 4v6.5" strokeWidth="2.4" />
        <circle cx="11" cy="14.3" r="1.5" fill="currentColor" stroke="none" />
      </>
    )}
  </svg>
);
