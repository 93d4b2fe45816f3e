// A page before the product itself: the bridge at the left, one short form at the right.

import type { FormEvent, ReactNode } from "react";
import { BridgePicture } from "./bridge-picture.tsx";
import classes from "./entry-page.module.css";
import { Mark } from "./mark.tsx";

type EntryPageProps = {
  readonly title: string;
  readonly subtitle: string;
  /** What the form is for, in small words below it. */
  readonly note: string;
  readonly onSubmit: () => Promise<void>;
  readonly children: ReactNode;
};

export function EntryPage({ title, subtitle, note, onSubmit, children }: EntryPageProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void onSubmit();
  };
  return (
    <div className={classes.page}>
      <BridgePicture />
      <main className={classes.side}>
        <form className={classes.form} onSubmit={submit} noValidate>
          <div className={classes.mark}>
            <Mark size={40} />
          </div>
          <div>
            <h1 className={classes.title}>{title}</h1>
            <p className={classes.host}>{subtitle}</p>
          </div>
          {children}
          <p className={classes.note}>{note}</p>
        </form>
      </main>
    </div>
  );
}
