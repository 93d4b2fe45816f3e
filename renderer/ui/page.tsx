// One page of the product: the heading, what stands beside and under it, and the content. With a breadcrumb it is a
// record's page and its header is a plate of its own. Names the document and takes the focus after navigation.

import { useEffect, useRef, type ReactNode } from "react";
import { takeHeadingFocus } from "./heading-focus.ts";
import classes from "./page.module.css";

type PageProps = {
  readonly title: string;
  /** A line under the title; on record pages it stands beside it. */
  readonly meta?: ReactNode;
  readonly actions?: ReactNode;
  readonly breadcrumb?: ReactNode;
  readonly tabs?: ReactNode;
  readonly children?: ReactNode;
};

export function Page({ title, meta, actions, breadcrumb, tabs, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Drawbridge`;
    const inMain = document.activeElement?.closest("main");
    if (takeHeadingFocus() && !inMain) heading.current?.focus({ preventScroll: true });
  }, [title]);
  const record = breadcrumb !== undefined;
  return (
    <div className={classes.page}>
      <header
        className={record ? classes.recordHeader : classes.header}
        data-tabs={tabs === undefined ? undefined : true}
      >
        {record && (
          <nav aria-label="Breadcrumb" className={classes.breadcrumb}>
            {breadcrumb}
          </nav>
        )}
        <div className={classes.line}>
          <div className={record ? classes.recordNames : classes.names}>
            <h1 ref={heading} tabIndex={-1} className={record ? classes.recordTitle : classes.title}>
              {title}
            </h1>
            {meta !== undefined && <div className={classes.meta}>{meta}</div>}
          </div>
          {actions !== undefined && <div className={classes.actions}>{actions}</div>}
        </div>
        {tabs !== undefined && <div className={classes.tabs}>{tabs}</div>}
      </header>
      <div className={classes.content}>{children}</div>
    </div>
  );
}
