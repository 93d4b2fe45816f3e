// Pale lines where words will stand: keeps their room while this device still reads. Shown late, so that quick reads never flicker.

import classes from "./waiting.module.css";

type WaitingProps = { readonly lines: number; readonly tall?: boolean };

export const Waiting = ({ lines, tall = false }: WaitingProps) => (
  <div className={classes.lines} data-tall={tall || undefined}>
    <span className={classes.words}>Reading this device</span>
    {Array.from({ length: lines }, (_, line) => (
      <span key={line} className={classes.line} aria-hidden />
    ))}
  </div>
);
