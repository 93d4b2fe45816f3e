// The inside of a toast: the sentence and its one action.

import { IconAlertOctagonFilled } from "@tabler/icons-react";
import classes from "./toast.module.css";

type ToastWordsProps = {
  readonly message: string;
  readonly problem?: boolean;
  readonly action?: { readonly label: string; readonly run: () => void };
};

export const ToastWords = ({ message, problem, action }: ToastWordsProps) => (
  <span className={classes.words}>
    {problem === true && <IconAlertOctagonFilled size={17} aria-hidden className={classes.icon} />}
    <span className={classes.message}>{message}</span>
    {action !== undefined && (
      <button type="button" className={classes.action} onClick={action.run}>
        {action.label}
      </button>
    )}
  </span>
);
