// A plate with a thin line and no shadow. `flush` lets tables and row lists run from edge to edge.

import { useId, type ReactNode } from "react";
import classes from "./panel.module.css";

type PanelProps = {
  readonly title?: ReactNode;
  /** Stands at the right end of the header. */
  readonly aside?: ReactNode;
  readonly flush?: boolean;
  readonly children?: ReactNode;
};

export function Panel({ title, aside, flush, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div className={classes.header}>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {aside !== undefined && <div className={classes.aside}>{aside}</div>}
        </div>
      )}
      <div
        className={flush === true ? classes.flush : classes.body}
        data-headed={title === undefined ? undefined : true}
      >
        {children}
      </div>
    </section>
  );
}
