// Where toasts appear: bottom centre, dark plate, above the phone's bottom bar.

import { Notifications } from "@mantine/notifications";
import classes from "./toast.module.css";

export const Toaster = () => (
  <Notifications
    position="bottom-center"
    limit={3}
    transitionDuration={140}
    classNames={{ notification: classes.toast ?? "", root: classes.stack ?? "" }}
  />
);
