// Instead of the product, when this device was out of contact for longer than the organization allows: why, what is safe,
// and what opens it again, which it does by itself.

import { Button } from "@mantine/core";
import { useEffect } from "react";
import { useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import type { Closed } from "#renderer/data/types.ts";
import { EntryPage } from "#renderer/ui/entry-page.tsx";
import { hoursWords, when } from "#renderer/ui/when.ts";
import classes from "./closed-page.module.css";

type Props = { readonly organization: string; readonly closed: Closed };

const reaching = {
  offline: "This device has no network.",
  unreachable: "The server does not answer yet. It is tried again by itself.",
} as const;

export function ClosedPage({ organization, closed }: Props) {
  const { sync } = useData();
  const { state, waiting } = useSyncStatus();
  useEffect(() => {
    document.title = "Closed · Drawbridge";
  }, []);
  const words = state === "offline" || state === "unreachable" ? reaching[state] : "Reaching the server...";
  return (
    <EntryPage
      title="Closed until this device is in contact"
      subtitle={`Last in contact with ${organization === "" ? "the server" : organization} ${when(closed.lastContact)}`}
      note="Connect to the network, or ask whoever runs your server whether it is up. You do not have to sign in again."
      onSubmit={async () => sync.syncNow()}
    >
      <p className={classes.words}>
        After {hoursWords(closed.hours)} without contact, what is on this device closes: somebody whose access has ended
        should not go on reading it. It opens by itself as soon as the server answers.
      </p>
      {waiting > 0 && (
        <p className={classes.words}>
          <strong>{waiting === 1 ? "1 change" : `${waiting} changes`}</strong> of yours{" "}
          {waiting === 1 ? "waits" : "wait"} here. Nothing of it is lost: it is sent then.
        </p>
      )}
      <p className={classes.words} role="status">
        {words}
      </p>
      <Button type="submit" color="amber" size="md" fullWidth>
        Try now
      </Button>
    </EntryPage>
  );
}
