// A whole page with one message: before the app can open, or when a page has stopped working.

import type { ReactNode } from "react";
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
