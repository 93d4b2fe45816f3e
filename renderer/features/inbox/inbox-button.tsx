// The inbox in the bar at the top, with how much of it is unread; the app's icon carries the same number.

import { IconInbox } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { setUnread } from "#renderer/ui/unread-count.ts";
import classes from "./inbox-button.module.css";
import { useInbox } from "./use-inbox.ts";

const MOST = 99;

export function InboxButton() {
  const unread = useInbox()?.unread ?? [];
  const count = unread.length;
  // Changes that were not accepted are on the icon already, as what needs a decision.
  const onIcon = unread.filter((item) => item.kind !== "refused").length;
  useEffect(() => setUnread(onIcon), [onIcon]);
  return (
    <Link to="/inbox" className={classes.button} aria-label={count === 0 ? "Inbox" : `Inbox, ${count} unread`}>
      <IconInbox size={20} stroke={1.7} aria-hidden />
      {count > 0 && (
        <span className={classes.count} aria-hidden="true">
          {count > MOST ? `${MOST}+` : count}
        </span>
      )}
    </Link>
  );
}
