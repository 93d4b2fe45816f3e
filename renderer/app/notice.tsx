// A whole page with one message: before the app can open, or when a page has stopped working.

import type { ReactNode } from "react";
import type { OtherTab } from "#renderer/data/open-data.ts";
import { Mark } from "#renderer/ui/mark.tsx";
import classes from "./notice.module.css";

type NoticeProps = { readonly title: string; readonly children: ReactNode; readonly actions?: ReactNode };

export const Notice = ({ title, children, actions }: NoticeProps) => (
  <main className={classes.notice}>
    <Mark size={48} />
    <h1>{title}</h1>
    {children}
    {actions !== undefined && <div className={classes.actions}>{actions}</div>}
  </main>
);

export const BrowserNotice = ({ missing }: { readonly missing: readonly string[] }) => (
  <Notice title="This browser cannot open Drawbridge">
    <p>It does not offer: {missing.join(", ")}.</p>
    <p>These work: Chrome, Edge and Opera from version 120, Firefox from 121, Safari from 17.4, and the desktop app.</p>
    <p>If the address starts with http and is not localhost, ask for the https address.</p>
  </Notice>
);

const otherTabWords: Readonly<Record<OtherTab, readonly [title: string, next: string]>> = {
  newer: [
    "A newer Drawbridge is open in another tab",
    "It has tidied the data on this device. Reload, and this tab is as new. What was saved here is kept.",
  ],
  older: [
    "Another tab holds the data on this device",
    "It runs an older Drawbridge. Close it, or reload it: this tab goes on by itself.",
  ],
};

export const OtherTabNotice = ({ otherTab }: { readonly otherTab: OtherTab }) => (
  <Notice
    title={otherTabWords[otherTab][0]}
    actions={
      <button type="button" className={classes.button} onClick={() => window.location.reload()}>
        Reload
      </button>
    }
  >
    <p>{otherTabWords[otherTab][1]}</p>
  </Notice>
);
