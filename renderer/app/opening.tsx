// The moment before the local data is open. Quiet: normally it is gone before it is seen.

import { Mark } from "#renderer/ui/mark.tsx";
import classes from "./opening.module.css";

export const Opening = () => (
  <main className={classes.opening} aria-busy="true">
    <h1 className={classes.words}>Opening Drawbridge</h1>
    <Mark size={64} />
  </main>
);
